package dev.vpccni.lab;

import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Draws what {@code lab connectivity} answers: a row for each who asks, a column for each who is
 * asked. Where the other end saw the asker's own address there is a mark; where it saw another one,
 * a letter, and below the matrix what it stands for.
 */
public final class ConnectivityPicture {

    private static final String LETTERS = "abcdefghijklmnopqrstuvwxyz";

    private final Style style;

    /** Draws in {@code style}. */
    public ConnectivityPicture(Style style) {
        this.style = style;
    }

    /**
     * Returns the picture, lines without a final newline.
     *
     * @param connectivity as {@code lab connectivity -o json} prints it
     * @throws JsonException if it is something else
     */
    public String draw(JsonObject connectivity) throws JsonException {
        List<JsonObject> rows = connectivity.objects("rows");
        var columns = new ArrayList<String>();
        int width = 0;
        for (JsonObject row : rows) {
            addAbsent(columns, row.string("from"));
            width = Math.max(width, row.string("from").length());
        }
        for (JsonObject row : rows) {
            for (JsonObject result : row.objects("results")) {
                addAbsent(columns, result.string("to"));
            }
        }
        Map<String, String> letters = new LinkedHashMap<>();
        var lines = new ArrayList<String>();
        lines.add(header(columns, width));
        for (JsonObject row : rows) {
            lines.add(line(row, columns, width, letters));
        }
        lines.add("");
        lines.add(
                mark(true)
                        + " reached, and seen with its own address   "
                        + mark(false)
                        + " not reached");
        letters.forEach((address, letter) ->
                lines.add(style.yellow(letter) + " reached, and seen as " + address));
        return String.join("\n", lines);
    }

    private String header(List<String> columns, int width) {
        var header = new StringBuilder(" ".repeat(width));
        for (String column : columns) {
            header.append("  ").append(style.bold(column));
        }
        return header.toString();
    }

    private String line(
            JsonObject row, List<String> columns, int width, Map<String, String> letters)
            throws JsonException {
        String from = row.string("from");
        Map<String, @Nullable String> seen = new LinkedHashMap<>();
        for (JsonObject result : row.objects("results")) {
            seen.put(result.string("to"), result.stringOrNull("seen"));
        }
        var line = new StringBuilder(style.bold(from) + " ".repeat(width - from.length()));
        for (String column : columns) {
            String cell = " ";
            if (seen.containsKey(column)) {
                String address = seen.get(column);
                cell =
                        address == null || address.equals(row.string("address"))
                                ? mark(address != null)
                                : style.yellow(letter(address, letters));
            }
            int left = (column.length() - 1) / 2;
            line.append("  ")
                    .append(" ".repeat(left))
                    .append(cell)
                    .append(" ".repeat(column.length() - 1 - left));
        }
        return line.toString().stripTrailing();
    }

    private static String letter(String address, Map<String, String> letters) {
        return letters.computeIfAbsent(
                address,
                _ -> {
                    int next = letters.size() % LETTERS.length();
                    return LETTERS.substring(next, next + 1);
                });
    }

    private String mark(boolean reached) {
        String yes = style.unicode() ? "\u2713" : "+";
        String no = style.unicode() ? "\u2717" : "-";
        return reached ? style.green(yes) : style.red(no);
    }

    private static void addAbsent(List<String> names, String name) {
        if (!names.contains(name)) {
            names.add(name);
        }
    }
}
