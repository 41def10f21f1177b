package dev.vpccni.vpc.api;

import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.Ipv6Cidr;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.model.VpcId;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A VPC as EC2 describes it.
 *
 * @param cidrs its IPv4 blocks, the first one primary
 * @param ipv6Cidrs its IPv6 blocks; it may have none
 * @param defaultGroup what an interface gets that asks for no group
 */
public record VpcDescription(
        VpcId id,
        List<Ipv4Cidr> cidrs,
        List<Ipv6Cidr> ipv6Cidrs,
        SecurityGroupId defaultGroup,
        SortedMap<String, String> tags) {

    public VpcDescription {
        cidrs = List.copyOf(cidrs);
        ipv6Cidrs = List.copyOf(ipv6Cidrs);
        tags = Collections.unmodifiableSortedMap(new TreeMap<>(tags));
    }

    /** Returns this with other blocks. */
    public VpcDescription with(List<Ipv4Cidr> four, List<Ipv6Cidr> six) {
        return new VpcDescription(id, four, six, defaultGroup, tags);
    }

    /** Returns this with other tags. */
    public VpcDescription withTags(SortedMap<String, String> replacement) {
        return new VpcDescription(id, cidrs, ipv6Cidrs, defaultGroup, replacement);
    }
}
