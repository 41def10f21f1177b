package dev.vpccni.node.shadow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What is told of one report after the other. */
class ShadowLogTest {

    private static final ShadowFinding FREE =
            ShadowFinding.change(ShadowPart.PODS, "free the address of a", "its pod is gone");
    private static final ShadowFinding GROW =
            ShadowFinding.change(ShadowPart.POOL, "assign 2 more addresses to eni-1", "3 in use");

    private final ShadowLog log = new ShadowLog();

    @Test
    void whatOneLookSaidAloneIsNotTold() {
        assertThat(log.lines(seen(FREE))).isEmpty();
        assertThat(log.lines(seen())).containsExactly("nothing would change");
        assertThat(log.lines(seen(FREE))).isEmpty();
    }

    @Test
    void whatTwoSayIsToldOnceAndThatItEnds() {
        var _ = log.lines(seen(FREE));
        assertThat(log.lines(seen(FREE)))
                .containsExactly("pods: would free the address of a: its pod is gone");
        assertThat(log.lines(seen(FREE))).isEmpty();
        assertThat(log.lines(seen()))
                .containsExactly(
                        "no longer: pods: would free the address of a: its pod is gone",
                        "nothing would change");
        assertThat(log.lines(seen())).isEmpty();
    }

    @Test
    void anotherReasonIsNoOtherFinding() {
        var _ = log.lines(seen(GROW));
        assertThat(log.lines(seen(GROW))).hasSize(1);
        assertThat(log.lines(seen(ShadowFinding.change(ShadowPart.POOL, GROW.what(), "4 in use"))))
                .isEmpty();
    }

    @Test
    void whatCannotBeLookedAtStaysAsItWas() {
        var _ = log.lines(seen(GROW));
        var _ = log.lines(seen(GROW));

        assertThat(log.lines(unseen(ShadowPart.POOL, "throttled")))
                .containsExactly("pool: not looked at: throttled");
        assertThat(log.lines(unseen(ShadowPart.POOL, "throttled again"))).isEmpty();
        assertThat(log.lines(seen(GROW))).containsExactly("pool: looked at again");
    }

    @Test
    void nothingIsNotSaidWhereSomethingWasNotSeen() {
        assertThat(log.lines(unseen(ShadowPart.FILTER, "no right")))
                .containsExactly("filter: not looked at: no right");
    }

    private static ShadowReport seen(ShadowFinding... findings) {
        return new ShadowReport(List.of(findings), new TreeMap<>(), new TreeMap<>());
    }

    private static ShadowReport unseen(ShadowPart part, String why) {
        SortedMap<ShadowPart, String> unseen = new TreeMap<>();
        unseen.put(part, why);
        return new ShadowReport(List.of(), unseen, new TreeMap<>());
    }
}
