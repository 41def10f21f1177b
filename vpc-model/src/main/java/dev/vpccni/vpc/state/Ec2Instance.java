package dev.vpccni.vpc.state;

import dev.vpccni.model.InstanceId;
import dev.vpccni.model.InstanceType;
import dev.vpccni.model.SubnetId;
import dev.vpccni.model.VpcId;
import java.time.Instant;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * An instance. Once it has ended its subnet may be gone.
 *
 * @param terminated when it ended; null while it runs
 */
public record Ec2Instance(
        InstanceId id,
        String reservation,
        InstanceType type,
        SubnetId subnet,
        VpcId vpc,
        String zone,
        Instant launchTime,
        SortedMap<String, String> tags,
        @Nullable Instant terminated) {

    /** Tells whether it was not ended. */
    public boolean isRunning() {
        return terminated == null;
    }

    /** Returns this with other tags. */
    public Ec2Instance withTags(SortedMap<String, String> replacement) {
        return new Ec2Instance(
                id, reservation, type, subnet, vpc, zone, launchTime, replacement, terminated);
    }

    /** Returns this, ended at a time. */
    public Ec2Instance endedAt(Instant end) {
        return new Ec2Instance(id, reservation, type, subnet, vpc, zone, launchTime, tags, end);
    }
}
