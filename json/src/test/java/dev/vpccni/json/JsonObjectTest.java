package dev.vpccni.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

final class JsonObjectTest {

    @Test
    void readsMembers() throws JsonException {
        var object =
                JsonObject.parse(
                        """
                        {"s": "x", "n": 7, "t": true, "l": ["a", "b"], "o": {"k": "v"},
                         "os": [{"i": 1}, {"i": 2}], "nothing": null}
                        """);
        assertThat(object.string("s")).isEqualTo("x");
        assertThat(object.integer("n")).isEqualTo(7);
        assertThat(object.truth("t", false)).isTrue();
        assertThat(object.strings("l")).containsExactly("a", "b");
        assertThat(object.object("o").string("k")).isEqualTo("v");
        assertThat(object.objects("os").getLast().integer("i")).isEqualTo(2);
        assertThat(object.names()).containsExactly("s", "n", "t", "l", "o", "os", "nothing");
    }

    @Test
    void takesNullForAbsent() throws JsonException {
        var object = JsonObject.parse("{\"a\": null}");
        for (String name : List.of("a", "b")) {
            assertThat(object.has(name)).isFalse();
            assertThat(object.stringOrNull(name)).isNull();
            assertThat(object.string(name, "d")).isEqualTo("d");
            assertThat(object.integer(name, 3)).isEqualTo(3);
            assertThat(object.truth(name, true)).isTrue();
            assertThat(object.objectOrNull(name)).isNull();
            assertThat(object.list(name)).isEmpty();
            assertThatThrownBy(() -> object.string(name))
                    .isInstanceOf(JsonException.class)
                    .hasMessage(name + " is missing");
        }
    }

    @Test
    void namesThePathOfWhatIsWrong() throws JsonException {
        var object = JsonObject.parse("{\"a\": {\"b\": [{}, {\"c\": 1.5}]}, \"l\": [\"x\", 2]}");
        var inner = object.object("a").objects("b").getLast();
        assertThatThrownBy(() -> inner.integer("c"))
                .hasMessage("a.b[1].c must be a whole number, and is the number 1.5");
        assertThatThrownBy(() -> inner.string("d")).hasMessage("a.b[1].d is missing");
        assertThatThrownBy(() -> object.strings("l"))
                .hasMessage("l[1] must be a string, and is the number 2");
        assertThatThrownBy(() -> object.list("a")).hasMessage("a must be a list, and is an object");
        assertThatThrownBy(() -> JsonObject.parse("[]"))
                .hasMessage("the text must be an object, and is a list");
    }
}
