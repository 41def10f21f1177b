package dev.vpccni.node.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.dataplane.InterfaceNames;
import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.ipam.ledger.Ledger;
import dev.vpccni.ipam.reconcile.KernelView;
import dev.vpccni.model.AttachmentKey;
import dev.vpccni.model.BlockKind;
import dev.vpccni.node.fake.FakeHost;
import dev.vpccni.node.fake.ManualTempo;
import dev.vpccni.node.fake.Nouns;
import dev.vpccni.node.port.HostNetwork;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class KernelViewsTest {

    private static final String VETH = InterfaceNames.host("eni", Nouns.pod(1));
    private static final String RENAMED = InterfaceNames.host("veth", Nouns.pod(1));

    private final FakeHost host = new FakeHost();
    private Ledger ledger = Ledger.empty(Duration.ofSeconds(30), BlockKind.ADDRESS);

    @Test
    void anAddressIsLiveIfItLeadsToAHostInterfaceThatExists() throws Exception {
        host.pod(Nouns.address(0, 0), VETH);
        host.pod(Nouns.address(0, 1), "eni-gone");
        host.removeVeth("eni-gone");
        host.link(Nouns.mac(0));

        KernelView view = KernelViews.of(host.observe(), ledger);

        assertThat(view.live()).containsExactly(Nouns.address(0, 0));
        assertThat(view.links()).containsExactly(Nouns.mac(0));
        assertThat(view.connected()).isEmpty();
    }

    /** What is another network card's is nobody's to keep here; of what nobody knows each keeps. */
    @Test
    void whatAnotherCardsLedgerHasIsNoAddressHere() throws Exception {
        Ledger other =
                ledger.apply(
                                new Command.AddInterface(Nouns.facts(1), Nouns.blocks(1, 1), null),
                                Instant.EPOCH)
                        .ledger();
        Ledger holding = other.apply(new Command.Hold(Nouns.address(2, 0)), Instant.EPOCH).ledger();
        host.pod(Nouns.address(1, 0), VETH);
        host.pod(Nouns.address(2, 0), "eni-orphan");

        KernelView view = KernelViews.of(host.observe(), ledger, List.of(holding));

        assertThat(view.live()).containsExactly(Nouns.address(2, 0));
    }

    @Test
    void aPodWithSeveralLinksIsConnectedAsLongAsOneOfThemIsThere() throws Exception {
        ledger =
                ledger.apply(
                                new Command.AddInterface(Nouns.facts(0), Nouns.blocks(0, 1), null),
                                Instant.EPOCH)
                        .ledger();
        ledger =
                ledger.apply(new Command.Assign(Nouns.key(1), Nouns.pod(1), 2), Instant.EPOCH)
                        .ledger();
        host.veth(InterfaceNames.host("eni", Nouns.pod(1), "eth0", 1));

        assertThat(KernelViews.of(host.observe(), ledger).connected())
                .containsExactly(Nouns.key(1));
    }

    @Test
    void aPodWhoseRouteSomebodyRemovedIsConnectedAllTheSame() throws Exception {
        grant(1);
        host.veth(VETH);

        assertThat(KernelViews.of(host.observe(), ledger).connected())
                .containsExactly(Nouns.key(1));
    }

    /** By upstream, or before interfaces of a pod were told apart. */
    @Test
    void soIsAFurtherInterfaceWithTheNameThatAllWereGivenOnce() throws Exception {
        var key = new AttachmentKey("aws-cni", "sandbox", "net1");
        apply(new Command.AddInterface(Nouns.facts(0), Nouns.blocks(0, 3), null));
        apply(new Command.Assign(key, Nouns.pod(1)));
        assertThat(KernelViews.of(host.observe(), ledger).connected()).isEmpty();

        host.veth(VETH);

        assertThat(KernelViews.of(host.observe(), ledger).connected()).containsExactly(key);
    }

    @Test
    void soIsOneThatCameWhenAnotherPrefixWasInUse() {
        grant(1);
        var observed =
                new HostNetwork.Observation(
                        new TreeMap<>(),
                        new TreeSet<>(),
                        new TreeSet<>(List.of(RENAMED)),
                        new TreeMap<>(),
                        new TreeMap<>());

        assertThat(KernelViews.of(observed, ledger).connected()).containsExactly(Nouns.key(1));
    }

    @Test
    void aHostInterfaceThatAnotherAddressLeadsToIsALaterSandboxs() throws Exception {
        grant(1);
        host.pod(Nouns.address(0, 5), VETH);

        assertThat(KernelViews.of(host.observe(), ledger).connected()).isEmpty();
    }

    @Test
    void aGrantWithoutAHostInterfaceIsNotConnected() throws Exception {
        grant(1);
        host.veth(InterfaceNames.host("eni", Nouns.pod(2)));

        assertThat(KernelViews.of(host.observe(), ledger).connected()).isEmpty();
    }

    private void grant(int pod) {
        apply(new Command.AddInterface(Nouns.facts(0), Nouns.blocks(0, 3), null));
        apply(new Command.Assign(Nouns.key(pod), Nouns.pod(pod)));
    }

    private void apply(Command command) {
        ledger = ledger.apply(command, ManualTempo.START).ledger();
    }
}
