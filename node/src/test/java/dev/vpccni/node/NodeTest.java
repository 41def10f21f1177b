package dev.vpccni.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.cni.BranchAttachment;
import dev.vpccni.cni.CniCommand;
import dev.vpccni.cni.CniException;
import dev.vpccni.cni.CniRequest;
import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.IpFamily;
import dev.vpccni.model.PodName;
import dev.vpccni.node.explanation.Explanation;
import dev.vpccni.node.fake.FakeNamespace;
import dev.vpccni.node.fake.FixedRandom;
import dev.vpccni.node.fake.Fixture;
import dev.vpccni.node.fake.Nouns;
import dev.vpccni.node.fake.Requests;
import dev.vpccni.node.fake.ScriptedMetadata;
import dev.vpccni.node.pod.AddressService;
import dev.vpccni.node.port.Cluster;
import dev.vpccni.node.port.HostFailure;
import dev.vpccni.node.port.LedgerStores;
import dev.vpccni.node.port.Metadata;
import dev.vpccni.node.port.Spool;
import dev.vpccni.node.settings.AddressingSettings;
import dev.vpccni.node.settings.NodeSettings;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The first stage of a node: what it says before EC2 is asked, and the spool. */
class NodeTest {

    private final Fixture fixture = new Fixture();
    private final FakeSpool spool = new FakeSpool();
    private final List<Explanation> told = new ArrayList<>();
    private final List<String> impossible = new ArrayList<>();

    @Test
    void aNodeWithoutAnyInterfaceIsNotAvailableAndSaysWhy() throws Exception {
        Node node = start();

        assertThat(node.connected()).isFalse();
        assertThatThrownBy(node::status)
                .isInstanceOf(CniException.class)
                .hasMessageContaining("only just started");
        node.awaits("no region");
        assertThatThrownBy(node::status).hasMessageContaining("no region");
        assertThat(fixture.tempo.started()).containsExactly("ledger");
        assertThat(node.explanations().latest()).isEmpty();
        assertThat(node.addresses()).isNotNull();
    }

    @Test
    void aNodeServesFromMemory() throws Exception {
        fixture.add(0, 1);
        fixture.host.link(Nouns.mac(0));

        Node node = start();

        assertThatCode(node::status).doesNotThrowAnyException();
        assertThat(node.ledger().ledger().interfaces()).hasSize(1);
        assertThat(
                        node.addresses()
                                .assign(Nouns.key(1), Nouns.pod(1), false, Duration.ofSeconds(1))
                                .getFirst()
                                .address())
                .isEqualTo(Nouns.address(0, 0));
    }

    /** Whose setting has changed: before EC2 answers, pods ask already. */
    @Test
    void withCustomNetworkingThePrimaryInterfaceGivesNothingFromTheStart() throws Exception {
        fixture.add(0, 2).add(1, 1);
        fixture.grant(1);
        fixture.host.pod(Nouns.address(0, 0), "eni-x");
        fixture.host.link(Nouns.mac(0));
        fixture.host.link(Nouns.mac(1));

        Node node = start(custom());

        assertThat(
                        node.addresses()
                                .assign(Nouns.key(2), Nouns.pod(2), false, Duration.ofSeconds(1)))
                .singleElement()
                .extracting(AddressService.Lease::address)
                .isEqualTo(Nouns.address(1, 0));
        assertThat(node.ledger().ledger().grant(Nouns.key(1))).as("it keeps its own").isNotNull();
    }

    @Test
    void whatIsPreferredIsSoFromTheStart() throws Exception {
        fixture.add(0, 1);
        fixture.done(new Command.AddBlocks(Nouns.id(0), Nouns.prefixes(0, 1)));
        fixture.host.link(Nouns.mac(0));

        Node node = start(addressing(new AddressingSettings(IpFamily.IPV4, true, 1, false, false)));

        assertThat(
                        node.addresses()
                                .assign(Nouns.key(1), Nouns.pod(1), false, Duration.ofSeconds(1)))
                .singleElement()
                .extracting(AddressService.Lease::address)
                .isEqualTo(Nouns.prefix(0, 0).network());
    }

