package dev.vpccni.emulator.fabric;

import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.Ipv6Address;
import dev.vpccni.model.Ipv6Cidr;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The VPC that a fabric carries.
 *
 * @param name what the names of its namespaces begin with
 * @param vpc all its IPv4 addresses, one block or more
 * @param ipv6 all its IPv6 addresses, or null if it has none
 * @param subnets where instances live
 * @param edge a further subnet, in which the NAT gateway and the endpoints have their addresses
 * @param egress where the subnets' route tables lead what is for the internet
 */
public record FabricPlan(
        String name,
        List<Ipv4Cidr> vpc,
        @Nullable Ipv6Cidr ipv6,
        List<Ipv4Cidr> subnets,
        Ipv4Cidr edge,
        Egress egress) {

    /** A server in the internet, as documentation addresses have it (RFC 5737). */
    public static final Ipv4Address INTERNET_SERVER = Ipv4Address.parse("203.0.113.10");

    /** The addresses that the internet gateway translates to (RFC 5737). */
    public static final Ipv4Cidr PUBLIC_ADDRESSES = Ipv4Cidr.parse("198.51.100.0/24");

    /** The NAT gateway's public address. */
    public static final Ipv4Address NAT_PUBLIC = Ipv4Address.parse("198.51.100.254");

    /** The network on the company's premises, behind the virtual gateway. */
    public static final Ipv4Cidr PREMISES = Ipv4Cidr.parse("172.16.0.0/16");

    /** A server on the premises. */
    public static final Ipv4Address PREMISES_SERVER = Ipv4Address.parse("172.16.0.10");

    /** Where an instance finds its metadata. */
    public static final Ipv4Address METADATA = Ipv4Address.parse("169.254.169.254");

    /** A server in the internet of IPv6, as documentation addresses have it (RFC 3849). */
    public static final Ipv6Address INTERNET_SERVER_IPV6 = Ipv6Address.parse("2001:db8:113::10");

    /** Where every interface finds the router of IPv6, whatever its subnet. */
    public static final Ipv6Address ROUTER_IPV6 = Ipv6Address.parse("fe80:ec2::1");

    private static final int API = 10;
    private static final int SERVICE = 20;
    private static final int NAT = 254;

    public FabricPlan {
        vpc = List.copyOf(vpc);
        subnets = List.copyOf(subnets);
        for (Ipv4Cidr subnet : subnets) {
            if (!isWithin(vpc, subnet) || subnet.contains(edge.network())) {
                throw new IllegalArgumentException(
                        subnet + " is outside " + vpc + " or at its edge");
            }
        }
        if (!isWithin(vpc, edge) || edge.prefixLength() > 24) {
            throw new IllegalArgumentException("no edge of " + vpc + ": " + edge);
        }
    }

    /** Returns the address at which instances reach the EC2 API: an endpoint in the VPC. */
    public Ipv4Address apiEndpoint() {
        return edge.network().plus(API);
    }

    /** Returns the address of a service that the VPC has an interface endpoint for. */
    public Ipv4Address serviceEndpoint() {
        return edge.network().plus(SERVICE);
    }

    /** Returns the NAT gateway's address in the VPC. */
    public Ipv4Address natAddress() {
        return edge.network().plus(NAT);
    }

    /** Returns the router's address in {@code subnet}. */
    public static Ipv4Address router(Ipv4Cidr subnet) {
        return subnet.network().plus(1);
    }

    /** Returns the name of the namespace that routes. */
    public String routerNamespace() {
        return routerNamespace(name);
    }

    static String routerNamespace(String name) {
        return name + "-vpc";
    }

    private static boolean isWithin(List<Ipv4Cidr> vpc, Ipv4Cidr part) {
        return vpc.stream().anyMatch(block -> block.contains(part));
    }
}
