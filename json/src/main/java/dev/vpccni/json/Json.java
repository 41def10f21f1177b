package dev.vpccni.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import java.io.CharConversionException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * JSON text to plain values and back.
 *
 * <p>An object is a {@link LinkedHashMap} in the order of the text, an array a {@link List}, a
 * string a {@link String}, a truth value a {@link Boolean}, null is null. A whole number is a
 * {@link Long}, or a {@link java.math.BigDecimal} when it does not fit one; any other number a
 * {@link Double}. Of two members with the same name the last one counts, as in Go's {@code
 * encoding/json}. What {@code parse} returns may be changed by the caller; nothing here keeps it.
 * Safe for use by many threads.
 */
public final class Json {

    /** Deeper nesting is refused: no text that this program reads comes near it. */
    public static final int MAX_DEPTH = 128;

    /** Longer texts are refused, in bytes or chars: a checkpoint of 10,000 addresses takes 4 MB. */
    public static final int MAX_LENGTH = 32 << 20;

    /** More than read at once. What the library keeps for threads, each virtual one would hold. */
    private static final int BUFFERS_KEPT = 8;

    /**
     * Texts of more names, values and brackets are refused: an empty list takes three bytes of text
     * and forty of memory, so that length alone is no limit. 10,000 addresses are 300,000.
     */
    public static final int MAX_TOKENS = 1_000_000;

