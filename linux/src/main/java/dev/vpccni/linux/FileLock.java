package dev.vpccni.linux;

import static dev.vpccni.linux.Downcall.bind;
import static dev.vpccni.linux.Downcall.checked;
import static dev.vpccni.linux.Downcall.impossible;
import static dev.vpccni.linux.Downcall.interrupted;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A lock on a file that keeps away whoever else takes it this way, in this process too, as programs
 * written in Go do; the locks of {@code java.nio} are others and keep away none of those. The
 * kernel takes it away when the process ends.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/flock.2.html">flock(2)</a>
 */
public final class FileLock implements AutoCloseable {

    private static final int LOCK_EX = 2;
    private static final int LOCK_NB = 4;
    private static final MethodHandle FLOCK = bind("flock", JAVA_INT, JAVA_INT, JAVA_INT);

    private final Descriptor file;

    private FileLock(Descriptor file) {
        this.file = file;
    }

    /**
     * Takes the lock if nobody has it; never waits.
     *
     * @param path of a file that exists
     * @return null if somebody has it
     * @throws ErrnoException if the file cannot be opened, or does not know locks
     */
    public static @Nullable FileLock take(Path path) throws ErrnoException {
        Descriptor file = Descriptor.open(path);
        boolean taken = false;
        try {
            flock(file.number(), LOCK_EX | LOCK_NB);
            taken = true;
            return new FileLock(file);
        } catch (ErrnoException e) {
            if (e.is(Errno.EAGAIN)) {
                return null;
            }
            throw e.during("lock " + path);
        } finally {
            if (!taken) {
                file.close();
            }
        }
    }

    /** Lets the next one take it. */
    @Override
    public void close() {
        file.close();
    }

    private static void flock(int fd, int operation) throws ErrnoException {
        long outcome;
        do {
            try (var call = new Downcall()) {
                outcome = call.outcome((int) FLOCK.invokeExact(call.state(), fd, operation));
            } catch (Throwable e) {
                throw impossible(e);
            }
        } while (interrupted(outcome));
        checked("flock", outcome);
    }
}