    /** Its addresses would go on being given, and its pods would lose their way out. */
    @Test
    void aNodeWhosePodsHaveTheOtherFamilyDoesNotStart() throws Exception {
        fixture.add(0, 2);
        fixture.grant(1);
        fixture.host.pod(Nouns.address(0, 0), "eni-x");
        fixture.host.link(Nouns.mac(0));

        assertThatThrownBy(() -> start(ipv6()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(Nouns.address(0, 0).toString())
                .hasMessageContaining("drain the node");
    }

    @Test
    void aNodeWithoutPodsForgetsTheOtherFamily() throws Exception {
        fixture.add(0, 2);
        fixture.host.link(Nouns.mac(0));

        Node node = start(ipv6());

        assertThat(node.ledger().ledger().interfaces()).isEmpty();
        assertThat(node.explanations().latest())
                .anyMatch(each -> each.what().equals("forget the interfaces"));
    }

    /** A further interface is made with its prefix alone, so its own address is the other one. */
    @Test
    void aNodeKeepsInterfacesWhosePrefixesAreOfItsFamily() throws Exception {
        fixture.done(
                new Command.AddInterface(
                        Nouns.facts(0), List.of(Cidr.parse("2600:1f14:0:0:1::/80")), null));
        fixture.host.link(Nouns.mac(0));

        Node node = start(ipv6());

        assertThat(node.ledger().ledger().interfaces()).hasSize(1);
    }

    private static NodeSettings ipv6() {
        return addressing(new AddressingSettings(IpFamily.IPV6, true, 1, false, false));
    }

    private static NodeSettings custom() {
        return addressing(new AddressingSettings(IpFamily.IPV4, false, 0, true, false));
    }

    private static NodeSettings addressing(AddressingSettings addressing) {
        NodeSettings some = NodeSettings.DEFAULT;
        return new NodeSettings(
                some.pool(), some.kernel(), some.cloud(), addressing, some.cluster(), "");
    }

    @Test
    void whatTheKernelRefusesIsWhyANodeIsNotAvailable() throws Exception {
        fixture.add(0, 1);
        fixture.host.link(Nouns.mac(0));
        fixture.host.refuse("setUpNode", new HostFailure.Refused("step", 1));
        Node node = start();
        var metadata = new ScriptedMetadata();
        metadata.show(
                new Metadata.MetadataInterface(
                        Nouns.id(0),
                        Nouns.mac(0),
                        0,
                        0,
                        Nouns.SUBNET,
                        List.of(Nouns.BLOCK),
                        List.of(Nouns.address(0, -1)),
                        List.of()));

        node.connect(metadata, fixture.ec2, Cluster.SILENT, impossible::add);
        fixture.tempo.runFor(Duration.ofSeconds(1), fixture.tempo::runTasks);

        assertThat(Thread.interrupted()).as("as whoever ends the daemon has it").isTrue();
        assertThat(node.connected()).isFalse();
        assertThatThrownBy(node::status)
                .hasMessageContaining("the node's network cannot be set up: cannot setUpNode");
    }

    @Test
    void spooledRequestsAreCarriedOutAndRemoved() throws Exception {
        fixture.add(0, 1);
        fixture.grant(1);
        fixture.host.pod(Nouns.address(0, 0), "eni-x");
        fixture.host.link(Nouns.mac(0));
        spool.entries.add(entry(1));
        spool.entries.add(entry(2));

        Node node = start();

        assertThat(node.ledger().ledger().grant(Nouns.key(1))).isNull();
        assertThat(fixture.host.calls())
                .containsExactly("unwire " + Nouns.address(0, 0) + " 254 null");
        assertThat(spool.entries).isEmpty();
    }

    /** Upstream's plugin has added the pod, and its DEL came while nobody was there. */
    @Test
    void aSpooledRequestOfAPodWithItsOwnInterfaceIsCarriedOut() throws Exception {
        IpAddress address = IpAddress.parse("10.7.1.150");
        var pod = new BranchAttachment("/x", "vlan0123456789a", "eth0", address, null, 7);
        CniRequest del = Requests.of(CniCommand.DEL, 1, pod.toResult());
        spool.entries.add(new Spool.Entry("del-1", del));

        var _ = start();

        assertThat(fixture.host.calls())
                .containsExactly("unwire vlan.eth.7 vlan0123456789a 10.7.1.150 null");
        assertThat(spool.entries).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void podsHaveTheirOwnInterfacesWithEnablePodEniOnly(boolean enabled) throws Exception {
        fixture.add(0, 1);
        var asked = new ArrayList<PodName>();
        NodeSettings plain = NodeSettings.DEFAULT;
        Node node =
                Node.start(
                        enabled ? plain.withPool(plain.pool().withTrunk()) : plain,
                        LedgerStores.only(fixture.store),
                        spool,
                        fixture.host,
                        fixture.tempo,
                        FixedRandom.LEAST,
                        (pod, _) -> {
                            asked.add(pod);
                            return null;
                        },
                        told::add);

        assertThatThrownBy(() ->
                        node.pods()
                                .add(
                                        Requests.of(CniCommand.ADD, 1, null),
                                        new FakeNamespace("/run/netns/1"),
                                        Duration.ZERO))
                .as("and there is no other address")
                .isInstanceOf(CniException.class);

        assertThat(asked).hasSize(enabled ? 1 : 0);
    }

    @Test
    void oneThatFailsIsLeftForLaterAndTheOthersAreNot() throws Exception {
        fixture.add(0, 1);
        fixture.grant(1);
        fixture.host.pod(Nouns.address(0, 0), "eni-x");
        fixture.host.link(Nouns.mac(0));
        fixture.host.refuse("unwire", new HostFailure.Refused("step", 1));
        spool.entries.add(entry(1));
        spool.entries.add(entry(2));

        Node node = start();

        assertThat(spool.entries).extracting(Spool.Entry::name).containsExactly("del-1");
        assertThat(node.explanations().latest())
                .extracting(Explanation::what)
                .containsExactly("leave del-1 for later");
    }

    @Test
    void aSpoolThatCannotBeReadIsSaid() throws Exception {
        spool.broken = true;

        Node node = start();

        assertThat(node.explanations().latest())
                .singleElement()
                .satisfies(one -> {
                    assertThat(one.what()).isEqualTo("leave spooled requests alone");
                    assertThat(one.why()).isEqualTo("broken");
                });
    }

    @Test
    void decisionsAreToldWithTheTimeOfTheWall() throws Exception {
        spool.broken = true;
        fixture.tempo.stepClock(Duration.ofDays(1));

        Node node = start();

        assertThat(node.explanations().latest().getFirst().at()).isEqualTo(fixture.tempo.wall());
        assertThat(told).isEqualTo(node.explanations().latest());
    }

    private Node start() throws Exception {
        return start(NodeSettings.DEFAULT);
    }

    private Node start(NodeSettings settings) throws Exception {
        return Node.start(
                settings,
                LedgerStores.only(fixture.store),
                spool,
                fixture.host,
                fixture.tempo,
                FixedRandom.LEAST,
                told::add);
    }

    private static Spool.Entry entry(int n) {
        CniRequest del = Requests.of(CniCommand.DEL, n, null);
        return new Spool.Entry("del-" + n, del);
    }

    /** A spool in memory. */
    private static final class FakeSpool implements Spool {

        private final List<Entry> entries = new ArrayList<>();
        private boolean broken;

        @Override
        public List<Entry> list() throws IOException {
            if (broken) {
                throw new IOException("broken");
            }
            return List.copyOf(entries);
        }

        @Override
        public void remove(Entry entry) {
            entries.remove(entry);
        }
    }
}
