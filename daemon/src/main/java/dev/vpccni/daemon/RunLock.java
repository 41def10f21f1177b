package dev.vpccni.daemon;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The right to be the node's daemon: a lock (fcntl(2)) on {@code daemon.lock} in the run folder.
 * The kernel takes it away when the process ends, however it ends, and gives it to no child; what
 * stands in the file is for people.
 */
final class RunLock implements AutoCloseable {

    /** What a daemon exits with where another one serves the node. */
    static final int STATUS = 4;

    /**
     * How long a daemon waits for the one before it, which has 10 s to end in upstream's manifest.
     */
    static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final Duration POLL = Duration.ofMillis(50);

    /** More than a daemon writes there; the file may be anybody's. */
    private static final int HOLDER_MAX = 300;

    private static final FileAttribute<?> PRIVATE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final FileChannel channel;

    private RunLock(FileChannel channel) {
        this.channel = channel;
    }

    /** Another process is the node's daemon. */
    static final class Taken extends Exception {

        private static final long serialVersionUID = 1L;

        private Taken(String message) {
            super(message);
        }
    }

    /**
     * Takes the lock.
     *
     * @param folder is made if there is none
     * @param holder who asks, for whoever comes after
     * @param patience how long to wait while somebody else has it
     * @param waiting is told once if it has to wait
     * @throws Taken if somebody else has it all that time; the message says who, as far as known
     * @throws IOException if the file cannot be used
     */
    static RunLock take(Path folder, String holder, Duration patience, Consumer<String> waiting)
            throws IOException, Taken, InterruptedException {
        Files.createDirectories(folder);
        Path file = folder.resolve("daemon.lock");
        long deadline = System.nanoTime() + patience.toNanos();
        boolean told = false;
        while (true) {
            try {
                RunLock taken = attempt(file, holder);
                if (taken != null) {
                    return taken;
                }
            } catch (NoSuchFileException e) {
                // Somebody removed it just now: the next attempt makes another.
            }
            String other = heldBy(file) + " has " + file;
            if (System.nanoTime() >= deadline) {
                throw new Taken("another daemon serves this node: " + other);
            }
            if (!told) {
                waiting.accept("waiting " + patience.toSeconds() + " s, for " + other);
                told = true;
            }
            Thread.sleep(POLL);
        }
    }

    /** Returns how this process is known: its number, its pod if it is in one, its beginning. */
    static String thisProcess(String pod) {
        return "process "
                + ProcessHandle.current().pid()
                + (pod.isEmpty() ? "" : " of pod " + pod)
                + ", since "
                + Instant.now().truncatedTo(ChronoUnit.SECONDS);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private static @Nullable RunLock attempt(Path file, String holder) throws IOException {
        if (Files.notExists(file)) {
            FileChannel.open(file, Set.of(CREATE, WRITE), PRIVATE).close();
        }
        Object before = identity(file);
        FileChannel channel = FileChannel.open(file, WRITE);
        boolean mine = false;
        try {
            // A lock on a file that was removed meanwhile keeps nobody else away.
            mine = channel.tryLock() != null && identity(file).equals(before);
            if (mine) {
                // Through this channel only: closing any other of the same file ends the lock.
                channel.truncate(0);
                channel.write(ByteBuffer.wrap(holder.getBytes(UTF_8)));
            }
        } finally {
            if (!mine) {
                channel.close();
            }
        }
        return mine ? new RunLock(channel) : null;
    }

    private static Object identity(Path file) throws IOException {
        Object key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        return Objects.requireNonNull(key, "a file on Linux has a number");
    }

    /** Only for a process that does not have the lock. */
    private static String heldBy(Path file) throws IOException {
        try (var text = Files.newInputStream(file)) {
            String holder = new String(text.readNBytes(HOLDER_MAX), UTF_8).strip();
            return holder.isEmpty() ? "a process that does not say which" : holder;
        } catch (NoSuchFileException e) {
            return "nobody any more";
        }
    }
}
