package dev.vpccni.host.kernel;

import dev.vpccni.node.port.HostException;
import java.io.IOException;
import java.util.concurrent.ExecutionException;

/** What a thread threw that did something in its caller's stead. */
public final class Thrown {

    private Thrown() {}

    /**
     * Returns what the kernel or the disk said; throws what is a fault of ours or of the machine as
     * it is, for nobody must take that for an answer and try again.
     *
     * @param step what was attempted
     */
    public static HostException by(String step, ExecutionException e) throws InterruptedException {
        return switch (e.getCause()) {
            case HostException failure -> failure;
            case IOException failure -> KernelStep.refused(step, failure);
            case InterruptedException failure -> throw failure;
            case RuntimeException failure -> throw failure;
            case Error failure -> throw failure;
            case null, default -> throw new IllegalStateException(e);
        };
    }
}
