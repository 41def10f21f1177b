package dev.vpccni.vpc;

import dev.vpccni.model.InstanceId;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.model.SubnetId;
import dev.vpccni.model.VpcId;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Everything in a cloud. A {@link Cloud} never changes its own; a {@link Draft} works on a copy.
 *
 * @param past by interface, the oldest first
 * @param tokens by client token
 */
record Contents(
        SortedMap<VpcId, VpcDescription> vpcs,
        SortedMap<SecurityGroupId, SecurityGroup> groups,
        SortedMap<SubnetId, Subnet> subnets,
        SortedMap<InstanceId, Instance> instances,
        SortedMap<InterfaceId, Eni> enis,
        SortedMap<InterfaceId, List<Past>> past,
        SortedMap<String, Idempotent> tokens,
        SortedMap<InterfaceId, Ghost> ghosts) {

    static Contents empty() {
        return new Contents(
                new TreeMap<>(),
                new TreeMap<>(),
                new TreeMap<>(),
                new TreeMap<>(),
                new TreeMap<>(),
                new TreeMap<>(),
                new TreeMap<>(),
                new TreeMap<>());
    }

    Contents copy() {
        return new Contents(
                new TreeMap<>(vpcs),
                new TreeMap<>(groups),
                new TreeMap<>(subnets),
                new TreeMap<>(instances),
                new TreeMap<>(enis),
                new TreeMap<>(past),
                new TreeMap<>(tokens),
                new TreeMap<>(ghosts));
    }
}
