package dev.vpccni.node.sentinel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.dataplane.NodeSetup;
import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.ipam.ledger.InterfaceRole;
import dev.vpccni.model.IpAddress;
import dev.vpccni.node.fake.Fixture;
import dev.vpccni.node.fake.Nouns;
import dev.vpccni.node.kernel.NodePreparation;
import dev.vpccni.node.pod.PodNetworker;
import dev.vpccni.node.pool.AddressAvailability;
import dev.vpccni.node.pool.CardPools;
import dev.vpccni.node.port.HostFailure;
import dev.vpccni.node.port.HostNetwork.Part;
import dev.vpccni.node.settings.NodeSettings;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SentinelTest {

    private static final Set<Part> NOTHING = Set.of();
    private static final Set<Part> ROUTING = EnumSet.of(Part.ROUTING);
    private static final Set<Part> FILTER = EnumSet.of(Part.PACKET_FILTER);
    private static final Set<Part> ALL = EnumSet.allOf(Part.class);
    private static final NodeSetup SETUP =
            NodeSettings.DEFAULT.nodeSetup(Nouns.IDENTITY, List.of(Nouns.BLOCK));
    private static final String SET_UP_INTERFACE = "setUpInterface 10.0.1.0 2 mtu 9001";
    private static final String SOMEBODY = ": somebody has removed or changed it";

    private final Fixture fixture = new Fixture();
    private final NodePreparation preparation = new NodePreparation(fixture.host);
    private Sentinel sentinel;

    @BeforeEach
    void prepare() throws Exception {
        CardPools cards = fixture.cards(new AddressAvailability(fixture.keeper, fixture.tempo));
        sentinel =
                new Sentinel(
                        fixture.host,
                        preparation,
                        cards,
                        new PodNetworker(cards, fixture.host, fixture.tempo).restoration(),
                        9001,
                        fixture.explanations,
                        fixture.tempo);
        preparation.apply(SETUP);
        fixture.add(0, 2).add(1, 2);
        fixture.host.forget();
    }

    /** One round for what was there before, and what that did is forgotten. */
    private void begin() throws Exception {
        hear(ALL, NOTHING);
        fixture.host.forget();
    }

    /** The wait hears the first, and the second is what comes while more is gathered. */
    private void hear(Set<Part> first, Set<Part> meanwhile) throws Exception {
        fixture.host.disturbance(first);
        if (!first.isEmpty()) {
            fixture.host.disturbance(meanwhile);
        }
        sentinel.watch();
    }

    @Test
    void comparesOnlyWhatWasDisturbed() throws Exception {
        begin();

        hear(FILTER, NOTHING);
        assertThat(fixture.host.calls()).containsExactly("setUpPacketFilter [10.0.0.0/16]");
        fixture.host.forget();

        hear(ROUTING, NOTHING);
        assertThat(fixture.host.calls())
                .containsExactly("setUpNode [10.0.0.0/16]", SET_UP_INTERFACE);
        assertThat(fixture.decisions()).isEmpty();
    }

    @Test
    void whatComesWhileItGathersBelongsToTheSameLook() throws Exception {
        begin();

        hear(ROUTING, FILTER);

        assertThat(fixture.host.calls()).hasSize(3);
        assertThat(fixture.tempo.pauses()).endsWith(Sentinel.GATHERING_LONGER);
    }

    @Test
    void everythingIsComparedWhenNothingWasHeardForLong() throws Exception {
        begin();
        hear(NOTHING, NOTHING);
        assertThat(fixture.host.waits()).last().isEqualTo(Sentinel.PERIOD);
        assertThat(fixture.host.calls()).isEmpty();

        fixture.tempo.pass(Sentinel.PERIOD);
        hear(NOTHING, NOTHING);

        assertThat(fixture.host.calls()).hasSize(3);
    }

    /** A fight about one thing is no reason never to look at the others. */
    @Test
    void everythingIsComparedInTimeWhateverWasHeard() throws Exception {
        begin();
        fixture.tempo.pass(Sentinel.PERIOD.minusSeconds(1));
        hear(FILTER, NOTHING);
        fixture.host.forget();
        assertThat(next()).isLessThanOrEqualTo(Duration.ofSeconds(1));
        fixture.tempo.pass(Duration.ofSeconds(1));

        hear(FILTER, NOTHING);

        assertThat(fixture.host.calls()).hasSize(3);
    }

    @Test
    void saysWhatWasMissingAndCountsIt() throws Exception {
        begin();
        fixture.host.lose("setUpNode", "rule 1024", "rule 1535");
        hear(ROUTING, NOTHING);
        fixture.host.lose("setUpInterface", "route 7");
        hear(ROUTING, NOTHING);

        assertThat(fixture.decisions())
                .containsExactly(
                        "restore the node's rules: rule 1024; rule 1535" + SOMEBODY,
                        "restore interface eni-1: route 7" + SOMEBODY);
        assertThat(fixture.explanations.latest().getLast().numbers()).containsEntry("restored", 3L);
    }

    /** Nobody need have removed what was missing before anybody listened. */
    @Test
    void whatIsMissingAtFirstIsNobodysDeed() throws Exception {
        fixture.host.lose("setUpNode", "rule 1024");

        hear(ALL, NOTHING);

        assertThat(fixture.decisions())
                .containsExactly(
                        "complete the node's rules: rule 1024: it was not so when the daemon"
                                + " began to listen");
    }

    @Test
    void aPodThatLacksSomethingHasItBack() throws Exception {
        IpAddress address = fixture.grant(7);
        begin();
        fixture.host.lose("restore " + address, "rule 512");

        hear(ROUTING, NOTHING);

        assertThat(fixture.decisions())
                .containsExactly("restore the pod with " + address + ": rule 512" + SOMEBODY);
    }

    @Test
    void anInterfaceThatIsLeavingIsLeftAlone() throws Exception {
        begin();
        fixture.tempo.pass(Duration.ofMinutes(2));
        fixture.done(new Command.BeginRemoval(Nouns.id(1)));

        hear(ROUTING, NOTHING);

        assertThat(fixture.host.calls()).containsExactly("setUpNode [10.0.0.0/16]");
    }

    @Test
    void anInterfaceOfSomebodyElsesIsLeftAlone() throws Exception {
        begin();
        fixture.done(
                new Command.AddInterface(Nouns.facts(2, InterfaceRole.UNMANAGED), List.of(), null));

        hear(ROUTING, NOTHING);

        assertThat(fixture.host.calls())
                .containsExactly("setUpNode [10.0.0.0/16]", SET_UP_INTERFACE);
    }

    @Test
    void anInterfaceWhoseLinkIsGoneIsNoFailure() throws Exception {
        begin();
        fixture.host.refuse("setUpInterface", new HostFailure.NoLink(Nouns.mac(1)));

        hear(ROUTING, NOTHING);

        assertThat(fixture.decisions()).isEmpty();
    }

    @Test
    void whoRemovesTheSameAgainAndAgainIsGivenWayTo() throws Exception {
        begin();
        for (int i = 0; i < 6; i++) {
            fixture.host.lose("setUpNode", "rule 1024");
            hear(ROUTING, NOTHING);
        }
        assertThat(fixture.decisions())
                .last()
                .asString()
                .startsWith("leave the node's rules alone for 1 s: it was restored 6 times")
                .endsWith("find out who");
        fixture.host.forget();

        fixture.host.lose("setUpNode", "rule 1024");
        hear(ROUTING, NOTHING);
        assertThat(fixture.host.calls()).as("the rest of it").containsExactly(SET_UP_INTERFACE);
        assertThat(next()).isBetween(Duration.ofMillis(1), Duration.ofSeconds(1));

        fixture.tempo.pass(Duration.ofSeconds(1));
        hear(NOTHING, NOTHING);
        assertThat(fixture.host.calls()).contains("setUpNode [10.0.0.0/16]");
    }

    @Test
    void whatTheKernelRefusesIsTriedAgain() throws Exception {
        begin();
        fixture.host.refuse("setUpPacketFilter", new HostFailure.Refused("step", 1));
        hear(FILTER, NOTHING);

        assertThat(fixture.decisions())
                .containsExactly(
                        "try again to restore the packet filter: cannot setUpPacketFilter"
                                + " [10.0.0.0/16]");
        assertThat(preparation.problem()).startsWith("cannot setUpPacketFilter");
        assertThat(next()).isEqualTo(Sentinel.AGAIN);

        fixture.host.refuseNothing();
        hear(NOTHING, NOTHING);
        assertThat(preparation.problem()).isNull();
        assertThat(next()).isGreaterThan(Duration.ofMinutes(4));
    }

    @Test
    void listensAgainWhenTheKernelWillNotTell() throws Exception {
        begin();
        fixture.host.refuse("awaitDisturbance", new HostFailure.Refused("step", 1));

        sentinel.watch();

        assertThat(fixture.host.calls()).as("meanwhile anything may have happened").hasSize(3);
        assertThat(fixture.tempo.pauses()).endsWith(Sentinel.AGAIN);
        assertThat(fixture.decisions())
                .containsExactly("listen to the kernel again: cannot awaitDisturbance");
    }

    /** To compare everything is what it costs. */
    @Test
    void listensLessAndLessOftenWhereTheKernelGoesOnNotToTell() throws Exception {
        begin();
        fixture.host.refuse("awaitDisturbance", new HostFailure.Refused("step", 1));
        int before = fixture.tempo.pauses().size();

        for (int i = 0; i < 20; i++) {
            sentinel.watch();
        }

        List<Duration> pauses = fixture.tempo.pauses();
        assertThat(pauses.subList(before, pauses.size()))
                .startsWith(Sentinel.AGAIN, Sentinel.AGAIN)
                .endsWith(Restraint.LONGEST_PAUSE)
                .isSorted();
    }

    @Test
    void podsThatCannotBeComparedAreComparedSoon() throws Exception {
        fixture.grant(7);
        begin();
        fixture.host.refuse("missing", new HostFailure.Refused("step", 1));

        hear(ROUTING, NOTHING);

        assertThat(next()).isEqualTo(Sentinel.AGAIN);
    }

    /** How long the next wait lasts at most. */
    private Duration next() {
        try {
            sentinel.watch();
        } catch (InterruptedException _) {
            // Nothing is to be heard.
        }
        return fixture.host.waits().getLast();
    }
}