    private static final JsonFactory FACTORY =
            new JsonFactoryBuilder()
                    .recyclerPool(JsonRecyclerPools.newBoundedPool(BUFFERS_KEPT))
                    .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxNestingDepth(MAX_DEPTH)
                                    .maxTokenCount(MAX_TOKENS)
                                    .build())
                    .build();

    /** Chars of a string that is kept of a stream; one that passes by may be longer. */
    private static final int STREAMED_STRING_MAX = 1 << 20;

    private Json() {}

    /**
     * The value of a text.
     *
     * @throws JsonException if the text is not exactly one JSON value, or exceeds a limit
     */
    public static @Nullable Object parse(String text) throws JsonException {
        checkLength(text.length());
        try (JsonParser parser = FACTORY.createParser(text)) {
            return document(parser);
        } catch (IOException e) {
            throw translated(e);
        }
    }

    /**
     * The value of a text that somebody else wrote, read without a copy of it.
     *
     * @param tokensMax how many names, values, and beginnings and ends of objects and arrays it may
     *     have; each takes up to 100 bytes of memory
     * @throws JsonException if the text is not exactly one JSON value, or exceeds a limit
     */
    public static @Nullable Object parse(Reader text, long tokensMax) throws JsonException {
        StreamReadConstraints limited =
                FACTORY.streamReadConstraints().rebuild().maxTokenCount(tokensMax).build();
        JsonFactory factory = FACTORY.rebuild().streamReadConstraints(limited).build();
        try (JsonParser parser = factory.createParser(text)) {
            return document(parser);
        } catch (IOException e) {
            throw translated(e);
        }
    }

    /**
     * The value of a text in UTF-8.
     *
     * @throws JsonException if the bytes are not exactly one JSON value, or exceed a limit
     */
    public static @Nullable Object parse(byte[] text) throws JsonException {
        checkLength(text.length);
        try (JsonParser parser = FACTORY.createParser(text)) {
            return document(parser);
        } catch (IOException e) {
            throw translated(e);
        }
    }

    /**
     * The text of a value without white space.
     *
     * @throws IllegalArgumentException if a value inside is none of those that this class names
     */
    public static String compact(@Nullable Object value) {
        return new JsonWriter(0, false).write(value);
    }

    /**
     * The text of a value as Go's {@code json.MarshalIndent} prints it, without a newline at the
     * end, except that {@code <}, {@code >} and {@code &} stay as they are.
     *
     * @param spaces spaces for each level
     * @throws IllegalArgumentException if a value inside is none of those that this class names
     */
    public static String indented(@Nullable Object value, int spaces) {
        return new JsonWriter(spaces, false).write(value);
    }

    /**
     * The text of a value as Go's {@code json.Marshal} prints it, with {@code <}, {@code >} and
     * {@code &} written as escapes.
     *
     * @throws IllegalArgumentException if a value inside is none of those that this class names
     */
    public static String htmlSafe(@Nullable Object value) {
        return new JsonWriter(0, true).write(value);
    }

    /** A parser of values one after the other, whose number has no limit. */
    static JsonParser streaming(InputStream text) throws IOException {
        StreamReadConstraints endless =
                FACTORY.streamReadConstraints()
                        .rebuild()
                        .maxTokenCount(Long.MAX_VALUE)
                        .maxStringLength(STREAMED_STRING_MAX)
                        .build();
        return FACTORY.rebuild().streamReadConstraints(endless).build().createParser(text);
    }

    private static @Nullable Object document(JsonParser parser) throws IOException, JsonException {
        if (parser.nextToken() == null) {
            throw JsonException.at("the text is empty", 1, 1);
        }
        Object value = value(parser);
        if (parser.nextToken() != null) {
            throw at(parser, "more text after the value");
        }
        return value;
    }

    private static @Nullable Object value(JsonParser parser) throws IOException, JsonException {
        JsonToken token = parser.currentToken();
        return switch (token) {
            case START_OBJECT -> object(parser);
            case START_ARRAY -> array(parser);
            default -> scalar(parser);
        };
    }

    /** The value that is no object and no array. */
    static @Nullable Object scalar(JsonParser parser) throws IOException, JsonException {
        JsonToken token = parser.currentToken();
        return switch (token) {
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT -> integer(parser);
            case VALUE_NUMBER_FLOAT -> real(parser);
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            case null -> throw at(parser, "the text ends within a value");
            case START_OBJECT,
                    START_ARRAY,
                    END_ARRAY,
                    END_OBJECT,
                    FIELD_NAME,
                    NOT_AVAILABLE,
                    VALUE_EMBEDDED_OBJECT ->
                    throw at(parser, "a value is expected");
        };
    }

    private static Map<String, @Nullable Object> object(JsonParser parser)
            throws IOException, JsonException {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            parser.nextToken();
            members.put(name, value(parser));
        }
        return members;
    }

    private static List<@Nullable Object> array(JsonParser parser)
            throws IOException, JsonException {
        List<@Nullable Object> items = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            items.add(value(parser));
        }
        return items;
    }

    private static Number integer(JsonParser parser) throws IOException {
        return parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                ? parser.getDecimalValue()
                : Long.valueOf(parser.getLongValue());
    }

    private static Double real(JsonParser parser) throws IOException, JsonException {
        double value = parser.getDoubleValue();
        if (!Double.isFinite(value)) {
            throw at(parser, "the number is too large");
        }
        return value;
    }

    private static void checkLength(int length) throws JsonException {
        if (length > MAX_LENGTH) {
            throw new JsonException("the text is longer than " + MAX_LENGTH);
        }
    }

    static JsonException at(JsonParser parser, String what) {
        var place = parser.currentTokenLocation();
        return JsonException.at(what, place.getLineNr(), place.getColumnNr());
    }

    /**
     * What is wrong with a text that is read as it comes. A failure to read it stays one, and so is
     * an early end.
     */
    static JsonException ofText(IOException e) throws IOException {
        if (e instanceof JsonEOFException) {
            throw new EOFException("the text ends within a value");
        }
        if (e instanceof JsonProcessingException || e instanceof CharConversionException) {
            return translated(e);
        }
        throw e;
    }

    private static JsonException translated(IOException e) {
        if (e instanceof JsonProcessingException bad) {
            var place = bad.getLocation();
            return place == null
                    ? new JsonException(bad.getOriginalMessage())
                    : JsonException.at(
                            bad.getOriginalMessage(), place.getLineNr(), place.getColumnNr());
        }
        if (e instanceof CharConversionException) {
            return new JsonException("the text is not UTF-8: " + e.getMessage());
        }
        throw new UncheckedIOException("reading from memory failed", e);
    }
}
