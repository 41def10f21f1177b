package dev.vpccni.node.pod;

import dev.vpccni.cni.CniError;
import dev.vpccni.cni.CniException;
import dev.vpccni.model.PodName;
import dev.vpccni.node.ledger.BusyException;
import dev.vpccni.node.pool.NoAddressException;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.HostFailure;
import java.io.IOException;

/** What a runtime is told when a procedure failed: the one table of causes and CNI errors. */
public final class Failures {

    private Failures() {}

    /** Returns what to tell of a failure that the table need not know the cause of. */
    public static CniException of(CniError error) {
        return new CniException(error);
    }

    static CniException of(NoAddressException cause) {
        return new CniException(
                new CniError.TryAgainLater(String.valueOf(cause.getMessage()), cause.remedy()),
                cause);
    }

    /** Returns what to tell of a pod that waited for an address, and is being deleted. */
    static CniException ofEnding(PodName pod) {
        return new CniException(
                new CniError.Failed(
                        "the pod " + pod + " is being deleted, and waits for an address no longer",
                        "there is nothing to do"));
    }

    static CniException of(IOException cause) {
        String message = String.valueOf(cause.getMessage());
        CniError error =
                cause instanceof BusyException
                        ? new CniError.TryAgainLater(message, "the daemon is overloaded; try again")
                        : new CniError.IoFailure("recording the address", message);
        return new CniException(error, cause);
    }

    /** Returns what to tell of a request that the kernel did not grant. */
    public static CniException of(HostException cause) {
        String message = String.valueOf(cause.getMessage());
        CniError error =
                switch (cause.failure()) {
                    case HostFailure.NoNamespace(String path) ->
                            new CniError.UnknownContainer(path, message);
                    case HostFailure.NodeNamespace(String path) -> new CniError.HostNamespace(path);
                    case HostFailure.NoLink _ ->
                            new CniError.TryAgainLater(message, "the interface is on its way");
                    case HostFailure.InterfaceTaken(String name) ->
                            new CniError.Failed(
                                    "the container has an interface " + name + " already",
                                    "let the runtime make a new sandbox");
                    case HostFailure.Refused _ ->
                            new CniError.Failed(message, "see the daemon's log");
                };
        return new CniException(error, cause);
    }
}
