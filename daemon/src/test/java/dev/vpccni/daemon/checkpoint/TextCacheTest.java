package dev.vpccni.daemon.checkpoint;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.testing.SeededTest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class TextCacheTest {

    private final List<String> written = new ArrayList<>();
    private final TextCache<Entry> cache =
            new TextCache<>(entry -> {
                written.add(entry.name);
                return Map.of("n", entry.name);
            });

    /** Something that is the same only as itself. */
    private static final class Entry {

        final String name;

        Entry(String name) {
            this.name = name;
        }
    }

    private final Entry a = new Entry("a");
    private final Entry b = new Entry("b");
    private final Entry c = new Entry("c");

    @Test
    void writesNothingForNothing() {
        assertThat(put()).isEmpty();
        put(a);
        assertThat(put()).isEmpty();
    }

    @Test
    void writesEachEntryOnce() {
        assertThat(put(a, b)).isEqualTo("{\"n\":\"a\"},{\"n\":\"b\"}");
        assertThat(put(a, b)).isEqualTo("{\"n\":\"a\"},{\"n\":\"b\"}");
        assertThat(put(a, b, c)).isEqualTo("{\"n\":\"a\"},{\"n\":\"b\"},{\"n\":\"c\"}");
        assertThat(put(b, c)).isEqualTo("{\"n\":\"b\"},{\"n\":\"c\"}");
        assertThat(written).containsExactly("a", "b", "c");
    }

    @Test
    void findsTheOthersAroundAnEntryThatIsNew() {
        put(a, c);
        put(a, b, c);
        assertThat(written).containsExactly("a", "c", "b");
    }

    @Test
    void writesAnewWhatIsAnotherObject() {
        put(a, b);
        var other = new Entry("x");
        assertThat(put(other, b)).isEqualTo("{\"n\":\"x\"},{\"n\":\"b\"}");
        assertThat(written).containsExactly("a", "b", "x");
    }

    @Test
    void writesAnewWhatWasGone() {
        put(a, b);
        put(b);
        assertThat(put(a, b)).isEqualTo("{\"n\":\"a\"},{\"n\":\"b\"}");
        assertThat(written).containsExactly("a", "b", "a");
    }

    /** Whatever the lists are, in whatever order, and with the same entry twice. */
    @SeededTest(runs = 200)
    void writesWhatIsThere(RandomGenerator random) {
        List<Entry> known = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            known.add(new Entry("<ü" + i + ">"));
        }
        for (int round = 0; round < 30; round++) {
            List<Entry> some = new ArrayList<>();
            for (int i = random.nextInt(8); i > 0; i--) {
                some.add(known.get(random.nextInt(known.size())));
            }
            assertThat(put(some.toArray(Entry[]::new)))
                    .isEqualTo(
                            some.stream()
                                    .map(entry ->
                                            "{\"n\":\"\\u003c"
                                                    + entry.name.charAt(1)
                                                    + entry.name.charAt(2)
                                                    + "\\u003e\"}")
                                    .collect(Collectors.joining(",")));
        }
    }

    @Test
    void aBufferGrowsAndIsUsedAgain() {
        var out = new TextBuffer();
        String large = "ü".repeat(20_000);
        out.put("a");
        out.put(large);
        out.put("b");
        assertThat(out.bytes()).isEqualTo(("a" + large + "b").getBytes(UTF_8));
        byte[] before = out.bytes();
        out.clear();
        assertThat(out.bytes()).isEmpty();
        out.put("c");
        assertThat(out.bytes()).isEqualTo("c".getBytes(UTF_8));
        assertThat(before).startsWith("a".getBytes(UTF_8));
        assertThat(before).hasSize(40_002);
    }

    private String put(Entry... entries) {
        var out = new TextBuffer();
        cache.put(List.of(entries), out);
        return new String(out.bytes(), UTF_8);
    }
}
