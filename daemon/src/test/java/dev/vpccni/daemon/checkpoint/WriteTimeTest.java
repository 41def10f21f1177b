package dev.vpccni.daemon.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.daemon.SetTempo;
import dev.vpccni.ipam.ledger.Checkpoint;
import dev.vpccni.model.Ipv4Address;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What cools down cools for as long as it should, whatever clocks do between two daemons. */
final class WriteTimeTest {

    private static final Instant START = Instant.ofEpochSecond(1_755_700_000L);
    private static final long UPTIME = Duration.ofDays(3).toNanos();

    @TempDir Path folder;

    @Test
    void aClockThatWasSteppedBetweenTwoDaemonsChangesNoAge() throws Exception {
        var first = new SetTempo(START, UPTIME);
        first.elapse(Duration.ofMinutes(10));
        write(first, "boot-1", first.instant().minusSeconds(10));
        for (Duration step : List.of(Duration.ZERO, Duration.ofHours(5), Duration.ofDays(-400))) {
            Duration pause = Duration.ofSeconds(7);
            var next =
                    new SetTempo(
                            first.wall().plus(pause).plus(step), first.nanos() + pause.toNanos());
            next.elapse(Duration.ofSeconds(3));
            assertThat(age(next, "boot-1")).as("step " + step).isEqualTo(Duration.ofSeconds(20));
        }
    }

    /** Elapsed time of another run of the machine says nothing; the wall clock is what is left. */
    @Test
    void anotherRunOfTheMachineHasTheWallClock() throws Exception {
        var first = new SetTempo(START, UPTIME);
        write(first, "boot-1", START);
        var next = new SetTempo(START.plusSeconds(60), Duration.ofSeconds(30).toNanos());
        assertThat(age(next, "boot-2")).isEqualTo(Duration.ofSeconds(60));
    }

    /** Nor does a file that claims to be of later than now, or a kernel that does not tell. */
    @Test
    void whatCannotBeIsNotBelieved() throws Exception {
        write(new SetTempo(START, UPTIME), "boot-1", START);
        var earlier = new SetTempo(START.plusSeconds(60), UPTIME - 1);
        assertThat(age(earlier, "boot-1")).isEqualTo(Duration.ofSeconds(60));
        write(new SetTempo(START, UPTIME), "", START);
        var later = new SetTempo(START.plusSeconds(60), UPTIME + 1);
        assertThat(age(later, "")).isEqualTo(Duration.ofSeconds(60));
    }

    @Test
    void theKernelTellsOneRunFromAnother() {
        assertThat(WriteTime.thisBoot()).hasSize(36).isEqualTo(WriteTime.thisBoot());
    }

    private void write(SetTempo tempo, String boot, Instant since) throws Exception {
        try (var store = new FileLedgerStore(folder.resolve("ipam.json"), tempo, boot)) {
            store.write(
                    new Checkpoint(
                            List.of(),
                            List.of(new Checkpoint.Cooling(Ipv4Address.parse("10.0.0.7"), since)),
                            List.of(),
                            List.of(),
                            Checkpoint.Departed.NOTHING));
        }
    }

    private Duration age(SetTempo tempo, String boot) throws Exception {
        try (var store = new FileLedgerStore(folder.resolve("ipam.json"), tempo, boot)) {
            Checkpoint read = Objects.requireNonNull(store.read().checkpoint());
            return Duration.between(read.cooling().getFirst().since(), tempo.instant());
        }
    }
}
