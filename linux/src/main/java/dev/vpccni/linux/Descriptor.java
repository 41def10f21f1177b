package dev.vpccni.linux;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A file descriptor with one owner, who closes it. Closing again has no effect, so a number that
 * the kernel has meanwhile given to another file is never closed by mistake. Thread-safe, but a
 * system call that is under way in another thread does not notice the closing.
 */
public final class Descriptor implements AutoCloseable {

    private static final int CLOSED = -1;

    private final AtomicInteger number;

    private Descriptor(int number) {
        this.number = new AtomicInteger(number);
    }

    /**
     * Takes ownership of an open descriptor.
     *
     * @throws IllegalArgumentException if {@code number} is negative
     */
    public static Descriptor own(int number) {
        if (number < 0) {
            throw new IllegalArgumentException("not a descriptor: " + number);
        }
        return new Descriptor(number);
    }

    /**
     * Opens a file to read, such as {@code /run/netns/blue}; closed on exec.
     *
     * @throws ErrnoException as open(2) lists, for example {@code ENOENT}
     */
    public static Descriptor open(Path path) throws ErrnoException {
        return new Descriptor(Libc.open(path.toString(), Libc.O_RDONLY | Libc.O_CLOEXEC));
    }

    /**
     * Returns the number for a system call.
     *
     * @throws IllegalStateException if this descriptor is closed
     */
    public int number() {
        int open = number.get();
        if (open == CLOSED) {
            throw new IllegalStateException("the descriptor is closed");
        }
        return open;
    }

    /** Tells whether {@link #close} has not been called yet. */
    public boolean isOpen() {
        return number.get() != CLOSED;
    }

    /** Gives ownership away: returns the number, and closing this has no effect any more. */
    public int release() {
        int open = number.getAndSet(CLOSED);
        if (open == CLOSED) {
            throw new IllegalStateException("the descriptor is closed");
        }
        return open;
    }

    @Override
    public void close() {
        int open = number.getAndSet(CLOSED);
        if (open != CLOSED) {
            Libc.close(open);
        }
    }

    @Override
    public String toString() {
        int open = number.get();
        return open == CLOSED ? "closed descriptor" : "descriptor " + open;
    }
}
