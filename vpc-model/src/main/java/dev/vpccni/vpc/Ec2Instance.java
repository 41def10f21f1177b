package dev.vpccni.vpc;

import dev.vpccni.model.InstanceId;
import dev.vpccni.model.InstanceType;
import dev.vpccni.model.SubnetId;
import java.time.Instant;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * An instance.
 *
 * @param terminated when it ended; null while it runs
 */
record Ec2Instance(
        InstanceId id,
        String reservation,
        InstanceType type,
        SubnetId subnet,
        Instant launchTime,
        SortedMap<String, String> tags,
        @Nullable Instant terminated) {

    boolean isRunning() {
        return terminated == null;
    }

    Ec2Instance withTags(SortedMap<String, String> replacement) {
        return new Ec2Instance(id, reservation, type, subnet, launchTime, replacement, terminated);
    }

    Ec2Instance endedAt(Instant end) {
        return new Ec2Instance(id, reservation, type, subnet, launchTime, tags, end);
    }
}
