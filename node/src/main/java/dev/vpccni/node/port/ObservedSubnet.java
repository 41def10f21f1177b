package dev.vpccni.node.port;

import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.SubnetId;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A subnet as EC2 describes it.
 *
 * @param availableAddresses how many addresses are left; late by seconds
 */
public record ObservedSubnet(
        SubnetId id, Ipv4Cidr cidr, int availableAddresses, SortedMap<String, String> tags) {

    public ObservedSubnet {
        tags = Collections.unmodifiableSortedMap(new TreeMap<>(tags));
    }
}
