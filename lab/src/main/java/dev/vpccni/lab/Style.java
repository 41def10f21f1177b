package dev.vpccni.lab;

import java.nio.charset.Charset;
import java.util.Map;

/**
 * How text for a terminal may look.
 *
 * @param colours whether it understands ANSI escapes
 * @param unicode whether it shows more than ASCII
 */
public record Style(boolean colours, boolean unicode) {

    private static final String RESET = "\u001b[0m";

    /** Nothing but text. */
    public static final Style PLAIN = new Style(false, false);

    /**
     * Returns what the terminal of this process can show: colours only on a terminal, and not where
     * {@code NO_COLOR} asks for none.
     */
    public static Style of(Map<String, String> environment, boolean terminal, Charset charset) {
        boolean wanted = environment.getOrDefault("NO_COLOR", "").isEmpty();
        boolean able = !environment.getOrDefault("TERM", "dumb").equals("dumb");
        return new Style(terminal && wanted && able, charset.newEncoder().canEncode('\u25cf'));
    }

    String bold(String text) {
        return escape("1", text);
    }

    String dim(String text) {
        return escape("2", text);
    }

    String green(String text) {
        return escape("32", text);
    }

    String yellow(String text) {
        return escape("33", text);
    }

    String red(String text) {
        return escape("31", text);
    }

    String cyan(String text) {
        return escape("36", text);
    }

    /** Returns the sign of an address in {@code state}, as {@code lab status} names states. */
    String sign(String state) {
        return switch (state) {
            case "primary" -> cyan(unicode ? "\u25c6" : "P");
            case "assigned" -> green(unicode ? "\u25cf" : "#");
            case "cooling" -> yellow(unicode ? "\u25cd" : "~");
            default -> dim(unicode ? "\u25cb" : ".");
        };
    }

    private String escape(String code, String text) {
        return colours ? "\u001b[" + code + "m" + text + RESET : text;
    }
}
