package dev.vpccni.vpc.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.testing.SeededTest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

class ExpiringMapTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    /** What a plain map has, in which what is forgotten is looked for one by one. */
    @SeededTest(runs = 300)
    void agreesWithAPlainMap(RandomGenerator random) {
        ExpiringMap<String, Integer> map = ExpiringMap.empty();
        var values = new TreeMap<String, Integer>();
        var untils = new TreeMap<String, Instant>();
        Instant now = START;
        for (int step = 0; step < 300; step++) {
            String key = "k" + random.nextInt(40);
            switch (random.nextInt(4)) {
                case 0, 1 -> {
                    Instant until = now.plusSeconds(random.nextInt(-2, 30));
                    map = map.put(key, step, until);
                    values.put(key, step);
                    untils.put(key, until);
                }
                case 2 -> {
                    map = map.remove(key);
                    values.remove(key);
                    untils.remove(key);
                }
                default -> {
                    now = now.plusSeconds(random.nextInt(3));
                    var gone = new ArrayList<String>();
                    map = map.at(now, gone::add);
                    List<String> expected = forget(values, untils, now);
                    assertThat(gone).containsExactlyInAnyOrderElementsOf(expected);
                }
            }
            assertSame(map, values, untils);
        }
    }

    private static List<String> forget(
            Map<String, Integer> values, Map<String, Instant> untils, Instant now) {
        List<String> gone =
                untils.entrySet().stream()
                        .filter(entry -> !entry.getValue().isAfter(now))
                        .map(Map.Entry::getKey)
                        .toList();
        gone.forEach(values::remove);
        gone.forEach(untils::remove);
        return gone;
    }

    private static void assertSame(
            ExpiringMap<String, Integer> map,
            Map<String, Integer> values,
            Map<String, Instant> untils) {
        assertThat(map.size()).isEqualTo(values.size());
        var seen = new ArrayList<Integer>();
        map.forEach(seen::add);
        assertThat(seen).containsExactlyElementsOf(values.values());
        var keys = new ArrayList<String>();
        map.forEachKey(keys::add);
        assertThat(keys).containsExactlyElementsOf(values.keySet());
        keys.forEach(key -> assertThat(map.get(key)).isEqualTo(values.get(key)));
        assertThat(map.contains("none")).isFalse();
        assertThat(map.first())
                .isEqualTo(
                        untils.entrySet().stream()
                                .min(
                                        Map.Entry.<String, Instant>comparingByValue()
                                                .thenComparing(
                                                        Map.Entry.comparingByKey(
                                                                Comparator.naturalOrder())))
                                .map(Map.Entry::getKey)
                                .orElse(null));
    }
}
