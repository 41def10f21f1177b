package dev.vpccni.lab.runtime;

import dev.vpccni.emulator.fabric.Program;
import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import java.io.IOException;
import java.io.Serial;
import java.util.Locale;

/** A plugin refused, with an error as the CNI specification has it (section 5). */
public final class PluginException extends IOException {

    @Serial private static final long serialVersionUID = 1L;

    private final long code;

    private PluginException(String message, long code) {
        super(message);
        this.code = code;
    }

    /** Returns the error's code, and 0 if the plugin gave none. */
    public long code() {
        return code;
    }

    /** Returns what a plugin said when it ended with another status than 0. */
    static PluginException of(String type, String verb, Program.Ended ended) {
        String failed =
                "plugin type=\"" + type + "\" failed (" + verb.toLowerCase(Locale.ROOT) + "): ";
        try {
            JsonObject error = JsonObject.parse(ended.output());
            String details = error.string("details", "");
            return new PluginException(
                    failed + error.string("msg", "") + (details.isEmpty() ? "" : "; " + details),
                    error.integer("code", 0));
        } catch (JsonException noError) {
            String said = (ended.output() + ended.errors()).strip();
            return new PluginException(
                    failed
                            + "status "
                            + ended.status()
                            + (said.isEmpty() ? " and no word" : ": " + said),
                    0);
        }
    }
}
