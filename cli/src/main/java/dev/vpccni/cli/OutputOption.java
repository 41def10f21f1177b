package dev.vpccni.cli;

import dev.vpccni.json.Json;
import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a listing is printed. */
final class OutputOption {

    /** The forms that there are. */
    enum Form {
        TEXT,
        JSON
    }

    /** Turns an answer into text for people. */
    @FunctionalInterface
    interface Drawing {
        String draw(JsonObject answer) throws JsonException;
    }

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORM",
            defaultValue = "text",
            description = "text or json (default: ${DEFAULT-VALUE}).")
    private Form form = Form.TEXT;

    /** Prints {@code answer}, drawn by {@code drawing} unless JSON is wanted. */
    void print(JsonObject answer, Drawing drawing) throws JsonException {
        if (form == Form.JSON) {
            var members = new LinkedHashMap<String, @Nullable Object>();
            for (String name : answer.names()) {
                members.put(name, answer.value(name));
            }
            System.out.println(Json.compact(members));
        } else {
            System.out.println(drawing.draw(answer));
        }
    }
}
