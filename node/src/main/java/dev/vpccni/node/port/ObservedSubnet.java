package dev.vpccni.node.port;

import dev.vpccni.model.Cidr;
import dev.vpccni.model.SubnetId;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A subnet as EC2 describes it.
 *
 * @param cidrs that of IPv4, and that of IPv6 if it has one
 * @param availableAddresses how many IPv4 addresses are left; late by seconds
 */
public record ObservedSubnet(
        SubnetId id, List<Cidr> cidrs, int availableAddresses, SortedMap<String, String> tags) {

    public ObservedSubnet {
        cidrs = List.copyOf(cidrs);
        tags = Collections.unmodifiableSortedMap(new TreeMap<>(tags));
    }
}
