package dev.vpccni.daemon.plugin;

import dev.vpccni.cni.CniError;
import dev.vpccni.cni.CniException;
import dev.vpccni.cni.CniRequest;
import dev.vpccni.json.Json;
import dev.vpccni.json.JsonException;
import java.io.ByteArrayInputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A request as it came. */
public final class ShimRequest {

    /** Bytes; a larger frame counts as large, since what most runtimes send has 1 or 2 KiB. */
    static final int SMALL_MAX = 32 << 10;

    /**
     * An empty object takes three bytes of text and fifty of memory. A pod's annotations are at
     * most 87,000 short ones of two tokens each, for keys and values have 256 KiB together.
     */
    private static final int TOKENS_MAX = 256 << 10;

    private static final byte[] EGRESS = "\"egress-cni\"".getBytes(StandardCharsets.US_ASCII);

    private final int descriptors;
    private final boolean takesOrders;
    private final long startedNanos;
    private final int deadlineMillis;
    private final SortedMap<String, String> environment;
    private final byte[] frame;
    private final int inputBegin;
    private final int inputEnd;

    ShimRequest(
            int descriptors,
            boolean takesOrders,
            long startedNanos,
            int deadlineMillis,
            Map<String, String> environment,
            byte[] frame,
            int inputBegin,
            int inputEnd) {
        this.descriptors = descriptors;
        this.takesOrders = takesOrders;
        this.startedNanos = startedNanos;
        this.deadlineMillis = deadlineMillis;
        this.environment = new TreeMap<>(environment);
        this.frame = frame;
        this.inputBegin = inputBegin;
        this.inputEnd = inputEnd;
    }

    /** Returns how many descriptors it says came with it: 0 or 2. */
    int descriptors() {
        return descriptors;
    }

    /** Tells whether the plugin understands orders before the answer. */
    boolean takesOrders() {
        return takesOrders;
    }

    /** Returns when the plugin began, by the monotonic clock. */
    long startedNanos() {
        return startedNanos;
    }

    /** Returns how long after that the plugin goes away, in milliseconds. */
    int deadlineMillis() {
        return deadlineMillis;
    }

    /** Returns the verb, or a question mark if it has none. */
    String command() {
        return environment.getOrDefault("CNI_COMMAND", "?");
    }

    /** Returns the variables. */
    SortedMap<String, String> environment() {
        return environment;
    }

    /** Tells whether it takes so much memory that one at a time is enough. */
    boolean isLarge() {
        return inputEnd > SMALL_MAX;
    }

    /**
     * Tells whether it names {@code egress-cni}, without reading it: good enough to choose a thread
     * by. Of a large one that is not looked for.
     */
    boolean isLikelyEgress() {
        if (isLarge()) {
            return false;
        }
        int last = inputEnd - EGRESS.length;
        for (int at = inputBegin; at <= last; at++) {
            if (Arrays.equals(frame, at, at + EGRESS.length, EGRESS, 0, EGRESS.length)) {
                return true;
            }
        }
        return false;
    }

    /** Returns what it asks for. */
    public CniRequest parse() throws CniException {
        try {
            return CniRequest.parse(environment, tree());
        } catch (JsonException e) {
            throw new CniException(new CniError.MalformedInput(String.valueOf(e.getMessage())), e);
        }
    }

    private @Nullable Object tree() throws JsonException {
        int length = inputEnd - inputBegin;
        if (!isLarge()) {
            return Json.parse(new String(frame, inputBegin, length, StandardCharsets.UTF_8));
        }
        var bytes = new ByteArrayInputStream(frame, inputBegin, length);
        return Json.parse(new InputStreamReader(bytes, StandardCharsets.UTF_8), TOKENS_MAX);
    }
}
