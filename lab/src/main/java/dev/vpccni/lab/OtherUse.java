package dev.vpccni.lab;

import dev.vpccni.emulator.Emulator;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.vpc.api.AddressBlocks;
import dev.vpccni.vpc.api.Ec2Request.CreateNetworkInterface;
import dev.vpccni.vpc.api.Ec2Request.DescribeNetworkInterfaces;
import dev.vpccni.vpc.api.EniDescription;
import dev.vpccni.vpc.api.Filter;
import dev.vpccni.vpc.api.SubnetDescription;
import dev.vpccni.vpc.api.WantedBlocks;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * What others than the lab's nodes use of a subnet: single addresses here and there, as in a subnet
 * that has been in use for a while.
 */
final class OtherUse {

    /** As EC2 takes for an interface that is not attached. */
    private static final int ADDRESSES_PER_INTERFACE = 64;

    private static final int SIZE = 1 << (32 - AddressBlocks.PREFIX_BITS);

    private OtherUse() {}

    /**
     * Takes an address in each free prefix of {@code subnet} but the first {@code left}.
     *
     * @throws IllegalArgumentException if the subnet has fewer than that
     */
    static void leave(Emulator emulator, SubnetDescription subnet, int left) {
        List<Ipv4Cidr> free = freePrefixes(emulator, subnet);
        if (free.size() < left) {
            throw new IllegalArgumentException(
                    subnet.cidr() + " has " + free.size() + " prefixes, not " + left);
        }
        List<Ipv4Address> taken =
                free.subList(left, free.size()).stream()
                        .map(prefix -> prefix.network().plus(SIZE / 2))
                        .toList();
        for (int from = 0; from < taken.size(); from += ADDRESSES_PER_INTERFACE) {
            List<Ipv4Address> part =
                    taken.subList(from, Math.min(from + ADDRESSES_PER_INTERFACE, taken.size()));
            List<IpAddress> others = List.copyOf(part.subList(1, part.size()));
            emulator.apply(
                            new CreateNetworkInterface(
                                    "",
                                    subnet.id(),
                                    "interface",
                                    "of somebody else",
                                    List.of(),
                                    new TreeMap<>(),
                                    part.getFirst(),
                                    WantedBlocks.listed(others),
                                    WantedBlocks.NONE))
                    .reply();
        }
    }

    /** Returns the prefixes of {@code subnet} in which nobody has an address. */
    static List<Ipv4Cidr> freePrefixes(Emulator emulator, SubnetDescription subnet) {
        var used = new ArrayList<Cidr>();
        var inSubnet = DescribeNetworkInterfaces.where(Filter.of("subnet-id", subnet.id().value()));
        for (EniDescription eni : emulator.apply(inSubnet).reply().enis()) {
            used.addAll(eni.held().all());
        }
        var free = new ArrayList<Ipv4Cidr>();
        // The first and the last one have addresses that EC2 reserves.
        for (long at = SIZE; at < subnet.cidr().size() - SIZE; at += SIZE) {
            var prefix = new Ipv4Cidr(subnet.cidr().network().plus(at), AddressBlocks.PREFIX_BITS);
            if (used.stream().noneMatch(prefix::contains)) {
                free.add(prefix);
            }
        }
        return free;
    }
}
