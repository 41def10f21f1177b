package dev.vpccni.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.testing.SeededTest;
import java.io.StringReader;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class JsonTest {

    @Test
    void keepsOrderAndTypes() throws JsonException {
        Object value =
                Json.parse(
                        """
                        {"z": 1, "a": [true, null, -2.5, 9223372036854775808], "é": "\\u00e9\\n"}
                        """);
        Map<String, @Nullable Object> expected = new LinkedHashMap<>();
        expected.put("z", 1L);
        expected.put("a", Arrays.asList(true, null, -2.5, new BigDecimal("9223372036854775808")));
        expected.put("é", "é\n");
        assertThat(value).isEqualTo(expected);
        assertThat(Json.compact(value)).startsWith("{\"z\":1,\"a\":[true,null,-2.5,");
    }

    @Test
    void takesTheLastOfTwoEqualNames() throws JsonException {
        assertThat(Json.parse("{\"a\":1,\"a\":2}")).isEqualTo(Map.of("a", 2L));
    }

    @Test
    void saysWhereATextIsWrong() {
        assertThatThrownBy(() -> Json.parse("{\n  \"a\": x}"))
                .isInstanceOf(JsonException.class)
                .hasMessageContaining("line 2, column");
        for (String bad :
                List.of("", " ", "{", "[1,]", "{\"a\"}", "1 2", "nul", "\"\t\"", "'a'", "1e999")) {
            assertThatThrownBy(() -> Json.parse(bad)).as(bad).isInstanceOf(JsonException.class);
            assertThatThrownBy(() -> Json.parse(bad.getBytes(StandardCharsets.UTF_8)))
                    .as(bad)
                    .isInstanceOf(JsonException.class);
        }
    }

    @Test
    void refusesBytesThatAreNoText() {
        assertThatThrownBy(() -> Json.parse(new byte[] {'"', (byte) 0xff, '"'}))
                .isInstanceOf(JsonException.class);
    }

    @Test
    void refusesDeepNesting() throws JsonException {
        String fits = "[".repeat(Json.MAX_DEPTH) + "]".repeat(Json.MAX_DEPTH);
        assertThat(Json.compact(Json.parse(fits))).isEqualTo(fits);
        assertThatThrownBy(() -> Json.parse("[" + fits + "]")).isInstanceOf(JsonException.class);
    }

    @Test
    void refusesMoreValuesThanMemoryIsFor() throws JsonException {
        int lists = Json.MAX_TOKENS / 2 - 1; // of two brackets each, inside of another two
        String fits = "[" + "[],".repeat(lists - 1) + "[]]";
        assertThat((List<?>) Json.parse(fits)).hasSize(lists);
        assertThatThrownBy(() -> Json.parse(fits.replaceFirst("\\[", "[1,")))
                .isInstanceOf(JsonException.class)
                .hasMessageContaining("" + Json.MAX_TOKENS);
    }

    @Test
    void indentsAsGoDoes() throws JsonException {
        Object value =
                Json.parse("{\"a\":[],\"b\":{},\"c\":[1,{\"d\":\"<&>\"}],\"e\":null,\"f\":1.0}");
        assertThat(Json.indented(value, 4))
                .isEqualTo(
                        """
                        {
                            "a": [],
                            "b": {},
                            "c": [
                                1,
                                {
                                    "d": "<&>"
                                }
                            ],
                            "e": null,
                            "f": 1
                        }\
                        """);
    }

    @Test
    void escapesAsGoDoes() {
        assertThat(Json.htmlSafe("<&>\u2028\u0001\b\"\\"))
                .isEqualTo("\"\\u003c\\u0026\\u003e\\u2028\\u0001\\b\\\"\\\\\"");
        assertThat(Json.compact("<&>")).isEqualTo("\"<&>\"");
        assertThat(Json.compact("\ud83d\ude00")).isEqualTo("\"\ud83d\ude00\"");
        assertThat(Json.compact("\ud83d")).isEqualTo("\"\\ud83d\"");
    }

    @Test
    void refusesToWriteWhatIsNoJson() {
        assertThatThrownBy(() -> Json.compact(List.of(new Object())))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Json.compact(Double.NaN))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @SeededTest
    void readsWhatItWrote(RandomGenerator random) throws JsonException {
        Object value = anything(random, 4);
        for (String text :
                List.of(Json.compact(value), Json.indented(value, 2), Json.htmlSafe(value))) {
            assertThat(Json.parse(text)).isEqualTo(value);
            assertThat(Json.parse(text.getBytes(StandardCharsets.UTF_8))).isEqualTo(value);
        }
    }

    private static @Nullable Object anything(RandomGenerator random, int depth) {
        return switch (random.nextInt(depth == 0 ? 5 : 7)) {
            case 0 -> null;
            case 1 -> random.nextBoolean();
            case 2 -> random.nextLong() >> random.nextInt(64);
            case 3 -> random.nextInt() + 0.25;
            case 4 -> text(random);
            case 5 -> {
                List<@Nullable Object> items = new ArrayList<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    items.add(anything(random, depth - 1));
                }
                yield items;
            }
            default -> {
                Map<String, @Nullable Object> members = new LinkedHashMap<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    members.put(text(random), anything(random, depth - 1));
                }
                yield members;
            }
        };
    }

    private static String text(RandomGenerator random) {
        return random.ints(random.nextInt(8), 0, 0x10ffff)
                .filter(c -> c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE)
                .map(c -> random.nextBoolean() ? c % 128 : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    @Test
    void aReaderYieldsTheSameValue() throws Exception {
        String text = "{\"a\":[1,{},\"\\u003c\"],\"b\":null}"; // 11 tokens
        assertThat(Json.parse(new StringReader(text), 11)).isEqualTo(Json.parse(text));
        assertThatThrownBy(() -> Json.parse(new StringReader(text), 10))
                .isInstanceOf(JsonException.class)
                .hasMessageContaining("exceeds the maximum allowed (10");
        assertThatThrownBy(() -> Json.parse(new StringReader("[1"), 10))
                .isInstanceOf(JsonException.class);
    }
}
