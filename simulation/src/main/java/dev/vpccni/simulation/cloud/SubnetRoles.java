package dev.vpccni.simulation.cloud;

import dev.vpccni.model.SubnetId;
import dev.vpccni.simulation.time.Baton;
import dev.vpccni.vpc.api.TagRequest.CreateTags;
import dev.vpccni.vpc.api.TagRequest.DeleteTags;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the tag {@code kubernetes.io/role/cni} says of subnets, which somebody changes while nodes
 * live: {@code 0} excludes one, and a further one needs any other value.
 */
public final class SubnetRoles {

    private static final String TAG = "kubernetes.io/role/cni";
    private static final String EXCLUDED = "0";

    private final SimulatedCloud cloud;
    private final Baton baton;
    private final SortedMap<SubnetId, Long> admittedUntil = new TreeMap<>();

    SubnetRoles(SimulatedCloud cloud, Baton baton) {
        this.cloud = cloud;
        this.baton = baton;
    }

    /**
     * Tags a subnet.
     *
     * @param role the tag's value, or empty for no tag
     */
    public void set(SubnetId subnet, String role) {
        if (admits(subnet)) {
            admittedUntil.put(subnet, baton.nanos());
        }
        List<String> resources = List.of(subnet.toString());
        var _ =
                role.isEmpty()
                        ? cloud.change(
                                new DeleteTags(resources, List.of(new DeleteTags.Tag(TAG, null))))
                        : cloud.change(new CreateTags(resources, new TreeMap<>(Map.of(TAG, role))));
    }

    /** Returns the tag's value of every subnet, empty where it has none. */
    public SortedMap<SubnetId, String> all() {
        var roles = new TreeMap<SubnetId, String>();
        cloud.subnets().forEach(each -> roles.put(each.id(), each.tags().getOrDefault(TAG, "")));
        return roles;
    }

    /** Tells whether pods get no addresses of interfaces in a subnet. */
    public boolean excludes(SubnetId subnet) {
        return all().getOrDefault(subnet, "").equals(EXCLUDED);
    }

    /** Tells whether interfaces may be made in a subnet now: the nodes' own needs no tag. */
    public boolean admits(SubnetId subnet) {
        String role = all().getOrDefault(subnet, "");
        return role.isEmpty() ? subnet.equals(cloud.subnet()) : !role.equals(EXCLUDED);
    }

    /**
     * Tells whether {@link #admits} was so at some time during {@code latest}; or ever, where
     * nobody could look at tags then. It is so of the nodes' own, of which no tag need say it.
     */
    public boolean admitted(SubnetId subnet, Duration latest) {
        Long until = admittedUntil.get(subnet);
        boolean known = until != null || subnet.equals(cloud.subnet());
        return admits(subnet)
                || (until != null && baton.nanos() - until <= latest.toNanos())
                || (known && cloud.wasOut(latest));
    }
}
