package dev.vpccni.vpc.api;

import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.Ipv6Cidr;
import dev.vpccni.model.SubnetId;
import dev.vpccni.model.VpcId;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A subnet as EC2 describes it.
 *
 * @param ipv6Cidr its IPv6 block, or null if it has none
 * @param availableAddresses how many IPv4 addresses are neither reserved nor held by an interface
 */
public record SubnetDescription(
        SubnetId id,
        VpcId vpc,
        String zone,
        Ipv4Cidr cidr,
        @Nullable Ipv6Cidr ipv6Cidr,
        int availableAddresses,
        SortedMap<String, String> tags) {

    public SubnetDescription {
        tags = Collections.unmodifiableSortedMap(new TreeMap<>(tags));
    }
}
