package dev.vpccni.daemon.log;

import dev.vpccni.daemon.plugin.CallLog;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the daemon says to its operator. Lines are queued and written by a thread of their own, so
 * that neither a slow disk nor the start of the logging library is felt by a pod; what does not fit
 * into the queue is counted and left out. Safe for use by many threads.
 */
public final class Log implements CallLog, AutoCloseable {

    /** About a second of a busy node. */
    private static final int QUEUED_MAX = 4096;

    private static final Duration CLOSING_MAX = Duration.ofSeconds(2);
    private static final StackWalker CALLERS = StackWalker.getInstance();

    private final BlockingQueue<Line> queue = new ArrayBlockingQueue<>(QUEUED_MAX);
    private final AtomicLong lost = new AtomicLong();
    private final LogLevel least;
    private final Thread writer;

    /**
     * A line, or the end of all lines.
     *
     * @param caller file and line number
     */
    public record Line(
            LogLevel level,
            Instant time,
            String caller,
            String message,
            @Nullable Throwable cause,
            boolean last) {}

    /** Where lines end up. */
    public interface Sink extends AutoCloseable {
        void write(Line line);

        @Override
        void close();
    }

    /** Makes the sink; called by the writing thread once there is something to write. */
    public interface Opening {
        Sink open();
    }

    /** Logs as {@code settings} say. */
    public Log(LogSettings settings) {
        this(settings.level(), () -> LogFile.open(settings.file()));
    }

    /**
     * @param least what is less important is left out
     */
    public Log(LogLevel least, Opening opening) {
        this("log", least, opening);
    }

    private Log(String thread, LogLevel least, Opening opening) {
        this.least = least;
        writer = Thread.ofPlatform().name(thread).daemon().start(() -> write(opening));
    }

    /**
     * Returns a log of whatever importance in a file of its own.
     *
     * @param thread the name of the one that writes
     * @param problems is told if the file cannot be written; then its lines are lost
     */
    public static Log ofFile(String thread, Path file, Consumer<String> problems) {
        return new Log(thread, LogLevel.DEBUG, () -> LogFile.open(file, problems));
    }

    /** Logs what helps to see why. */
    public void debug(String message) {
        add(LogLevel.DEBUG, message, null);
    }

    /** Logs what happened. */
    @Override
    public void info(String message) {
        add(LogLevel.INFO, message, null);
    }

    /** Logs what somebody should know. */
    @Override
    public void warn(String message) {
        add(LogLevel.WARN, message, null);
    }

    /** Logs what did not work. */
    public void error(String message) {
        add(LogLevel.ERROR, message, null);
    }

    /**
     * Logs what did not work.
     *
     * @param cause is logged with its stack
     */
    @Override
    public void error(String message, Throwable cause) {
        add(LogLevel.ERROR, message, cause);
    }

    /** Logs a line of a library, which has its own idea of who called. */
    public void foreign(LogLevel level, String caller, String message, @Nullable Throwable cause) {
        offer(new Line(level, Instant.now(), caller, message, cause, false));
    }

    /** Tells whether lines of {@code level} are written. */
    public boolean writes(LogLevel level) {
        return level.compareTo(least) >= 0;
    }

    /** Writes what is queued, and ends; at most four seconds pass. */
    @Override
    public void close() {
        if (!writer.isAlive() || Thread.currentThread().equals(writer)) {
            return; // it died, or is dying: nobody writes any more
        }
        try {
            var last = new Line(LogLevel.FATAL, Instant.EPOCH, "", "", null, true);
            if (queue.offer(last, CLOSING_MAX.toMillis(), TimeUnit.MILLISECONDS)) {
                writer.join(CLOSING_MAX);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void add(LogLevel level, String message, @Nullable Throwable cause) {
        if (writes(level)) {
            offer(new Line(level, Instant.now(), caller(), message, cause, false));
        }
    }

    private void offer(Line line) {
        if (writes(line.level()) && !queue.offer(line)) {
            lost.incrementAndGet();
        }
    }

    private static String caller() {
        String own = Log.class.getName();
        return CALLERS.walk(frames ->
                frames.filter(frame -> !frame.getClassName().equals(own))
                        .findFirst()
                        .map(frame -> frame.getFileName() + ":" + frame.getLineNumber())
                        .orElse("?"));
    }

    private void write(Opening opening) {
        try {
            Line line = queue.take();
            if (line.last()) {
                return;
            }
            try (Sink sink = opening.open()) {
                while (!line.last()) {
                    sink.write(line);
                    long left = lost.getAndSet(0);
                    if (left > 0) {
                        sink.write(lostLine(left));
                    }
                    line = queue.take();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Line lostLine(long count) {
        String message = count + " lines were left out, for they came faster than the disk takes";
        return new Line(LogLevel.WARN, Instant.now(), "Log.java", message, null, false);
    }
}
