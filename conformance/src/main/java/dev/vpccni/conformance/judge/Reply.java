package dev.vpccni.conformance.judge;

import dev.vpccni.json.Json;
import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;

/** What a plugin said on standard output. */
public sealed interface Reply {

    /** Nothing. */
    record Silence() implements Reply {}

    /** An object that is an error: it has a code or a message. */
    record Refusal(JsonObject error) implements Reply {

        /** Returns its code, or -1 if that is no number. */
        public long code() {
            return error.value("code") instanceof Long code ? code : -1;
        }

        /** Returns its message and details, as far as they are texts. */
        public String words() {
            return text("msg") + " " + text("details");
        }

        private String text(String name) {
            return error.value(name) instanceof String text ? text : "";
        }
    }

    /** Any other object. */
    record Result(JsonObject object) implements Reply {}

    /** Anything else. */
    record Garbage() implements Reply {}

    /** Reads an output. */
    static Reply of(String output) {
        if (output.isBlank()) {
            return new Silence();
        }
        try {
            JsonObject object = JsonObject.of(Json.parse(output), "");
            boolean refuses = object.has("code") || object.has("msg");
            return refuses ? new Refusal(object) : new Result(object);
        } catch (JsonException e) {
            return new Garbage();
        }
    }
}
