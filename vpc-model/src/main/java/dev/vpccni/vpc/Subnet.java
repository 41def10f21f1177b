package dev.vpccni.vpc;

import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.SubnetId;
import dev.vpccni.model.VpcId;
import java.util.SortedMap;

/** A subnet and its free addresses. */
record Subnet(
        SubnetId id,
        VpcId vpc,
        String zone,
        Ipv4Cidr cidr,
        SortedMap<String, String> tags,
        AddressPool pool) {

    Subnet with(AddressPool replacement) {
        return new Subnet(id, vpc, zone, cidr, tags, replacement);
    }

    Subnet withTags(SortedMap<String, String> replacement) {
        return new Subnet(id, vpc, zone, cidr, replacement, pool);
    }

    SubnetDescription describe() {
        return new SubnetDescription(id, vpc, zone, cidr, pool.available(), tags);
    }
}
