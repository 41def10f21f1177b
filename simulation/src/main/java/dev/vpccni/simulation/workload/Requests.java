package dev.vpccni.simulation.workload;

import dev.vpccni.cni.CniArgs;
import dev.vpccni.cni.CniCommand;
import dev.vpccni.cni.CniRequest;
import dev.vpccni.cni.CniResult;
import dev.vpccni.cni.CniVersion;
import dev.vpccni.cni.GcAttachment;
import dev.vpccni.cni.NetworkConfig;
import dev.vpccni.model.PodName;
import dev.vpccni.simulation.host.SimulatedSandbox;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Requests as a runtime makes them of the shipped configuration. */
public final class Requests {

    static final String NETWORK = "aws-cni";
    static final String INTERFACE = "eth0";
    static final String VETH_PREFIX = "eni";
    static final int MTU = 9001;

    private Requests() {}

    /** Returns a request about the sandbox of a pod that wants one address. */
    public static CniRequest of(
            CniCommand command, SimulatedSandbox sandbox, @Nullable CniResult previous) {
        return of(command, sandbox, false, previous);
    }

    /**
     * Returns a request about a sandbox, with the result of its ADD where there is one.
     *
     * @param everyCard whether the pod wants an address on each network card
     */
    public static CniRequest of(
            CniCommand command,
            SimulatedSandbox sandbox,
            boolean everyCard,
            @Nullable CniResult previous) {
        return new CniRequest(
                command,
                sandbox.containerId(),
                sandbox.path(),
                INTERFACE,
                new CniArgs(sandbox.pod(), sandbox.containerId(), ""),
                config(everyCard, previous, null));
    }

    /** Returns a request to let go of everything but {@code valid}. */
    public static CniRequest gc(List<GcAttachment> valid) {
        return new CniRequest(
                CniCommand.GC,
                "",
                "",
                "",
                new CniArgs(new PodName("", ""), "", ""),
                config(false, null, valid));
    }

    private static NetworkConfig config(
            boolean everyCard, @Nullable CniResult previous, @Nullable List<GcAttachment> valid) {
        return new NetworkConfig(
                CniVersion.V1_1_0,
                NETWORK,
                VETH_PREFIX,
                MTU,
                NetworkConfig.EnforcingMode.STRICT,
                everyCard,
                previous,
                valid);
    }
}
