package dev.vpccni.node.pod;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.cni.CniCommand;
import dev.vpccni.dataplane.InterfaceNames;
import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.ipam.ledger.Outcome;
import dev.vpccni.model.AttachmentKey;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.PodName;
import dev.vpccni.node.fake.Cards;
import dev.vpccni.node.fake.FakeNamespace;
import dev.vpccni.node.fake.Fixture;
import dev.vpccni.node.fake.Nouns;
import dev.vpccni.node.fake.Requests;
import dev.vpccni.node.pool.AddressAvailability;
import dev.vpccni.node.pool.CardPools;
import dev.vpccni.node.port.HostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PodRestorationTest {

    private final Fixture fixture = new Fixture();
    private final CardPools cards =
            fixture.cards(new AddressAvailability(fixture.keeper, fixture.tempo));
    private final PodNetworker pods = new PodNetworker(cards, fixture.host, fixture.tempo);
    private final PodRestoration restoration = pods.restoration();

    @Test
    void namesThoseThatLackSomething() throws Exception {
        fixture.add(1, 3);
        IpAddress whole = fixture.grant(1);
        IpAddress lacking = fixture.grant(2);
        fixture.host.lose("restore " + lacking, "rule 512");

        assertThat(restoration.lacking()).containsExactly(lacking).doesNotContain(whole);
        assertThat(restoration.restore(lacking)).containsExactly("rule 512");
        assertThat(fixture.host.calls())
                .containsExactly("restore " + lacking + " 2 " + suffix("pod-2"));
    }

    @Test
    void asksNothingWhereThereAreNoPods() throws Exception {
        List<String> asked = new ArrayList<>();
        fixture.host.during("missing", () -> asked.add("missing"));

        assertThat(restoration.lacking()).isEmpty();
        assertThat(asked).isEmpty();
    }

    /** The DEL of the first one has not come yet, and its host interface is the second one's. */
    @Test
    void ofTwoSandboxesOfOnePodTheLaterHasTheHostInterface() throws Exception {
        fixture.add(1, 3);
        IpAddress before = fixture.grant(1);
        fixture.tempo.pass(Duration.ofSeconds(1));
        var another = new AttachmentKey("aws-cni", "another-sandbox", "eth0");
        var granted = (Outcome.Granted) fixture.apply(new Command.Assign(another, Nouns.pod(1)));
        IpAddress after = granted.grant().address();
        fixture.host.lose("restore " + before, "route");
        fixture.host.lose("restore " + after, "route");

        assertThat(restoration.lacking()).containsExactly(after);
        assertThat(restoration.restore(before)).isEmpty();
    }

    @Test
    void whatAVerbIsAboutIsLeftToIt() throws Exception {
        fixture.add(1, 3);
        List<Boolean> left = new ArrayList<>();
        fixture.host.during("wire", () -> left.add(isLeft(Nouns.address(1, 0))));

        pods.add(
                Requests.of(CniCommand.ADD, 1, null),
                new FakeNamespace("/run/netns/1"),
                Duration.ofSeconds(1));

        assertThat(left).containsExactly(true);
        assertThat(fixture.host.calls()).noneMatch(call -> call.startsWith("restore"));
    }

    @Test
    void whatWasLetGoOfMeanwhileIsNotBroughtBack() throws Exception {
        fixture.add(1, 3);
        IpAddress address = fixture.grant(1);
        var _ = fixture.apply(new Command.Release(Nouns.key(1)));

        assertThat(restoration.restore(address)).isEmpty();
        assertThat(fixture.host.calls()).isEmpty();
    }

    @Test
    void aPodOnEachCardHasALinkOnEach() throws Exception {
        var several = new Cards(2).add(0, 2).add(1, 2);
        for (int card = 0; card < 2; card++) {
            several.apply(card, new Command.Assign(Nouns.key(1), Nouns.pod(1)));
        }
        List<String> asked = new ArrayList<>();
        several.fixture.host.during("missing", () -> asked.add("asked"));
        var networker =
                new PodNetworker(several.pools, several.fixture.host, several.fixture.tempo);
        List<IpAddress> granted = several.granted(1);
        for (IpAddress address : granted) {
            assertThat(networker.restoration().restore(address)).isEmpty();
        }

        assertThat(several.fixture.host.calls())
                .containsExactly(
                        "restore " + granted.get(0) + " 254 " + suffix("pod-1"),
                        "restore " + granted.get(1) + " 10101 " + second("pod-1"));
    }

    /** By upstream, or before interfaces of a pod were told apart. */
    @Test
    void aFurtherInterfaceMayHaveTheHostInterfaceThatAllWereGivenOnce() throws Exception {
        fixture.add(1, 3);
        IpAddress further = grant("net1");
        String own = InterfaceNames.host("", Nouns.pod(1), "net1", 0);

        assertThat(restoration.restore(further)).isEmpty();

        assertThat(fixture.host.calls())
                .containsExactlyInAnyOrder(
                        "restore " + further + " 2 " + own,
                        "restore " + further + " 2 " + suffix("pod-1"));
    }

    @Test
    void whereThePodHasAFirstInterfaceThatOneIsItsOwn() throws Exception {
        fixture.add(1, 3);
        IpAddress first = grant("eth0");
        fixture.tempo.pass(Duration.ofSeconds(1));
        IpAddress further = grant("net1");
        String own = InterfaceNames.host("", Nouns.pod(1), "net1", 0);

        assertThat(restoration.restore(further)).isEmpty();
        assertThat(restoration.restore(first)).isEmpty();

        assertThat(fixture.host.calls())
                .containsExactly(
                        "restore " + further + " 2 " + own,
                        "restore " + first + " 2 " + suffix("pod-1"));
    }

    private IpAddress grant(String interfaceName) throws Exception {
        var key = new AttachmentKey("aws-cni", "sandbox-1", interfaceName);
        var granted = (Outcome.Granted) fixture.apply(new Command.Assign(key, Nouns.pod(1)));
        return granted.grant().address();
    }

    private boolean isLeft(IpAddress address) {
        try {
            return restoration.restore(address) == null;
        } catch (HostException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static String suffix(String pod) {
        return InterfaceNames.host("", new PodName("default", pod));
    }

    private static String second(String pod) {
        return InterfaceNames.host("", new PodName("default", pod), "eth0", 1);
    }
}
