package dev.vpccni.node.sentinel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.node.explanation.Explanation;
import dev.vpccni.node.explanation.Explanations;
import dev.vpccni.node.fake.ManualTempo;
import dev.vpccni.node.port.EgressGuard;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.HostFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** When what others remove of pods' way out is brought back, and when not. */
class EgressSentinelTest {

    private static final String POD = "the way out of 169.254.172.2";
    private static final String OTHER = "the way out of 169.254.172.3";

    private final Guard guard = new Guard();
    private final ManualTempo tempo = new ManualTempo();
    private final List<Explanation> said = new ArrayList<>();
    private final EgressSentinel sentinel =
            new EgressSentinel(guard, new Explanations(tempo, said::add), tempo);

    /** A kernel of which somebody removes things, and that refuses where a test says so. */
    private static final class Guard implements EgressGuard {

        final SortedMap<String, List<String>> missing = new TreeMap<>();
        final List<Duration> waits = new ArrayList<>();
        final List<String> restored = new ArrayList<>();
        boolean disturbed;
        String refuses = "";

        @Override
        public boolean awaitDisturbance(Duration patience) throws HostException {
            waits.add(patience);
            ask("listen");
            boolean heard = disturbed;
            disturbed = false;
            return heard;
        }

        @Override
        public SortedMap<String, List<String>> missing() throws HostException {
            ask("missing");
            return new TreeMap<>(missing);
        }

        @Override
        public List<String> restore(String thing) throws HostException {
            ask(thing);
            restored.add(thing);
            List<String> found = missing.remove(thing);
            return found == null ? List.of() : found;
        }

        private void ask(String what) throws HostException {
            if (what.equals(refuses)) {
                throw new HostException(new HostFailure.Refused(what, 1), "no " + what, null);
            }
        }
    }

    @Test
    void whatIsMissingIsBroughtBackCountedAndSaid() throws Exception {
        remove(POD, "route a", "chain b");
        remove(OTHER, "route c");

        hear();

        assertThat(tempo.pauses()).containsExactly(Sentinel.GATHERING);
        assertThat(guard.restored).containsExactly(POD, OTHER);
        assertThat(said)
                .extracting(Explanation::what)
                .containsExactly(
                        "restore " + POD + ": route a; chain b", "restore " + OTHER + ": route c");
        assertThat(said.getLast().numbers()).containsEntry("restored", 3L);
    }

    @Test
    void itLooksEvenIfNobodyTellsOfAnything() throws Exception {
        remove(POD, "route a");

        sentinel.watch();

        assertThat(guard.waits).containsExactly(Sentinel.PERIOD);
        assertThat(guard.restored).containsExactly(POD);
    }

    @Test
    void whatIsNotMissingAnyMoreIsNotSaid() throws Exception {
        guard.missing.put(POD, List.of());
        hear();
        assertThat(said).isEmpty();
    }

    @Test
    void whoRemovesTheSameAgainAndAgainIsGivenWayToAndNothingElseWaits() throws Exception {
        for (int n = 0; n <= Restraint.PATIENCE; n++) {
            remove(POD, "route a");
            hear();
        }
        assertThat(said.getLast().what()).isEqualTo("leave " + POD + " alone for 1 s");
        guard.restored.clear();
        remove(POD, "route a");
        remove(OTHER, "route c");

        hear();

        assertThat(guard.restored).containsExactly(OTHER);
        tempo.pass(Duration.ofSeconds(2));
        sentinel.watch();
        assertThat(guard.waits.getLast()).isLessThanOrEqualTo(Duration.ofSeconds(1));
        assertThat(guard.restored).containsExactly(OTHER, POD);
    }

    @Test
    void whatTheKernelRefusesIsTriedAgainInASecond() throws Exception {
        remove(POD, "route a");
        remove(OTHER, "route c");
        guard.refuses = POD;
        hear();
        assertThat(guard.restored).containsExactly(OTHER);
        assertThat(said).anyMatch(line -> line.what().equals("try again to restore " + POD));
        guard.refuses = "missing";
        sentinel.watch();
        guard.refuses = "";

        sentinel.watch();

        assertThat(guard.waits.subList(guard.waits.size() - 2, guard.waits.size()))
                .containsExactly(Sentinel.AGAIN, Sentinel.AGAIN);
        assertThat(guard.restored).containsExactly(OTHER, POD);
    }

    @Test
    void whoCannotListenLooksAllTheSameAndNotAllTheTime() throws Exception {
        remove(POD, "route a");
        guard.refuses = "listen";

        hear();

        assertThat(guard.restored).containsExactly(POD);
        assertThat(tempo.pauses()).containsExactly(Sentinel.AGAIN);
    }

    private void remove(String thing, String... what) {
        guard.missing.put(thing, List.of(what));
    }

    private void hear() throws InterruptedException {
        guard.disturbed = true;
        sentinel.watch();
    }
}
