package dev.vpccni.vpc.api;

import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.model.VpcId;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A VPC as EC2 describes it.
 *
 * @param cidrs its blocks, the first one primary
 * @param defaultGroup what an interface gets that asks for no group
 */
public record VpcDescription(
        VpcId id,
        List<Ipv4Cidr> cidrs,
        SecurityGroupId defaultGroup,
        SortedMap<String, String> tags) {

    public VpcDescription {
        cidrs = List.copyOf(cidrs);
        tags = Collections.unmodifiableSortedMap(new TreeMap<>(tags));
    }
}
