package dev.vpccni.node.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.node.fake.Fixture;
import dev.vpccni.node.port.HostFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LinkWatchTest {

    private static final Duration LONGEST = Duration.ofSeconds(64);

    private final Fixture fixture = new Fixture();
    private final List<String> told = new ArrayList<>();
    private final LinkWatch watch =
            new LinkWatch(
                    fixture.host, () -> told.add("changed"), fixture.explanations, fixture.tempo);

    @Test
    void tellsOfEachChangeAndOfNothingElse() {
        fixture.host.linkChanges(true, false, true);

        fixture.tempo.runFor(Duration.ofHours(1), watch::run);

        assertThat(told).hasSize(2);
    }

    /** Somebody else's containers may have links too, and come and go all day. */
    @Test
    void linksThatComeAndGoAllTheTimeAreToldOfOnceAMinute() {
        for (int i = 0; i < 1_000; i++) {
            fixture.host.linkChanges(true);
        }

        fixture.tempo.runFor(Duration.ofHours(1), watch::run);

        assertThat(told).hasSizeBetween(56, 63);
        assertThat(fixture.tempo.pauses())
                .startsWith(Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(4))
                .allSatisfy(pause -> assertThat(pause).isLessThanOrEqualTo(LONGEST));
    }

    @Test
    void afterAQuietTimeAChangeIsTheFirstAgain() {
        fixture.host.linkChanges(true, true, true, false, true);

        fixture.tempo.runFor(Duration.ofHours(1), watch::run);

        assertThat(fixture.tempo.pauses())
                .containsExactly(
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(4),
                        Duration.ofSeconds(1));
    }

    @Test
    void looksAgainLaterWhereTheKernelRefuses() {
        fixture.host.refuse("awaitLinkChange", new HostFailure.Refused("step", 1));

        fixture.tempo.runFor(Duration.ofSeconds(12), watch::run);

        assertThat(told).isEmpty();
        assertThat(fixture.tempo.pauses()).hasSize(3).contains(Duration.ofSeconds(5));
        assertThat(fixture.decisions())
                .containsExactly("look at links again later: cannot awaitLinkChange");
    }
}
