package dev.vpccni.vpc.state;

import dev.vpccni.model.IpFamily;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.SubnetId;
import dev.vpccni.model.VpcId;
import dev.vpccni.vpc.api.CidrReservation;
import dev.vpccni.vpc.api.SubnetDescription;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * A subnet and its free addresses.
 *
 * @param pool its IPv4 addresses
 * @param ipv6 its IPv6 addresses, or null if it has none
 */
public record Subnet(
        SubnetId id,
        VpcId vpc,
        String zone,
        SortedMap<String, String> tags,
        List<CidrReservation> reservations,
        Ipv4Pool pool,
        @Nullable Ipv6Pool ipv6) {

    public Subnet {
        reservations = List.copyOf(reservations);
    }

    /** Returns its IPv4 block. */
    public Ipv4Cidr cidr() {
        return pool.cidr();
    }

    /** Returns the addresses of {@code family}, or null if it has none. */
    public @Nullable BlockPool pool(IpFamily family) {
        return family == IpFamily.IPV4 ? pool : ipv6;
    }

    /** Returns this with other free addresses. */
    public Subnet with(BlockPool replacement) {
        return switch (replacement) {
            case Ipv4Pool four -> new Subnet(id, vpc, zone, tags, reservations, four, ipv6);
            case Ipv6Pool six -> new Subnet(id, vpc, zone, tags, reservations, pool, six);
        };
    }

    /** Returns this with other reservations. */
    public Subnet with(List<CidrReservation> replacement) {
        return new Subnet(id, vpc, zone, tags, replacement, pool.with(replacement), ipv6);
    }

    /** Returns this with other tags. */
    public Subnet withTags(SortedMap<String, String> replacement) {
        return new Subnet(id, vpc, zone, replacement, reservations, pool, ipv6);
    }

    /** Returns this as EC2 describes it. */
    public SubnetDescription describe() {
        return new SubnetDescription(
                id, vpc, zone, cidr(), ipv6 == null ? null : ipv6.cidr(), pool.available(), tags);
    }
}
