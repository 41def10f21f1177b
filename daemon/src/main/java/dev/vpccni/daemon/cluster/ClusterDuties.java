package dev.vpccni.daemon.cluster;

import dev.vpccni.daemon.environment.ProcessVariables;
import dev.vpccni.daemon.environment.Variable;
import dev.vpccni.daemon.environment.Variables;

/**
 * What is written to the cluster's objects.
 *
 * @param annotatesPods {@code ANNOTATE_POD_IP}: the address of each pod
 * @param condition {@code VPC_CNI_NODE_CONDITION}: whether pods can be connected
 * @param startupTaint {@code VPC_CNI_STARTUP_TAINT}: the key of the taint that goes once they can;
 *     empty for none
 */
public record ClusterDuties(boolean annotatesPods, boolean condition, String startupTaint) {

    /** Nothing is. */
    public static final ClusterDuties NONE = new ClusterDuties(false, false, "");

    private static final int KEY_MAX = 317;

    /** Reads what the environment asks for. */
    public static ClusterDuties parse(Variables variables) {
        Variable taint = ProcessVariables.STARTUP_TAINT;
        String key = variables.text(taint);
        if (!key.isEmpty()
                && (key.length() > KEY_MAX || !key.matches("([-a-z0-9.]+/)?[-A-Za-z0-9_.]+"))) {
            variables.fault(taint, "is no key of a taint, such as vpc.amazonaws.com/not-ready");
        }
        return new ClusterDuties(
                variables.flag(ProcessVariables.ANNOTATE_POD_IP),
                variables.flag(ProcessVariables.NODE_CONDITION),
                key);
    }
}
