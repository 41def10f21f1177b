package dev.vpccni.emulator.fabric;

import static dev.vpccni.emulator.fabric.FabricPlan.INTERNET_SERVER;
import static dev.vpccni.emulator.fabric.FabricPlan.INTERNET_SERVER_IPV6;
import static dev.vpccni.emulator.fabric.FabricPlan.NAT_PUBLIC;
import static dev.vpccni.emulator.fabric.FabricPlan.PREMISES;
import static dev.vpccni.emulator.fabric.FabricPlan.PREMISES_SERVER;
import static dev.vpccni.emulator.fabric.FabricPlan.router;

import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.Ipv6Address;
import dev.vpccni.model.Ipv6Cidr;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What hangs off a VPC's router, each thing a namespace: an internet gateway with a server behind
 * it, a NAT gateway, the company's premises behind a virtual gateway, a service's endpoint.
 *
 * <p>The router's end of each link carries the name of what is behind it.
 */
final class Gateways {

    private static final String IGW_LINK = "169.254.100.1";
    private static final String IGW = "169.254.100.2";
    private static final String IGW_LINK_IPV6 = "fd00:100::1";
    private static final String IGW_IPV6 = "fd00:100::2";
    private static final String PREMISES_LINK = "169.254.100.5";
    private static final String PREMISES_ROUTER = "169.254.100.6";
    private static final String NAT_MAC = "02:00:00:00:00:fe";
    private static final String SERVICE_MAC = "02:00:00:00:00:14";

    private static final String INTERNET_GATEWAY_NAME = "-igw";
    private static final String INTERNET_NAME = "-internet";
    private static final String NAT_NAME = "-nat";
    private static final String PREMISES_NAME = "-premises";
    private static final String SERVICE_NAME = "-service";

    /** Of the NAT gateway's subnet, which differs from that of all others. */
    private static final int EDGE_ROUTE_TABLE = 201;

    private final FabricPlan plan;

    Gateways(FabricPlan plan) {
        this.plan = plan;
    }

    String internetGateway() {
        return plan.name() + INTERNET_GATEWAY_NAME;
    }

    String internet() {
        return plan.name() + INTERNET_NAME;
    }

    String natGateway() {
        return plan.name() + NAT_NAME;
    }

    String premises() {
        return plan.name() + PREMISES_NAME;
    }

    String service() {
        return plan.name() + SERVICE_NAME;
    }

    /** Returns the names of all of them in the fabric called {@code name}. */
    static List<String> namespaces(String name) {
        return Stream.of(
                        INTERNET_GATEWAY_NAME, INTERNET_NAME, NAT_NAME, PREMISES_NAME, SERVICE_NAME)
                .map(name::concat)
                .toList();
    }

    /** Makes all of them and connects them with the router, which exists. */
    void create() throws IOException {
        for (String namespace : namespaces(plan.name())) {
            Namespaces.create(namespace);
            // Else nothing is forwarded for a second: addresses are looked for twice at first.
            Namespaces.sysctl(namespace, List.of("net/ipv6/conf/default/accept_dad=0"));
        }
        connectInternet();
        connectPremises();
        String router = plan.routerNamespace();
        plugEdge(router, "nat", natGateway(), NAT_MAC, plan.natAddress());
        plugEdge(router, "service", service(), SERVICE_MAC, plan.serviceEndpoint());
        Namespaces.sysctl(natGateway(), List.of("net/ipv4/ip_forward=1"));
        Namespaces.nft(
                natGateway(),
                """
                table ip nat {
                    chain postrouting {
                        type nat hook postrouting priority srcnat
                        snat to %s
                    }
                }
                """
                        .formatted(plan.natAddress()));
        boolean viaNat = plan.egress() == Egress.NAT_GATEWAY;
        String toGateway = "default via " + IGW + " dev igw";
        String toNat = "default via " + plan.natAddress() + " dev nat onlink";
        Namespaces.ip(
                router,
                List.of(
                        "route add " + (viaNat ? toNat : toGateway),
                        "route add " + toGateway + " table " + EDGE_ROUTE_TABLE,
                        // After the main table's /32 routes, before its default one.
                        "rule add pref 100 lookup main suppress_prefixlength 0",
                        "rule add pref 101 iif nat lookup " + EDGE_ROUTE_TABLE));
        // Packets from the internet come back through both, whatever their source.
        Namespaces.sysctl(
                router, List.of("net/ipv4/conf/igw/rp_filter=0", "net/ipv4/conf/nat/rp_filter=0"));
        associate(plan.natAddress(), NAT_PUBLIC);
        if (plan.ipv6() != null) {
            connectInternetOfIpv6(plan.ipv6());
        }
    }

