package dev.vpccni.simulation.workload;

/**
 * How often a runtime does what it need not do, each out of 1,000 pods.
 *
 * @param repeatedAdds sends an ADD again after it succeeded, or a second one beside it
 * @param impatience gives up on an ADD after a moment, and sends a DEL while it is still at work
 * @param forgottenDels ends a sandbox without a DEL
 * @param upstreamPlugins has upstream's plugin wire the pod, which asks by gRPC
 * @param rounds of CHECK and GC, out of 1,000 looks that it takes at its pods
 */
public record Manners(
        int repeatedAdds, int impatience, int forgottenDels, int upstreamPlugins, int rounds) {

    /** One ADD and one DEL for each pod. */
    public static final Manners GOOD = new Manners(0, 0, 0, 0, 0);

    /** Everything that a runtime may do, now and then. */
    public static final Manners ANY = new Manners(150, 150, 60, 200, 300);
}
