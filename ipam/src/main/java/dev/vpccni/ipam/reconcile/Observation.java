package dev.vpccni.ipam.reconcile;

import dev.vpccni.model.Cidr;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What the witnesses say about the same node.
 *
 * @param at when the first of them was asked
 * @param ec2 the attached interfaces according to EC2, or null if it was not asked or did not
 *     answer
 * @param metadata blocks that the instance's metadata shows on its interfaces, which may lag; none
 *     if it was not asked
 */
public record Observation(
        Instant at,
        @Nullable List<SeenInterface> ec2,
        SortedSet<Cidr> metadata,
        KernelView kernel) {

    public Observation {
        ec2 = ec2 == null ? null : List.copyOf(ec2);
        metadata = Collections.unmodifiableSortedSet(new TreeSet<>(metadata));
    }
}
