package dev.vpccni.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Objects in UTF-8 that come one after the other, or as the elements of one array, and of each of
 * which only a part is kept. However long the text is, what it takes is what one object's part
 * takes, and a buffer. A value is complete with its last bracket: nothing is read ahead that has
 * not come yet. Not for use by several threads.
 */
public final class JsonStream implements Closeable {

    /** Names, values and brackets of one object that may be kept. */
    static final int KEPT_MAX = 20_000;

    private final InputStream text;
    private @Nullable JsonParser opened;
    private int kept;

    /** Takes the elements of a list. */
    public interface Sink {
        /**
         * Takes the next one.
         *
         * @throws JsonException if it is not as it should be, which ends the reading
         */
        void accept(JsonObject element) throws JsonException;
    }

    /**
     * Reads nothing yet.
     *
     * @param text is closed together with this
     */
    public JsonStream(InputStream text) {
        this.text = text;
    }

    /**
     * Returns what {@code shape} keeps of the next object; null at the end of the text.
     *
     * @throws JsonException if there is something else
     * @throws IOException if the text cannot be read, or ends within the object
     */
    public @Nullable JsonObject next(JsonShape shape) throws JsonException, IOException {
        kept = 0;
        try {
            JsonParser parser = parser();
            JsonToken token = parser.nextToken();
            return token == null ? null : JsonObject.of(value(parser, shape), "");
        } catch (IOException e) {
            throw Json.ofText(e);
        }
    }

    /**
     * Reads an object of which one array's elements are handed on one by one.
     *
     * @param array the array's name; it may be absent, or null
     * @param element what is kept of each element
     * @param rest what is kept of the other members
     * @return these
     * @throws JsonException if there is something else
     * @throws IOException if the text cannot be read, or ends within the object
     */
    public JsonObject list(String array, JsonShape element, JsonShape rest, Sink sink)
            throws JsonException, IOException {
        kept = 0;
        try {
            JsonParser parser = parser();
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw Json.at(parser, "an object is expected");
            }
            Map<String, @Nullable Object> members = new LinkedHashMap<>();
            String name = parser.nextFieldName();
            for (; name != null; name = parser.nextFieldName()) {
                JsonToken token = parser.nextToken();
                if (name.equals(array) && token == JsonToken.START_ARRAY) {
                    while (parser.nextToken() != JsonToken.END_ARRAY) {
                        kept = 0;
                        sink.accept(JsonObject.of(value(parser, element), array));
                    }
                } else {
                    put(parser, members, name, rest.part(name));
                }
            }
            if (parser.currentToken() != JsonToken.END_OBJECT) {
                throw Json.at(parser, "the end of the object is missing");
            }
            return JsonObject.of(members, "");
        } catch (IOException e) {
            throw Json.ofText(e);
        }
    }

    @Override
    public void close() throws IOException {
        if (opened != null) {
            opened.close();
        }
        text.close();
    }

    /** Which waits for the first bytes, to see in which encoding they are. */
    private JsonParser parser() throws IOException {
        if (opened == null) {
            opened = Json.streaming(text);
        }
        return opened;
    }

    private @Nullable Object value(JsonParser parser, JsonShape shape)
            throws IOException, JsonException {
        if (++kept > KEPT_MAX) {
            throw Json.at(parser, "an object has more than " + KEPT_MAX + " names and values");
        }
        return switch (parser.currentToken()) {
            case START_OBJECT -> object(parser, shape);
            case START_ARRAY -> array(parser, shape);
            case null, default -> Json.scalar(parser);
        };
    }

    private Map<String, @Nullable Object> object(JsonParser parser, JsonShape shape)
            throws IOException, JsonException {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            parser.nextToken();
            put(parser, members, name, shape.part(name));
        }
        return members;
    }

    private void put(
            JsonParser parser,
            Map<String, @Nullable Object> members,
            String name,
            @Nullable JsonShape shape)
            throws IOException, JsonException {
        if (shape == null) {
            parser.skipChildren();
        } else {
            members.put(name, value(parser, shape));
        }
    }

    private List<@Nullable Object> array(JsonParser parser, JsonShape shape)
            throws IOException, JsonException {
        List<@Nullable Object> items = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            items.add(value(parser, shape));
        }
        return items;
    }
}
