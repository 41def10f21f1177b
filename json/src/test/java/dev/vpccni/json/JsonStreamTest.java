package dev.vpccni.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonStreamTest {

    private static final JsonShape NAME = JsonShape.of().with("metadata", JsonShape.of("name"));

    private static JsonStream of(String text) {
        return new JsonStream(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static JsonObject next(JsonStream stream) throws Exception {
        return Objects.requireNonNull(stream.next(NAME), "an object");
    }

    @Test
    void objectsComeOneAfterTheOtherAndOfEachThePartThatIsWanted() throws Exception {
        try (JsonStream stream =
                of(
                        """
                        {"metadata":{"name":"a","labels":{"x":[1,{"y":2}]}},"spec":{"z":1}}
                        {"spec":null,"metadata":{"name":"b"}}
                        """)) {
            assertThat(next(stream).object("metadata").string("name")).isEqualTo("a");
            JsonObject second = next(stream);
            assertThat(second.names()).containsExactly("metadata");
            assertThat(second.object("metadata").string("name")).isEqualTo("b");
            assertThat(stream.next(NAME)).isNull();
        }
    }

    @Test
    void anObjectIsThereBeforeAnythingFollows() throws Exception {
        try (var out = new PipedOutputStream();
                var stream = new JsonStream(new PipedInputStream(out))) {
            out.write("{\"metadata\":{\"name\":\"a\"}}\n".getBytes(StandardCharsets.UTF_8));
            out.flush();
            assertThat(next(stream).object("metadata").string("name")).isEqualTo("a");
        }
    }

    @Test
    void aListsElementsAreHandedOnAndTheRestReturned() throws Exception {
        List<String> names = new ArrayList<>();
        try (JsonStream stream =
                of(
                        """
                        {"kind":"List","items":[{"metadata":{"name":"a"}},{"metadata":{"name":"b"}}],
                         "metadata":{"continue":"c","other":1}}\
                        """)) {
            JsonObject rest =
                    stream.list(
                            "items",
                            NAME,
                            JsonShape.of().with("metadata", JsonShape.of("continue")),
                            item -> names.add(item.object("metadata").string("name")));
            assertThat(rest.names()).containsExactly("metadata");
            assertThat(rest.object("metadata").names()).containsExactly("continue");
        }
        assertThat(names).containsExactly("a", "b");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"items\":null}", "{}"})
    void aListMayHaveNone(String text) throws Exception {
        try (JsonStream stream = of(text)) {
            JsonObject rest =
                    stream.list(
                            "items",
                            JsonShape.ALL,
                            JsonShape.of("metadata"),
                            _ -> {
                                throw new AssertionError("an element");
                            });
            assertThat(rest.names()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "{\"a\":", "{\"metadata\":{\"name\":\"x", "{\"a\":1"})
    void anEarlyEndIsAFailureOfTheSource(String text) throws Exception {
        try (JsonStream stream = of(text)) {
            assertThatThrownBy(() -> stream.next(JsonShape.ALL)).isInstanceOf(EOFException.class);
        }
        try (JsonStream stream = of(text)) {
            assertThatThrownBy(() -> stream.list("a", NAME, NAME, _ -> {}))
                    .isInstanceOfAny(EOFException.class, JsonException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "7", "nonsense", "\"text\"", "{\"a\":tru}"})
    void whatIsNoObjectIsRefused(String text) throws Exception {
        try (JsonStream stream = of(text)) {
            assertThatThrownBy(() -> stream.next(JsonShape.ALL)).isInstanceOf(JsonException.class);
        }
    }

    @Test
    void anObjectOfTooManyPartsIsRefusedUnlessTheyPassBy() throws Exception {
        String many = "{\"a\":[" + "1,".repeat(JsonStream.KEPT_MAX) + "1]}";
        try (JsonStream stream = of(many)) {
            assertThatThrownBy(() -> stream.next(JsonShape.ALL)).isInstanceOf(JsonException.class);
        }
        try (JsonStream stream = of(many + many)) {
            assertThat(stream.next(JsonShape.of("b"))).isNotNull();
            assertThat(stream.next(JsonShape.of("b"))).isNotNull();
        }
    }

    @Test
    void aSourceThatFailsIsToldAsItIs() throws Exception {
        var failure = new IOException("cut");
        var source =
                new InputStream() {
                    @Override
                    public int read() throws IOException {
                        throw failure;
                    }

                    @Override
                    public int read(byte[] buffer, int offset, int length) throws IOException {
                        throw failure;
                    }
                };
        try (var stream = new JsonStream(source)) {
            assertThatThrownBy(() -> stream.next(JsonShape.ALL)).isSameAs(failure);
        }
    }
}
