package dev.vpccni.node.watch;

import static dev.vpccni.node.watch.WatchFixture.PERIOD;
import static dev.vpccni.node.watch.WatchFixture.shown;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.node.fake.Fixture;
import dev.vpccni.node.fake.Nouns;
import dev.vpccni.node.fake.ScriptedMetadata;
import dev.vpccni.node.instance.Current;
import dev.vpccni.node.port.HostFailure;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How soon a node knows which blocks its VPC has, and what it does about them. */
class VpcBlocksTest {

    private static final Ipv4Cidr OTHER = Ipv4Cidr.parse("10.9.0.0/16");

    private final WatchFixture watched = new WatchFixture();
    private final Fixture fixture = watched.fixture;
    private final ScriptedMetadata metadata = watched.metadata;
    private final Current current = watched.current;

    @Test
    void blocksThatChangeReachTheKernelWithinFiveMinutes() {
        metadata.cidrs("10.0.0.0/16", "10.9.0.0/16");

        watched.run(Duration.ofMinutes(5).plusSeconds(1));

        assertThat(current.vpcCidrs()).containsExactly(Nouns.BLOCK, OTHER);
        assertThat(fixture.host.calls())
                .containsExactly(
                        "setUpNode [10.0.0.0/16, 10.9.0.0/16]",
                        "setUpPacketFilter [10.0.0.0/16, 10.9.0.0/16]");
        assertThat(fixture.decisions())
                .anyMatch(line -> line.startsWith("translate for [10.0.0.0/16, 10.9.0.0/16]"));
    }

    @Test
    void howManyInterfacesThereAreMakesNoDifferenceNorIsAnyLookedAtLessOften() {
        for (int n = 1; n < 4; n++) {
            fixture.add(n, 2);
            fixture.host.link(Nouns.mac(n));
            metadata.show(shown(n, 2));
        }

        watched.run(PERIOD.multipliedBy(20));

        assertThat(asked("cidrs")).isEqualTo(5);
        assertThat(asked("groups")).isEqualTo(10);
        assertThat(asked("addresses")).as("each of four twice").isEqualTo(8);
        assertThat(asked("macs")).isEqualTo(2);
    }

    @Test
    void aRequestThatFailsIsMadeAgainAtTheNextTurnAndTakesNoLookFromInterfaces() {
        metadata.cidrs("10.0.0.0/16", "10.9.0.0/16");
        metadata.refuse("cidrs");
        watched.run(PERIOD.multipliedBy(6).plusSeconds(1));
        assertThat(asked("cidrs")).as("not more often than anything else").isEqualTo(3);
        assertThat(asked("")).isEqualTo(6 + 3);
        assertThat(fixture.decisions())
                .contains("look at the VPC's blocks again: no answer for cidrs");
        metadata.refuse(null);

        watched.run(PERIOD.plusSeconds(1));

        assertThat(current.vpcCidrs()).contains(OTHER);
        watched.run(PERIOD.multipliedBy(3).plusSeconds(1));
        assertThat(asked("cidrs")).as("nor again before it is time").isEqualTo(4);
    }

    @Test
    void blocksAreLookedAtWhileNothingElseIsAnswered() {
        metadata.cidrs("10.0.0.0/16", "10.9.0.0/16");
        metadata.refuse("macs");

        watched.run(PERIOD.multipliedBy(4).plusSeconds(1));

        assertThat(current.vpcCidrs()).contains(OTHER);
    }

    @Test
    void whatTheKernelRefusesIsTriedAgainAtTheNextTurn() {
        metadata.cidrs("10.0.0.0/16", "10.9.0.0/16");
        fixture.host.refuse("setUpNode", new HostFailure.Refused("step", 1));
        watched.run(PERIOD.multipliedBy(4).plusSeconds(1));
        assertThat(current.vpcCidrs()).as("it is tried again").hasSize(1);
        fixture.host.refuseNothing();

        watched.run(PERIOD.plusSeconds(1));

        assertThat(current.vpcCidrs()).containsExactly(Nouns.BLOCK, OTHER);
        assertThat(fixture.host.calls()).hasSize(3);
    }

    @Test
    void blocksThatAreAsBeforeAfterTheKernelTookHalfOfOthersReachItAgain() {
        metadata.cidrs("10.0.0.0/16", "10.9.0.0/16");
        fixture.host.refuse("setUpPacketFilter", new HostFailure.Refused("step", 1));
        watched.run(PERIOD.multipliedBy(4).plusSeconds(1));
        fixture.host.refuseNothing();
        metadata.cidrs("10.0.0.0/16");

        watched.run(PERIOD.plusSeconds(1));

        assertThat(fixture.host.calls())
                .endsWith("setUpNode [10.0.0.0/16]", "setUpPacketFilter [10.0.0.0/16]");
        List<String> calls = List.copyOf(fixture.host.calls());
        watched.run(PERIOD.multipliedBy(8).plusSeconds(1));
        assertThat(fixture.host.calls()).as("once").isEqualTo(calls);
    }

    private long asked(String what) {
        return metadata.calls().stream().filter(call -> call.startsWith(what)).count();
    }
}
