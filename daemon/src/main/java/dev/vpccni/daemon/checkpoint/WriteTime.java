package dev.vpccni.daemon.checkpoint;

import dev.vpccni.ipam.ledger.Checkpoint;
import dev.vpccni.node.port.Tempo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/**
 * When a checkpoint was written. A clock that is stepped between two daemons must not end what
 * cools down, nor make it last; what elapsed since then tells how old everything is.
 *
 * @param boot the machine's run, for elapsed time of another one says nothing; empty where unknown
 * @param nanos elapsed time, as {@link Tempo#nanos} has it
 * @param at the same moment in the time that the checkpoint's entries are in
 */
public record WriteTime(String boot, long nanos, Instant at) {

    private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");

    /** Returns the present moment, {@code boot} being what {@link #thisBoot} returns. */
    static WriteTime now(String boot, Tempo tempo) {
        return new WriteTime(boot, tempo.nanos(), tempo.instant());
    }

    /**
     * Returns the machine's run, or an empty text where the kernel does not tell.
     *
     * @see <a href="https://man7.org/linux/man-pages/man4/random.4.html">random(4)</a>
     */
    public static String thisBoot() {
        try {
            return Files.readString(BOOT).strip();
        } catch (IOException e) {
            return "";
        }
    }

    /** Returns a checkpoint that was written then in the time of {@code now}. */
    Checkpoint translate(Checkpoint checkpoint, WriteTime now) {
        if (boot.isEmpty() || !boot.equals(now.boot) || nanos > now.nanos) {
            return checkpoint; // The wall clock is all that both have seen.
        }
        Instant elapsed = at.plusNanos(now.nanos - nanos);
        return checkpoint.shifted(Duration.between(elapsed, now.at));
    }
}
