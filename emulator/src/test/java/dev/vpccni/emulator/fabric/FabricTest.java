package dev.vpccni.emulator.fabric;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.linux.namespace.NamespaceThread;
import dev.vpccni.model.InstanceId;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.MacAddress;
import dev.vpccni.model.SubnetId;
import dev.vpccni.vpc.Port;
import dev.vpccni.vpc.api.AddressBlocks;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The fabric in this computer's kernel: needs root. */
final class FabricTest {

    private static final Ipv4Cidr WEST = Ipv4Cidr.parse("10.0.0.0/20");
    private static final Ipv4Cidr EAST = Ipv4Cidr.parse("10.0.16.0/20");

    private final String name = "vpccni-test-" + ProcessHandle.current().pid();
    private final String one = name + "-node1";
    private final String two = name + "-node2";
    private final Port primaryOfOne = port(1, 0, WEST, "10.0.0.11");
    private final Port primaryOfTwo = port(2, 0, EAST, "10.0.16.22");
    private Fabric fabric;

    @BeforeEach
    void boot() throws IOException {
        fabric = Fabric.create(plan(Egress.INTERNET_GATEWAY));
        fabric.boot(one, primaryOfOne, 8001);
        fabric.boot(two, primaryOfTwo, 8002);
    }

    @AfterEach
    void leaveNothing() throws IOException {
        fabric.close();
        assertThat(Namespaces.startingWith(name)).isEmpty();
    }

    @Test
    void primaryAddressesReachOneAnotherAcrossZones() throws IOException {
        assertThat(reaches(one, "10.0.16.22")).isTrue();
        assertThat(reaches(two, "10.0.0.11")).isTrue();
    }

    @Test
    void largePacketsPassWhole() throws IOException {
        Namespaces.run(one, "ping", "-c1", "-i0.2", "-w20", "-M", "do", "-s", "8973", "10.0.16.22");
    }

    @Test
    void anAttachedInterfaceAppearsDownWithItsMacAddressAndVanishesAgain() throws IOException {
        Port second = port(1, 1, WEST, "10.0.0.12");
        fabric.carry(List.of(primaryOfOne, primaryOfTwo, second));

        String link = Namespaces.run(one, "ip", "-o", "link", "show", "eth1");
        assertThat(link).contains(second.mac().toString()).contains("state DOWN", "mtu 9001");

        fabric.carry(List.of(primaryOfOne, primaryOfTwo));
        assertThat(Namespaces.run(one, "ip", "-o", "link")).doesNotContain("eth1");
    }

    @Test
    void aDetachedInterfaceVanishesAlsoFromWhereItWasMovedTo() throws IOException {
        fabric.carry(List.of(primaryOfOne, primaryOfTwo, port(1, 1, WEST, "10.0.0.12")));
        Namespaces.ip(one, List.of("link set dev eth1 netns " + two));
        fabric.carry(List.of(primaryOfOne, primaryOfTwo));
        assertThat(Namespaces.run(two, "ip", "-o", "link")).doesNotContain("eth1");
    }

    @Test
    void anInstanceThatStartsAgainHasItsInterfacesAndNothingThatItWasToldBefore()
            throws IOException {
        Port second = port(1, 1, WEST, "10.0.0.12", "10.0.0.13");
        fabric.carry(List.of(primaryOfOne, primaryOfTwo, second));
        Namespaces.ip(
                one,
                List.of(
                        "link set dev eth1 up",
                        "addr add 10.0.0.13/32 dev lo",
                        "rule add from 10.0.0.13/32 lookup 2"));

        fabric.reboot(primaryOfOne.instance());

        String links = Namespaces.run(one, "ip", "-o", "link");
        assertThat(links.lines().filter(line -> line.contains("eth1")))
                .singleElement()
                .asString()
                .contains(second.mac().toString())
                .contains("state DOWN");
        assertThat(Namespaces.run(one, "ip", "addr")).doesNotContain("10.0.0.13");
        assertThat(Namespaces.run(one, "ip", "rule")).doesNotContain("lookup 2");
        assertThat(reaches(one, "10.0.16.22")).isTrue();
        assertThat(reaches(two, "10.0.0.11")).isTrue();
    }

    @Test
    void anAddressIsReachableWhileItIsAssigned() throws IOException {
        Namespaces.ip(one, List.of("addr add 10.0.0.99/32 dev lo"));
        assertThat(ping(two, "10.0.0.99")).isFalse();

        fabric.carry(List.of(port(1, 0, WEST, "10.0.0.11", "10.0.0.99"), primaryOfTwo));
        assertThat(reaches(two, "10.0.0.99")).isTrue();

        fabric.carry(List.of(primaryOfOne, primaryOfTwo));
        assertThat(ping(two, "10.0.0.99")).isFalse();
    }

