package dev.vpccni.daemon;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.vpccni.daemon.log.Log;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntConsumer;

/**
 * How the process ends: because it was told to, or because part of it broke. Half a daemon is worse
 * than none, since nobody starts it anew: whatever a thread dies of ends the process, and the next
 * one finds everything on the disk. A fault in one verb or one RPC is answered as an error where it
 * happens, and never gets here. Safe for use by many threads.
 */
final class ProcessEnd implements Thread.UncaughtExceptionHandler {

    /** The status of a process that could not start, or broke. */
    static final int BROKEN = 1;

    /**
     * For closing and last words, which can hang where the disk or a reader of standard error does.
     * It is less than the 10 s between SIGTERM and SIGKILL in upstream's manifest.
     */
    static final Duration LAST_WORDS_MAX = Duration.ofSeconds(6);

    /** Prepared, because what there is to tell may be that no memory is left. */
    private static final byte[] SPEECHLESS =
            "vpc-cni daemon: broken, and unable to say by what\n".getBytes(US_ASCII);

    private final Log log;
    private final OutputStream errors;
    private final IntConsumer halt;
    private final long lastWordsMillis;
    private final AtomicBoolean begun = new AtomicBoolean();
    private final CountDownLatch ending = new CountDownLatch(1);
    private volatile int status = BROKEN;

    private ProcessEnd(Log log, OutputStream errors, IntConsumer halt, Duration lastWordsMax) {
        this.log = log;
        this.errors = errors;
        this.halt = halt;
        this.lastWordsMillis = lastWordsMax.toMillis();
    }

    /**
     * Prepares the end.
     *
     * @param errors standard error, unbuffered
     * @param halt ends the process with a status, at once
     * @param lastWordsMax after which it is ended whatever still hangs
     */
    static ProcessEnd prepare(
            Log log, OutputStream errors, IntConsumer halt, Duration lastWordsMax) {
        var end = new ProcessEnd(log, errors, halt, lastWordsMax);
        // Started now: when it is needed there may be no memory for a thread.
        Thread.ofPlatform().name("end").daemon().start(end::insist);
        return end;
    }

    @Override
    public void uncaughtException(Thread thread, Throwable fault) {
        broken("the thread \"" + thread.getName() + "\"", fault);
    }

    /** Ends the process because {@code part} of it died of {@code fault}. */
    void broken(String part, Throwable fault) {
        if (!begin(BROKEN)) {
            log.error(message(part, fault), fault); // for the end has begun
            return;
        }
        try {
            tell(part, fault);
            log.close();
        } finally {
            halt.accept(BROKEN);
        }
    }

    /**
     * Ends the process with {@code status}, once {@code closing} has run and the log is written.
     */
    void stop(int status, Runnable closing) {
        if (!begin(status)) {
            return;
        }
        try {
            closing.run();
        } finally {
            try {
                log.close();
            } finally {
                halt.accept(status);
            }
        }
    }

    /** Allocates nothing. */
    private boolean begin(int with) {
        if (!begun.compareAndSet(false, true)) {
            return false;
        }
        status = with;
        ending.countDown();
        return true;
    }

    private void tell(String part, Throwable fault) {
        try {
            String message = message(part, fault) + ", and so does the daemon";
            log.error(message, fault);
            errors.write(("vpc-cni daemon: " + message + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (Throwable e) { // out of memory again, or nobody reads: it ends all the same
            speechless();
        }
    }

    private static String message(String part, Throwable fault) {
        return part + " died of " + fault;
    }

    private void speechless() {
        try {
            errors.write(SPEECHLESS);
        } catch (IOException | RuntimeException e) {
            // The status alone has to do.
        }
    }

    /** Ends the process in time even if its last words hang. */
    private void insist() {
        try {
            ending.await();
            Thread.sleep(lastWordsMillis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            halt.accept(status);
        }
    }
}
