package dev.vpccni.lab;

import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import dev.vpccni.model.InstanceType;
import dev.vpccni.model.InstanceTypes;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.Ipv6Address;
import dev.vpccni.model.Ipv6Cidr;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The network that a lab's nodes are in.
 *
 * @param subnets where the nodes are, in zones in turn
 * @param podSubnets further subnets, in zones in turn, in which nothing is at first
 * @param ipv6 whether the VPC, its subnets and the nodes have IPv6
 * @param cards how many network cards each node has, each as its type's first; 0 for those of its
 *     type
 * @param prefixesFree how many /28 each subnet has left when the nodes start, the others being used
 *     by somebody; {@link #ALL_FREE} for all of them
 */
public record LabTopology(
        List<Ipv4Cidr> subnets,
        List<Ipv4Cidr> podSubnets,
        boolean ipv6,
        int cards,
        int prefixesFree) {

    /** Nobody else uses the subnets. */
    public static final int ALL_FREE = -1;

    /** What the VPC has of IPv6. */
    static final Ipv6Cidr IPV6 = Ipv6Cidr.parse("2600:1f14:aaaa:bb00::/56");

    /** The VPC's first block; of others there is a /16 around each subnet that lies outside. */
    static final Ipv4Cidr VPC = Ipv4Cidr.parse("10.0.0.0/16");

    /** A subnet of the VPC in which the gateways and endpoints are. */
    static final Ipv4Cidr EDGE = Ipv4Cidr.parse("10.0.255.0/24");

    /** Two zones with a /20 in each, IPv4 only. */
    public static final LabTopology DEFAULT =
            new LabTopology(
                    List.of(Ipv4Cidr.parse("10.0.0.0/20"), Ipv4Cidr.parse("10.0.16.0/20")),
                    List.of(),
                    false,
                    0,
                    ALL_FREE);

    /** As many as a region has zones, so that each is in one of its own. */
    private static final int MOST_SUBNETS = 6;

    private static final int MOST_CARDS = 32;
    private static final int VPC_BITS = 16;
    private static final int MOST_VPC_BLOCKS = 5;

    /** What the third byte of a /20 differs by from the next one's. */
    private static final int ZONE_STEP = 16;

    public LabTopology {
        subnets = List.copyOf(subnets);
        podSubnets = List.copyOf(podSubnets);
        if (subnets.isEmpty()) {
            throw new IllegalArgumentException("a lab has one subnet at least");
        }
        if (subnets.size() > MOST_SUBNETS || podSubnets.size() > MOST_SUBNETS) {
            throw new IllegalArgumentException("a lab has " + MOST_SUBNETS + " subnets at most");
        }
        if (cards < 0 || cards > MOST_CARDS) {
            throw new IllegalArgumentException(
                    "a node has 1 to " + MOST_CARDS + " network cards, not " + cards);
        }
        if (prefixesFree < ALL_FREE) {
            throw new IllegalArgumentException("not a number of prefixes: " + prefixesFree);
        }
        var all = new ArrayList<>(subnets);
        all.addAll(podSubnets);
        for (int i = 0; i < all.size(); i++) {
            checkPlace(all.get(i), all.subList(0, i));
        }
        if (blocks(all).size() > MOST_VPC_BLOCKS) {
            throw new IllegalArgumentException(
                    "the subnets are in more than " + MOST_VPC_BLOCKS + " blocks of /16");
        }
    }

    /**
     * Returns a /20 of the VPC for each of so many zones.
     *
     * @throws IllegalArgumentException if no region has so many
     */
    public static List<Ipv4Cidr> zones(int number) {
        if (number < 1 || number > MOST_SUBNETS) {
            throw new IllegalArgumentException(
                    "a lab has 1 to " + MOST_SUBNETS + " zones, not " + number);
        }
        var subnets = new ArrayList<Ipv4Cidr>();
        for (int zone = 0; zone < number; zone++) {
            subnets.add(Ipv4Cidr.parse("10.0." + zone * ZONE_STEP + ".0/20"));
        }
        return subnets;
    }

    /** Returns the VPC's blocks, the first one primary. */
    List<Ipv4Cidr> vpcBlocks() {
        return blocks(all());
    }

    /** Returns every subnet, those of nodes first. */
    List<Ipv4Cidr> all() {
        var all = new ArrayList<>(subnets);
        all.addAll(podSubnets);
        return all;
    }

    /** Returns the IPv6 block of the subnet of that number among {@link #all}. */
    static Ipv6Cidr ipv6Of(int number) {
        return new Ipv6Cidr(new Ipv6Address(IPV6.network().high() | number, 0), 64);
    }

    /**
     * Returns what a node is for which {@code name} was asked for: that type, or one with as many
     * cards, which has a name of its own since nobody knows it.
     */
    InstanceType type(String name) {
        InstanceType known = InstanceTypes.known().find(name);
        if (known == null) {
            throw new IllegalArgumentException("no such instance type: " + name);
        }
        if (cards == 0 || cards == known.interfacesPerCard().size()) {
            return known;
        }
        return new InstanceType(
                name + "-" + cards + "cards",
                known.hypervisor(),
                known.bareMetal(),
                Collections.nCopies(cards, known.maxInterfaces()),
                known.addressesPerInterface());
    }

    /** Returns this as members for {@link #read}. */
    Map<String, Object> members() {
        var members = new LinkedHashMap<String, Object>();
        members.put("subnets", subnets.stream().map(Ipv4Cidr::toString).toList());
        members.put("podSubnets", podSubnets.stream().map(Ipv4Cidr::toString).toList());
        members.put("ipv6", ipv6);
        members.put("cards", (long) cards);
        members.put("prefixesFree", (long) prefixesFree);
        return members;
    }

    /**
     * Reads what {@link #members} gave.
     *
     * @throws JsonException if it is anything else
     */
    static LabTopology read(JsonObject members) throws JsonException {
        return new LabTopology(
                members.strings("subnets").stream().map(Ipv4Cidr::parse).toList(),
                members.strings("podSubnets").stream().map(Ipv4Cidr::parse).toList(),
                members.truth("ipv6", false),
                Math.toIntExact(members.integer("cards")),
                Math.toIntExact(members.integer("prefixesFree")));
    }

    private static void checkPlace(Ipv4Cidr subnet, List<Ipv4Cidr> others) {
        if (subnet.prefixLength() < VPC_BITS || subnet.prefixLength() > 28) {
            throw new IllegalArgumentException("a subnet is a /16 to /28, not " + subnet);
        }
        if (overlap(subnet, EDGE)) {
            throw new IllegalArgumentException(
                    subnet + " is where the lab's own gateways are: " + EDGE);
        }
        for (Ipv4Cidr other : others) {
            if (overlap(subnet, other)) {
                throw new IllegalArgumentException(subnet + " overlaps " + other);
            }
        }
    }

    private static boolean overlap(Ipv4Cidr one, Ipv4Cidr other) {
        return one.contains(other) || other.contains(one);
    }

    private static List<Ipv4Cidr> blocks(List<Ipv4Cidr> subnets) {
        var blocks = new ArrayList<Ipv4Cidr>();
        blocks.add(VPC);
        for (Ipv4Cidr subnet : subnets) {
            Ipv4Cidr block = Ipv4Cidr.of(subnet.network(), VPC_BITS);
            if (!blocks.contains(block)) {
                blocks.add(block);
            }
        }
        return blocks;
    }
}