    @Test
    void aPacketFromAnAddressOfAnotherInterfaceIsDropped() throws IOException {
        Port second = port(1, 1, WEST, "10.0.0.12", "10.0.0.13");
        fabric.carry(List.of(primaryOfOne, primaryOfTwo, second));
        Namespaces.ip(one, List.of("addr add 10.0.0.13/32 dev lo", "link set dev eth1 up"));

        // By the main table it leaves through eth0, which does not own it.
        assertThat(pingFrom(one, "10.0.0.13", "10.0.16.22")).isFalse();

        Namespaces.ip(
                one,
                List.of(
                        "route add 10.0.0.1/32 dev eth1 scope link table 2",
                        "route add default via 10.0.0.1 dev eth1 table 2",
                        "rule add from 10.0.0.13/32 lookup 2"));
        assertThat(reachesFrom(one, "10.0.0.13", "10.0.16.22")).isTrue();
    }

    @Test
    void aSpoofedSourceIsDropped() throws IOException {
        Namespaces.ip(one, List.of("addr add 10.0.16.22/32 dev lo"));
        assertThat(pingFrom(one, "10.0.16.22", "10.0.0.1")).isFalse();
        Namespaces.ip(one, List.of("addr add 192.0.2.7/32 dev lo"));
        assertThat(pingFrom(one, "192.0.2.7", "10.0.0.1")).isFalse();
        // Until the kernel gives up what it asked by ARP in the wrong name, this waits behind it.
        boolean heard = false;
        for (int attempt = 0; attempt < 5 && !heard; attempt++) {
            heard = ping(one, "10.0.0.1");
        }
        assertThat(heard).isTrue();
    }

    @Test
    void onlyAnInstancesPrimaryAddressReachesTheInternet() throws IOException {
        fabric.carry(List.of(port(1, 0, WEST, "10.0.0.11", "10.0.0.99"), primaryOfTwo));
        Namespaces.ip(one, List.of("addr add 10.0.0.99/32 dev lo"));
        assertThat(reaches(one, "203.0.113.10")).isTrue();
        assertThat(pingFrom(one, "10.0.0.99", "203.0.113.10")).isFalse();
    }

    @Test
    void theInternetReachesAnInstanceByItsPublicAddress() throws IOException {
        Ipv4Address shown = fabric.publicAddress(primaryOfTwo.instance());
        assertThat(shown).isNotNull();
        assertThat(reaches(fabric.internet(), String.valueOf(shown))).isTrue();
        assertThat(ping(fabric.internet(), "10.0.16.22")).isFalse();
    }

    @Test
    void everyAddressReachesPremisesAndEndpoint() throws IOException {
        fabric.carry(List.of(port(1, 0, WEST, "10.0.0.11", "10.0.0.99"), primaryOfTwo));
        Namespaces.ip(one, List.of("addr add 10.0.0.99/32 dev lo"));
        for (String server : List.of("172.16.0.10", fabric.plan().serviceEndpoint().toString())) {
            assertThat(reaches(one, server)).isTrue();
            assertThat(reachesFrom(one, "10.0.0.99", server)).isTrue();
        }
        assertThat(reaches(fabric.premises(), "10.0.0.99")).isTrue();
        assertThat(ping(fabric.premises(), "203.0.113.10")).isFalse();
    }

    @Test
    void throughTheNatGatewayEveryAddressReachesTheInternet() throws IOException {
        fabric.close();
        fabric = Fabric.create(plan(Egress.NAT_GATEWAY));
        fabric.boot(one, port(1, 0, WEST, "10.0.0.11", "10.0.0.99"), 8001);
        Namespaces.ip(one, List.of("addr add 10.0.0.99/32 dev lo"));
        assertThat(reaches(one, "203.0.113.10")).isTrue();
        assertThat(reachesFrom(one, "10.0.0.99", "203.0.113.10")).isTrue();
    }

    @Test
    void aTerminatedInstanceIsGone() throws IOException {
        fabric.terminate(primaryOfTwo.instance());
        assertThat(ping(one, "10.0.16.22")).isFalse();
        assertThat(Namespaces.startingWith(two)).isEmpty();
    }

