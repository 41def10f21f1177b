package dev.vpccni.kubernetes;

import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Says when a node's kubelet admits more pods than the node has addresses for: those beyond wait in
 * ContainerCreating. Used by one thread.
 */
final class PodLimitCheck implements NodeDuty {

    /** Pods with the node's network that the published limits allow for. */
    private static final int HOST_NETWORK_PODS = 2;

    private final LongSupplier addressesMax;
    private final Consumer<String> log;
    private final Operator operator;
    private String told = "";

    PodLimitCheck(LongSupplier addressesMax, Consumer<String> log, Operator operator) {
        this.addressesMax = addressesMax;
        this.log = log;
        this.operator = operator;
    }

    @Override
    public void attend(NodeObject.Said said, @Nullable String obstacle) {
        long addresses = addressesMax.getAsLong();
        if (addresses < 0 || said.podsMax() == 0) {
            return;
        }
        long right = addresses + HOST_NETWORK_PODS;
        if (said.podsMax() <= right) {
            told = "";
            return;
        }
        String note =
                "the kubelet admits "
                        + said.podsMax()
                        + " pods, and the node can give addresses to "
                        + addresses
                        + " under its settings: start the kubelet with --max-pods="
                        + right
                        + ", or have it give more (ENABLE_PREFIX_DELEGATION, MAX_ENI, a larger"
                        + " instance type)";
        if (!note.equals(told)) {
            told = note;
            log.accept(note);
            operator.tell("MaxPodsTooHigh", "CompareMaxPods", note);
        }
    }
}
