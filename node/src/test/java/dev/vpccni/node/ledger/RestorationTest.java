package dev.vpccni.node.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.dataplane.InterfaceNames;
import dev.vpccni.ipam.ledger.Checkpoint;
import dev.vpccni.ipam.ledger.InterfaceStage;
import dev.vpccni.model.BlockKind;
import dev.vpccni.model.IpAddress;
import dev.vpccni.node.fake.Fixture;
import dev.vpccni.node.fake.Nouns;
import dev.vpccni.node.port.HostFailure;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What a daemon makes of the last one's checkpoint and of the kernel. */
class RestorationTest {

    private static final String VETH = InterfaceNames.host("eni", Nouns.pod(1));

    private final Fixture fixture = new Fixture();

    @Test
    void withoutAFileItBeginsWithNothing() throws Exception {
        Restoration.Restored restored = restore();

        assertThat(restored.ledger().interfaces()).isEmpty();
        assertThat(restored.written()).isEqualTo(Checkpoint.EMPTY);
        assertThat(fixture.store.writes()).isZero();
        assertThat(fixture.decisions()).isEmpty();
    }

    @Test
    void aFileThatWasNotUnderstoodIsNamed() throws Exception {
        fixture.store.quarantine("ipam.json.bad");

        restore();

        assertThat(fixture.decisions())
                .singleElement()
                .asString()
                .startsWith("set the checkpoint aside as ipam.json.bad");
    }

    @Test
    void whatTheFileAndTheKernelAgreeOnIsNotWrittenAgain() throws Exception {
        served();
        fixture.host.pod(Nouns.address(0, 0), VETH);
        int before = fixture.store.writes();

        Restoration.Restored restored = restore();

        assertThat(restored.ledger().grant(Nouns.key(1))).isNotNull();
        assertThat(restored.written()).isEqualTo(fixture.store.kept());
        assertThat(fixture.store.writes()).isEqualTo(before);
        assertThat(fixture.host.calls()).isEmpty();
    }

    @Test
    void aGrantWhosePodIsGoneEndsAndItsRulesGo() throws Exception {
        served();
        fixture.host.rule(Nouns.address(0, 0), 7);
        fixture.tempo.pass(Duration.ofMinutes(5));

        Restoration.Restored restored = restore();

        assertThat(restored.ledger().grant(Nouns.key(1))).isNull();
        assertThat(fixture.host.calls())
                .containsExactly("unwire " + Nouns.address(0, 0) + " 7 null");
        assertThat(Objects.requireNonNull(fixture.store.kept()).grants()).isEmpty();
        assertThat(restored.written()).isEqualTo(fixture.store.kept());
        assertThat(fixture.decisions())
                .anyMatch(line -> line.endsWith("that is what the kernel shows"))
                .contains("remove the rules of " + Nouns.address(0, 0) + ": no pod has it");
    }

    @Test
    void aDiskThatRefusesIsNoReasonNotToStart() throws Exception {
        served();
        fixture.tempo.pass(Duration.ofMinutes(5));
        fixture.store.full(true);

        Restoration.Restored restored = restore();

        assertThat(restored.ledger().grant(Nouns.key(1))).isNull();
        assertThat(restored.written().grants()).as("what is on the disk").hasSize(1);
    }

    @Test
    void theRulesOfAYoungGrantStay() throws Exception {
        served();
        fixture.host.rule(Nouns.address(0, 0), 254);
        fixture.host.pod(Nouns.address(0, 1), "eni-other");

        Restoration.Restored restored = restore();

        assertThat(fixture.host.calls()).isEmpty();
        assertThat(restored.ledger().held()).containsExactly(Nouns.address(0, 1));
    }

    @Test
    void ofIpv6TooOnlyTheRulesOfPodsThatAreGoneGo() throws Exception {
        IpAddress there = IpAddress.parse("2001:db8::7");
        IpAddress gone = IpAddress.parse("2001:db8::8");
        fixture.host.pod(there, VETH);
        fixture.host.rule(gone, 254);

        restore();

        assertThat(fixture.host.calls()).containsExactly("unwire " + gone + " 254 null");
    }

    @Test
    void rulesThatTheKernelDoesNotLetGoOfAreSaid() throws Exception {
        fixture.host.rule(Nouns.address(0, 0), 254);
        fixture.host.refuse("unwire", new HostFailure.Refused("step", 1));

        restore();

        assertThat(fixture.decisions())
                .singleElement()
                .asString()
                .startsWith("leave the rules of " + Nouns.address(0, 0) + ": cannot unwire");
    }

    @Test
    void anInterfaceWithoutALinkWaitsForEc2() throws Exception {
        served();
        fixture.host.unlink(Nouns.mac(0));

        Restoration.Restored restored = restore();

        assertThat(Objects.requireNonNull(restored.ledger().find(Nouns.id(0))).stage())
                .isEqualTo(InterfaceStage.SUSPENDED);
    }

    @Test
    void whatTheFileContradictsIsSaid() throws Exception {
        var grant =
                new Checkpoint.Grant(
                        Nouns.address(0, 0), Nouns.key(1), Nouns.pod(1), fixture.tempo.instant());
        fixture.store.put(Checkpoint.ofGrants(List.of(grant, grant)));

        restore();

        assertThat(fixture.decisions().getFirst()).startsWith("repair the checkpoint: ");
    }

    private void served() {
        fixture.add(0, 3);
        fixture.grant(1);
        fixture.host.link(Nouns.mac(0));
    }

    private Restoration.Restored restore() throws Exception {
        return Restoration.restore(
                fixture.store,
                fixture.host,
                Duration.ofSeconds(30),
                BlockKind.ADDRESS,
                fixture.explanations,
                fixture.tempo.instant());
    }
}
