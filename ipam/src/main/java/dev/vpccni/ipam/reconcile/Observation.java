package dev.vpccni.ipam.reconcile;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What three witnesses say about the same node.
 *
 * @param at when the first of them was asked
 * @param ec2 the attached interfaces according to EC2, or null if it was not asked or did not
 *     answer
 * @param metadata those according to the instance's metadata, which may lag, or null likewise
 */
public record Observation(
        Instant at,
        @Nullable List<SeenInterface> ec2,
        @Nullable List<SeenInterface> metadata,
        KernelView kernel) {

    public Observation {
        ec2 = ec2 == null ? null : List.copyOf(ec2);
        metadata = metadata == null ? null : List.copyOf(metadata);
    }
}
