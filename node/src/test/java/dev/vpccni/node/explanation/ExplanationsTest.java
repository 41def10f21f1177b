package dev.vpccni.node.explanation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.node.fake.ManualTempo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ExplanationsTest {

    private final ManualTempo tempo = new ManualTempo();
    private final List<Explanation> told = new ArrayList<>();
    private final Explanations explanations = new Explanations(tempo, told::add);

    @Test
    void keepsAndTellsEachWithItsTimeAndNumbers() {
        var numbers = new TreeMap<String, Long>();
        numbers.put("free", 3L);
        tempo.pass(Duration.ofSeconds(1));

        explanations.add("grow", "too few", numbers);
        numbers.put("free", 4L);

        SortedMap<String, Long> then = new TreeMap<>();
        then.put("free", 3L);
        var expected = new Explanation(ManualTempo.START.plusSeconds(1), "grow", "too few", then);
        assertThat(explanations.latest()).containsExactly(expected);
        assertThat(told).containsExactly(expected);
    }

    @Test
    void theSameOnceMoreIsNotNews() {
        explanations.add("grow", "too few");
        explanations.add("grow", "too few");
        explanations.add("grow", "far too few");
        explanations.add("shrink", "far too few");
        explanations.add("grow", "too few");

        assertThat(explanations.latest())
                .extracting(one -> one.what() + ": " + one.why())
                .containsExactly(
                        "grow: too few",
                        "grow: far too few",
                        "shrink: far too few",
                        "grow: too few");
        assertThat(told).hasSize(4);
    }

    @Test
    void forgetsTheOldest() {
        for (int i = 0; i <= Explanations.KEPT; i++) {
            explanations.add("decision " + i, "");
        }

        assertThat(explanations.latest())
                .hasSize(Explanations.KEPT)
                .first()
                .extracting(Explanation::what)
                .isEqualTo("decision 1");
    }
}
