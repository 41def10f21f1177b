package dev.vpccni.json;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes one value as text, in the layout and with the escapes of Go's {@code encoding/json}. */
final class JsonWriter {

    private static final char[] HEX = "0123456789abcdef".toCharArray();

    private final StringBuilder out = new StringBuilder(256);
    private final int spaces;
    private final boolean html;

    JsonWriter(int spaces, boolean html) {
        this.spaces = spaces;
        this.html = html;
    }

    String write(@Nullable Object value) {
        value(value, 0);
        return out.toString();
    }

    private void value(@Nullable Object value, int depth) {
        switch (value) {
            case null -> out.append("null");
            case String text -> string(text);
            case Boolean truth -> out.append(truth.booleanValue());
            case Double number -> real(number);
            case Long number -> out.append(number.longValue());
            case Integer number -> out.append(number.intValue());
            case BigDecimal number -> out.append(number);
            case BigInteger number -> out.append(number);
            case Map<?, ?> members -> object(members, depth);
            case List<?> items -> array(items, depth);
            default ->
                    throw new IllegalArgumentException(
                            value.getClass().getName() + " has no form in JSON");
        }
    }

    private void object(Map<?, ?> members, int depth) {
        out.append('{');
        boolean first = true;
        for (Map.Entry<?, ?> member : members.entrySet()) {
            if (!first) {
                out.append(',');
            }
            first = false;
            newLine(depth + 1);
            if (!(member.getKey() instanceof String name)) {
                throw new IllegalArgumentException("a member's name is no string");
            }
            string(name);
            out.append(spaces > 0 ? ": " : ":");
            value(member.getValue(), depth + 1);
        }
        if (!first) {
            newLine(depth);
        }
        out.append('}');
    }

    private void array(List<?> items, int depth) {
        out.append('[');
        for (Iterator<?> each = items.iterator(); each.hasNext(); ) {
            newLine(depth + 1);
            value(each.next(), depth + 1);
            if (each.hasNext()) {
                out.append(',');
            }
        }
        if (!items.isEmpty()) {
            newLine(depth);
        }
        out.append(']');
    }

    private void newLine(int depth) {
        if (spaces > 0) {
            out.append('\n').repeat(' ', depth * spaces);
        }
    }

    /** A whole number is written without a fraction, as Go writes a float. */
    private void real(double number) {
        if (!Double.isFinite(number)) {
            throw new IllegalArgumentException(number + " has no form in JSON");
        }
        if (number == Math.rint(number) && Math.abs(number) < 1e15) {
            out.append((long) number);
        } else {
            out.append(number);
        }
    }

    /** Copies what stands for itself in runs, because a text is mostly that. */
    private void string(String text) {
        out.append('"');
        int run = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= ' ' && c != '"' && c != '\\' && !isEscaped(c) && !isUnpaired(text, i)) {
                continue;
            }
            out.append(text, run, i);
            run = i + 1;
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                default -> escape(c);
            }
        }
        out.append(text, run, text.length()).append('"');
    }

    /** Line separators end a statement in older JavaScript, so Go escapes them always. */
    private boolean isEscaped(char c) {
        return c == '\u2028' || c == '\u2029' || (html && (c == '<' || c == '>' || c == '&'));
    }

    /** Half of a surrogate pair has no form in UTF-8, so it must not be written as it is. */
    private static boolean isUnpaired(String text, int i) {
        char c = text.charAt(i);
        if (Character.isHighSurrogate(c)) {
            return i + 1 == text.length() || !Character.isLowSurrogate(text.charAt(i + 1));
        }
        return Character.isLowSurrogate(c)
                && (i == 0 || !Character.isHighSurrogate(text.charAt(i - 1)));
    }

    private void escape(char c) {
        out.append("\\u");
        for (int shift = 12; shift >= 0; shift -= 4) {
            out.append(HEX[c >> shift & 0xf]);
        }
    }
}
