package dev.vpccni.controller.plan;

import java.time.Duration;

/**
 * What holds for all nodes.
 *
 * @param cooldown how long a branch and its VLAN rest after their pod: the node's kernel, and what
 *     has sent to the pod, forget it meanwhile
 * @param warm how many interfaces of each set of groups that is in use on a node wait there for
 *     pods
 * @param keep how long a set counts as in use after its last pod
 */
public record BranchRules(Duration cooldown, int warm, Duration keep) {

    /** The VPC resource controller's least. */
    public static final Duration COOLDOWN_MIN = Duration.ofSeconds(30);

    /** No instance has as many branches. */
    public static final int WARM_MAX = 100;

    /** With the VPC resource controller's cool-down, and a spare interface of each set. */
    public static final BranchRules DEFAULT =
            new BranchRules(Duration.ofSeconds(60), 1, Duration.ofMinutes(10));

    public BranchRules {
        if (cooldown.compareTo(COOLDOWN_MIN) < 0) {
            throw new IllegalArgumentException(
                    "the cool-down is at least " + COOLDOWN_MIN.toSeconds() + " s");
        }
        if (warm < 0 || warm > WARM_MAX) {
            throw new IllegalArgumentException("of each set 0 to " + WARM_MAX + " wait");
        }
    }
}
