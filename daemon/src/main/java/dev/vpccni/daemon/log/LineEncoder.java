package dev.vpccni.daemon.log;

import dev.vpccni.daemon.log.Log.Line;
import dev.vpccni.json.Json;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** A line as upstream writes it: one JSON object with level, ts, caller and msg. */
final class LineEncoder {

    private LineEncoder() {}

    static byte[] encode(Line line) {
        return text(line).getBytes(StandardCharsets.UTF_8);
    }

    static String text(Line line) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("level", line.level().name().toLowerCase(Locale.ROOT));
        tree.put("ts", time(line.time()));
        tree.put("caller", line.caller());
        tree.put("msg", line.message());
        Throwable cause = line.cause();
        if (cause != null) {
            var stack = new StringWriter();
            cause.printStackTrace(new PrintWriter(stack));
            tree.put("stacktrace", stack.toString());
        }
        return Json.compact(tree) + "\n";
    }

    /** ISO 8601 in UTC, always with three digits of milliseconds. */
    static String time(Instant time) {
        String seconds = time.truncatedTo(ChronoUnit.SECONDS).toString();
        String millis = Long.toString(1_000 + Math.floorMod(time.toEpochMilli(), 1_000L));
        return seconds.replace("Z", "." + millis.substring(1) + "Z");
    }
}
