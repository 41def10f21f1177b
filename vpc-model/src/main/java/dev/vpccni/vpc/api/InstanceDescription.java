package dev.vpccni.vpc.api;

import dev.vpccni.model.InstanceId;
import dev.vpccni.model.InstanceType;
import dev.vpccni.model.SubnetId;
import dev.vpccni.model.VpcId;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * An instance as EC2 describes it.
 *
 * @param reservation such as {@code r-0123456789abcdef0}
 * @param running false once it is terminated
 * @param enis the interfaces that hang on it, by card and device
 */
public record InstanceDescription(
        InstanceId id,
        String reservation,
        InstanceType type,
        boolean running,
        SubnetId subnet,
        VpcId vpc,
        String zone,
        Instant launchTime,
        SortedMap<String, String> tags,
        List<EniDescription> enis) {

    public InstanceDescription {
        tags = Collections.unmodifiableSortedMap(new TreeMap<>(tags));
        enis = List.copyOf(enis);
    }
}