    @Test
    void eachServerSeesTheAddressThatAVpcWouldShowIt() throws IOException {
        fabric.carry(List.of(port(1, 0, WEST, "10.0.0.11", "10.0.0.99"), primaryOfTwo));
        Namespaces.ip(two, List.of("addr add 10.0.0.99/32 dev lo"));
        try (NamespaceThread thread = NamespaceThread.start("fabric-test");
                Witness atTwo = Witness.start(thread, Namespaces.path(two));
                Witness internet = Witness.start(thread, Namespaces.path(fabric.internet()));
                Witness premises = Witness.start(thread, Namespaces.path(fabric.premises()));
                Witness service = Witness.start(thread, Namespaces.path(fabric.service()))) {
            assertThat(List.of(atTwo, internet, premises, service)).doesNotContainNull();
            assertThat(ask(thread, "10.0.16.22")).isEqualTo("10.0.0.11");
            assertThat(ask(thread, "203.0.113.10"))
                    .isEqualTo(String.valueOf(fabric.publicAddress(primaryOfOne.instance())));
            assertThat(ask(thread, "172.16.0.10")).isEqualTo("10.0.0.11");
            assertThat(ask(thread, fabric.plan().serviceEndpoint().toString()))
                    .isEqualTo("10.0.0.11");
        }
    }

    @Test
    void behindTheNatGatewayTheInternetSeesTheGatewaysAddress() throws IOException {
        fabric.close();
        fabric = Fabric.create(plan(Egress.NAT_GATEWAY));
        fabric.boot(one, primaryOfOne, 8001);
        try (NamespaceThread thread = NamespaceThread.start("fabric-test");
                Witness internet = Witness.start(thread, Namespaces.path(fabric.internet()))) {
            assertThat(internet).isNotNull();
            assertThat(ask(thread, "203.0.113.10")).isEqualTo(FabricPlan.NAT_PUBLIC.toString());
        }
    }

    @Test
    void metadataKnowsAnInstanceByWhereItAsksFrom() throws IOException {
        Path router = Namespaces.path(fabric.plan().routerNamespace());
        try (NamespaceThread thread = NamespaceThread.start("fabric-test");
                ServerSocket ofOne = thread.inside(router, () -> listen(8001));
                ServerSocket ofTwo = thread.inside(router, () -> listen(8002))) {
            assertThat(reaches(thread, one, ofOne)).isTrue();
            assertThat(reaches(thread, two, ofTwo)).isTrue();
        }
    }

    private boolean reaches(NamespaceThread thread, String namespace, ServerSocket server)
            throws IOException {
        try (Socket client =
                        thread.inside(
                                Namespaces.path(namespace),
                                () -> {
                                    var socket = new Socket();
                                    socket.bind(null);
                                    return socket;
                                });
                ServerSocket listening = server) {
            client.connect(new InetSocketAddress("169.254.169.254", 80), 2_000);
            listening.setSoTimeout(2_000);
            try (Socket accepted = listening.accept()) {
                return accepted.getPort() == client.getLocalPort();
            }
        }
    }

    private static ServerSocket listen(int port) throws IOException {
        var socket = new ServerSocket();
        socket.bind(new InetSocketAddress(port));
        return socket;
    }

    private String ask(NamespaceThread thread, String server) throws IOException {
        return Witness.ask(
                thread, Namespaces.path(one), new InetSocketAddress(server, Witness.PORT), 2_000);
    }

    private FabricPlan plan(Egress egress) {
        return new FabricPlan(
                name,
                List.of(Ipv4Cidr.parse("10.0.0.0/16")),
                null,
                List.of(WEST, EAST),
                Ipv4Cidr.parse("10.0.255.0/24"),
                egress);
    }

    private static Port port(int instance, int device, Ipv4Cidr subnet, String... addresses) {
        List<Ipv4Address> all = Stream.of(addresses).map(Ipv4Address::parse).toList();
        return new Port(
                new InterfaceId("eni-" + instance + "-" + device),
                new InstanceId("i-" + instance),
                MacAddress.local(instance * 256L + device),
                0,
                device,
                new SubnetId("subnet-" + subnet.network()),
                subnet,
                AddressBlocks.addresses(all),
                List.of(),
                true);
    }

    /** The first packets may be lost where the kernel has not noticed yet that a link is up. */
    private static boolean reaches(String namespace, String target) throws IOException {
        return ends(namespace, "ping", "-c1", "-i0.2", "-w20", target);
    }

    private static boolean reachesFrom(String namespace, String source, String target)
            throws IOException {
        return ends(namespace, "ping", "-c1", "-i0.2", "-w20", "-I", source, target);
    }

    private static boolean ping(String namespace, String target) throws IOException {
        return ends(namespace, "ping", "-c1", "-W1", target);
    }

    private static boolean pingFrom(String namespace, String source, String target)
            throws IOException {
        return ends(namespace, "ping", "-c1", "-W1", "-I", source, target);
    }

    private static boolean ends(String namespace, String... words) throws IOException {
        var all = Stream.concat(Stream.of("ip", "netns", "exec", namespace), Stream.of(words));
        return Program.of(all.toList()).end().status() == 0;
    }
}
