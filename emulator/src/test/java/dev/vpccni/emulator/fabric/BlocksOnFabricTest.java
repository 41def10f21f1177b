package dev.vpccni.emulator.fabric;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.model.Cidr;
import dev.vpccni.model.InstanceId;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.Ipv6Cidr;
import dev.vpccni.model.MacAddress;
import dev.vpccni.model.SubnetId;
import dev.vpccni.vpc.Port;
import dev.vpccni.vpc.api.AddressBlocks;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Prefixes, IPv6, a second block and a second card, in this computer's kernel: needs root. */
final class BlocksOnFabricTest {

    private static final Ipv4Cidr WEST = Ipv4Cidr.parse("10.0.0.0/20");
    private static final Ipv4Cidr EAST = Ipv4Cidr.parse("10.0.16.0/20");
    private static final Ipv4Cidr PODS = Ipv4Cidr.parse("100.64.0.0/20");
    private static final String IPV6_OF_ONE = "2600:1f14:aaaa:bb00:1234::1";
    private static final String IPV6_OF_TWO = "2600:1f14:aaaa:bb00:5678::2";

    private final String name = "vpccni-blocks-" + ProcessHandle.current().pid();
    private final String one = name + "-node1";
    private final String two = name + "-node2";
    private final Port primaryOfOne = port(1, 0, 0, WEST, "10.0.0.11/32", IPV6_OF_ONE + "/128");
    private final Port primaryOfTwo = port(2, 0, 0, EAST, "10.0.16.22/32", IPV6_OF_TWO + "/128");
    private Fabric fabric;

    @BeforeEach
    void boot() throws IOException {
        fabric =
                Fabric.create(
                        new FabricPlan(
                                name,
                                List.of(
                                        Ipv4Cidr.parse("10.0.0.0/16"),
                                        Ipv4Cidr.parse("100.64.0.0/16")),
                                Ipv6Cidr.parse("2600:1f14:aaaa:bb00::/56"),
                                List.of(WEST, EAST),
                                Ipv4Cidr.parse("10.0.255.0/24"),
                                Egress.INTERNET_GATEWAY));
        fabric.boot(one, primaryOfOne, 8001);
        fabric.boot(two, primaryOfTwo, 8002);
    }

    @AfterEach
    void leaveNothing() throws IOException {
        fabric.close();
        assertThat(Namespaces.startingWith(name)).isEmpty();
    }

    @Test
    void everyAddressOfAPrefixIsReachableWhileItIsAssigned() throws IOException {
        Namespaces.ip(one, List.of("addr add 10.0.0.35/32 dev lo"));
        assertThat(ping(two, "10.0.0.35")).isFalse();

        fabric.carry(List.of(port(1, 0, 0, WEST, "10.0.0.11/32", "10.0.0.32/28"), primaryOfTwo));
        assertThat(reaches(two, "10.0.0.35")).isTrue();
        assertThat(reachesFrom(one, "10.0.0.35", "10.0.16.22")).isTrue();

        fabric.carry(List.of(primaryOfOne, primaryOfTwo));
        assertThat(ping(two, "10.0.0.35")).isFalse();
    }

    @Test
    void aPacketFromAPrefixOfAnotherInterfaceIsDropped() throws IOException {
        Port second = port(1, 0, 1, WEST, "10.0.0.12/32", "10.0.0.48/28");
        fabric.carry(List.of(primaryOfOne, primaryOfTwo, second));
        Namespaces.ip(one, List.of("addr add 10.0.0.50/32 dev lo", "link set dev eth1 up"));
        assertThat(pingFrom(one, "10.0.0.50", "10.0.16.22")).isFalse();

        Namespaces.ip(
                one,
                List.of(
                        "route add 10.0.0.1/32 dev eth1 scope link table 2",
                        "route add default via 10.0.0.1 dev eth1 table 2",
                        "rule add from 10.0.0.50/32 lookup 2"));
        assertThat(reachesFrom(one, "10.0.0.50", "10.0.16.22")).isTrue();
    }