    /** Every address of the VPC is its own in the internet: nothing is translated. */
    private void connectInternetOfIpv6(Ipv6Cidr vpc) throws IOException {
        var network = Ipv6Cidr.of(INTERNET_SERVER_IPV6, 64);
        Ipv6Address gateway = network.network().plus(1);
        Namespaces.sysctl(internetGateway(), List.of("net/ipv6/conf/all/forwarding=1"));
        Namespaces.ip(
                plan.routerNamespace(),
                List.of(
                        "addr add " + IGW_LINK_IPV6 + "/126 dev igw nodad",
                        "route add ::/0 via " + IGW_IPV6 + " dev igw"));
        Namespaces.ip(
                internetGateway(),
                List.of(
                        "addr add " + IGW_IPV6 + "/126 dev vpc nodad",
                        "route add " + vpc + " via " + IGW_LINK_IPV6 + " dev vpc",
                        "addr add " + gateway + "/64 dev internet nodad"));
        Namespaces.ip(
                internet(),
                List.of(
                        "addr add " + INTERNET_SERVER_IPV6 + "/64 dev eth0 nodad",
                        "route add ::/0 via " + gateway + " dev eth0"));
    }

    /** Gives {@code address} a public one at the internet gateway. */
    void associate(Ipv4Address address, Ipv4Address shown) throws IOException {
        Namespaces.nft(
                internetGateway(),
                """
                add element ip igw associated { %1$s }
                add element ip igw public { %1$s : %2$s }
                add element ip igw private { %2$s : %1$s }
                """
                        .formatted(address, shown));
    }

    /** Takes the public address away again. */
    void disassociate(Ipv4Address address, Ipv4Address shown) throws IOException {
        Namespaces.nft(
                internetGateway(),
                """
                delete element ip igw associated { %1$s }
                delete element ip igw public { %1$s : %2$s }
                delete element ip igw private { %2$s : %1$s }
                """
                        .formatted(address, shown));
    }

    private void connectInternet() throws IOException {
        Namespaces.ip(
                plan.routerNamespace(),
                List.of(
                        "link add igw mtu 9001 type veth peer name vpc mtu 9001 netns "
                                + internetGateway(),
                        "addr add " + IGW_LINK + "/30 dev igw",
                        "link set dev igw up"));
        Namespaces.sysctl(internetGateway(), List.of("net/ipv4/ip_forward=1"));
        Ipv4Cidr network = Ipv4Cidr.of(INTERNET_SERVER, 24);
        var lines = new ArrayList<String>();
        lines.add("addr add " + IGW + "/30 dev vpc");
        lines.add("link set dev vpc up");
        plan.vpc().forEach(block -> lines.add("route add " + block + " via " + IGW_LINK));
        lines.add("link add internet type veth peer name eth0 netns " + internet());
        lines.add("addr add " + router(network) + "/24 dev internet");
        lines.add("link set dev internet up");
        Namespaces.ip(internetGateway(), lines);
        Namespaces.ip(
                internet(),
                List.of(
                        "addr add " + INTERNET_SERVER + "/24 dev eth0",
                        "link set dev eth0 up",
                        "route add default via " + router(network)));
        Namespaces.nft(
                internetGateway(),
                """
                table ip igw {
                    set associated {
                        type ipv4_addr
                    }
                    map public {
                        type ipv4_addr : ipv4_addr
                    }
                    map private {
                        type ipv4_addr : ipv4_addr
                    }
                    chain inbound {
                        type nat hook prerouting priority dstnat
                        iifname "internet" dnat to ip daddr map @private
                    }
                    chain pass {
                        type filter hook forward priority filter
                        ct state established,related accept
                        iifname "vpc" ip saddr @associated accept
                        iifname "internet" ct status dnat accept
                        drop
                    }
                    chain outbound {
                        type nat hook postrouting priority srcnat
                        oifname "internet" snat to ip saddr map @public
                    }
                }
                """);
    }

    private void connectPremises() throws IOException {
        Namespaces.ip(
                plan.routerNamespace(),
                List.of(
                        "link add premises mtu 1500 type veth peer name eth0 mtu 1500 netns "
                                + premises(),
                        "addr add " + PREMISES_LINK + "/30 dev premises",
                        "link set dev premises up",
                        "route add " + PREMISES + " via " + PREMISES_ROUTER));
        var lines = new ArrayList<String>();
        lines.add("addr add " + PREMISES_ROUTER + "/30 dev eth0");
        lines.add("addr add " + PREMISES_SERVER + "/32 dev lo");
        lines.add("link set dev eth0 up");
        plan.vpc().forEach(block -> lines.add("route add " + block + " via " + PREMISES_LINK));
        Namespaces.ip(premises(), lines);
    }

    private void plugEdge(
            String router, String link, String namespace, String mac, Ipv4Address address)
            throws IOException {
        Namespaces.ip(
                router,
                List.of(
                        "link add "
                                + link
                                + " mtu 9001 type veth peer name eth0 address "
                                + mac
                                + " mtu 9001 netns "
                                + namespace,
                        "link set dev " + link + " up",
                        "route add " + address + "/32 dev " + link,
                        "neigh replace "
                                + address
                                + " lladdr "
                                + mac
                                + " dev "
                                + link
                                + " nud permanent"));
        Namespaces.ip(
                namespace,
                List.of(
                        "addr add " + address + "/" + plan.edge().prefixLength() + " dev eth0",
                        "link set dev eth0 up",
                        "route add default via " + router(plan.edge())));
    }
}
