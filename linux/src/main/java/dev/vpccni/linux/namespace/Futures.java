package dev.vpccni.linux.namespace;

import java.io.IOException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/** Waiting for what another thread does in one's stead. */
final class Futures {

    private Futures() {}

    /** Waits, also when interrupted, and throws what the task threw. */
    static <T extends @Nullable Object> T await(FutureTask<T> future) throws IOException {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return future.get();
                } catch (InterruptedException e) {
                    // The namespace's descriptor may be closed as soon as this method returns.
                    interrupted = true;
                }
            }
        } catch (CancellationException e) {
            throw new IOException("the namespace thread has ended", e);
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case IOException failure -> throw failure;
                case RuntimeException failure -> throw failure;
                case Error failure -> throw failure;
                case null, default -> throw new AssertionError("a task throws nothing else", e);
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
