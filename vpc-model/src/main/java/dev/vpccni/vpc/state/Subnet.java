package dev.vpccni.vpc.state;

import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.SubnetId;
import dev.vpccni.model.VpcId;
import dev.vpccni.vpc.api.SubnetDescription;
import java.util.SortedMap;

/** A subnet and its free addresses. */
public record Subnet(
        SubnetId id,
        VpcId vpc,
        String zone,
        Ipv4Cidr cidr,
        SortedMap<String, String> tags,
        AddressPool pool) {

    /** Returns this with other free addresses. */
    public Subnet with(AddressPool replacement) {
        return new Subnet(id, vpc, zone, cidr, tags, replacement);
    }

    /** Returns this with other tags. */
    public Subnet withTags(SortedMap<String, String> replacement) {
        return new Subnet(id, vpc, zone, cidr, replacement, pool);
    }

    /** Returns this as EC2 describes it. */
    public SubnetDescription describe() {
        return new SubnetDescription(id, vpc, zone, cidr, pool.available(), tags);
    }
}
