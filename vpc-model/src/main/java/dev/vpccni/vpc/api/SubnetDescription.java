package dev.vpccni.vpc.api;

import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.SubnetId;
import dev.vpccni.model.VpcId;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A subnet as EC2 describes it.
 *
 * @param availableAddresses how many addresses are neither reserved nor held by an interface
 */
public record SubnetDescription(
        SubnetId id,
        VpcId vpc,
        String zone,
        Ipv4Cidr cidr,
        int availableAddresses,
        SortedMap<String, String> tags) {

    public SubnetDescription {
        tags = Collections.unmodifiableSortedMap(new TreeMap<>(tags));
    }
}