    @Test
    void anInterfaceOfAnotherCardInALaterSubnetOfAnotherBlockIsCarried() throws IOException {
        Port other = port(1, 1, 0, PODS, "100.64.0.12/32", "100.64.0.32/28");
        fabric.carry(List.of(primaryOfOne, primaryOfTwo, other));
        Namespaces.ip(
                one,
                List.of(
                        "addr add 100.64.0.33/32 dev lo",
                        "link set dev eth1x0 up",
                        "route add 100.64.0.1/32 dev eth1x0 scope link table 10100",
                        "route add default via 100.64.0.1 dev eth1x0 table 10100",
                        "rule add from 100.64.0.33/32 lookup 10100"));
        assertThat(reaches(two, "100.64.0.33")).isTrue();
        assertThat(reachesFrom(one, "100.64.0.33", "172.16.0.10")).isTrue();
    }

    @Test
    void primaryAddressesOfIpv6ReachOneAnotherAndTheInternet() throws IOException {
        assertThat(reaches(one, IPV6_OF_TWO)).isTrue();
        assertThat(reaches(one, FabricPlan.INTERNET_SERVER_IPV6.toString())).isTrue();
        assertThat(reaches(fabric.internet(), IPV6_OF_ONE)).isTrue();
    }

    @Test
    void everyAddressOfAnIpv6PrefixIsReachableWhileItIsAssigned() throws IOException {
        String pod = "2600:1f14:aaaa:bb00:9::7";
        Namespaces.ip(one, List.of("addr add " + pod + "/128 dev lo nodad"));
        assertThat(ping(two, pod)).isFalse();

        fabric.carry(
                List.of(
                        port(
                                1,
                                0,
                                0,
                                WEST,
                                "10.0.0.11/32",
                                IPV6_OF_ONE + "/128",
                                "2600:1f14:aaaa:bb00:9::/80"),
                        primaryOfTwo));
        assertThat(reaches(two, pod)).isTrue();
        assertThat(reachesFrom(one, pod, FabricPlan.INTERNET_SERVER_IPV6.toString())).isTrue();

        fabric.carry(List.of(primaryOfOne, primaryOfTwo));
        assertThat(ping(two, pod)).isFalse();
    }

    @Test
    void anIpv6SourceOfAnotherInterfaceIsDropped() throws IOException {
        for (String source : List.of("2600:1f14:aaaa:bb00:77::7", "2001:db8::1", IPV6_OF_TWO)) {
            Namespaces.ip(one, List.of("addr add " + source + "/128 dev lo nodad"));
            assertThat(pingFrom(one, source, "2001:db8:113::10")).as(source).isFalse();
        }
        // Until the kernel gives up looking for the router in the wrong name, this waits behind it.
        boolean heard = false;
        for (int attempt = 0; attempt < 5 && !heard; attempt++) {
            heard = pingFrom(one, IPV6_OF_ONE, "2001:db8:113::10");
        }
        assertThat(heard).isTrue();
    }

    /** Its answer comes back to where it was sent from, were it let through. */
    @Test
    void theIpv6SourceCheckIsWhatDropsASpoofedPacket() throws IOException {
        String pod = "2600:1f14:aaaa:bb00:9::7";
        Port second = port(1, 0, 1, WEST, "10.0.0.12/32", "2600:1f14:aaaa:bb00:9::/80");
        fabric.carry(List.of(primaryOfOne, primaryOfTwo, second));
        Namespaces.ip(
                one, List.of("addr add " + pod + "/128 dev lo nodad", "link set dev eth1 up"));
        assertThat(pingFrom(one, pod, IPV6_OF_TWO)).isFalse();

        Namespaces.run(fabric.plan().routerNamespace(), "nft", "flush", "table", "ip6", "fabric");
        boolean heard = false;
        for (int attempt = 0; attempt < 5 && !heard; attempt++) {
            heard = pingFrom(one, pod, IPV6_OF_TWO);
        }
        assertThat(heard).isTrue();
    }

    private static Port port(
            int instance, int card, int device, Ipv4Cidr subnet, String... blocks) {
        return new Port(
                new InterfaceId("eni-" + instance + "-" + card + "-" + device),
                new InstanceId("i-" + instance),
                MacAddress.local(instance * 256L + card * 16L + device),
                card,
                device,
                new SubnetId("subnet-" + subnet.network()),
                subnet,
                AddressBlocks.of(Stream.of(blocks).map(Cidr::parse).toList()),
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
