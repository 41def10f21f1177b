package dev.vpccni.host.kernel;

import dev.vpccni.linux.ErrnoException;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.HostFailure;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** One thing that the kernel is asked; its refusal says what was attempted. */
public interface KernelStep<T extends @Nullable Object> {

    /** Asks. */
    T run() throws IOException;

    /** A step without an answer. */
    interface Change {
        void run() throws IOException;
    }

    /** Asks, and returns the answer. */
    static <T extends @Nullable Object> T ask(String name, KernelStep<T> step)
            throws HostException {
        try {
            return step.run();
        } catch (IOException e) {
            throw refused(name, e);
        }
    }

    /** Changes something. */
    static void change(String name, Change change) throws HostException {
        try {
            change.run();
        } catch (IOException e) {
            throw refused(name, e);
        }
    }

    /**
     * Changes something, unless the kernel says that there is nothing to change.
     *
     * @param errno by which it says so, such as {@code EEXIST}
     * @return whether something changed
     */
    static boolean change(String name, int errno, Change change) throws HostException {
        try {
            change.run();
            return true;
        } catch (ErrnoException e) {
            if (e.is(errno)) {
                return false;
            }
            throw refused(name, e);
        } catch (IOException e) {
            throw refused(name, e);
        }
    }

    /** Returns the failure of a step. */
    static HostException refused(String name, IOException e) {
        int errno = e instanceof ErrnoException refusal ? refusal.errno() : 0;
        return new HostException(
                new HostFailure.Refused(name, errno), name + ": " + e.getMessage(), e);
    }
}
