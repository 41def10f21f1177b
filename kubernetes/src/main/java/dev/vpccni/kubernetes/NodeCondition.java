package dev.vpccni.kubernetes;

import dev.vpccni.kubernetes.NodeObject.Condition;
import dev.vpccni.node.port.Tempo;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The Node's condition {@code NetworkUnavailable}, from which the cluster's controller makes a
 * taint that keeps new pods off. Used by one thread.
 *
 * @see <a
 *     href="https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/#taint-nodes-by-condition">
 *     Taint nodes by condition</a>
 */
final class NodeCondition implements NodeDuty {

    /** How long a node that took pods takes them still: a daemon that starts anew needs less. */
    static final Duration GRACE = Duration.ofSeconds(15);

    /** How often the message is written anew where nothing else has changed. */
    private static final Duration MESSAGE_PAUSE = Duration.ofMinutes(1);

    private static final Need NEED = new Need("patch", "", "nodes/status", "nodeCondition.enabled");
    private static final String REASON = "VpcCniNotReady";
    private static final String REASON_WELL = "VpcCniReady";
    private static final String MESSAGE_WELL = "pods can be given addresses";
    private static final int MESSAGE_MAX = 1024;
    private static final DateTimeFormatter SECONDS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss'Z'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);

    private final Tempo tempo;
    private final NodeWriter.Thing thing;
    private boolean obstructed;
    private long since;
    private long saidAt;

    NodeCondition(NodeWriter writer, Tempo tempo, Consumer<String> log, Operator operator) {
        this.tempo = tempo;
        thing = writer.new Thing(new Complaint("write its condition", NEED, log, operator));
    }

    @Override
    public void attend(NodeObject.Said said, @Nullable String obstacle)
            throws InterruptedException {
        long now = tempo.nanos();
        if (obstructed != (obstacle != null)) {
            obstructed = obstacle != null;
            since = now;
        }
        Condition present = said.condition();
        Condition wanted = wanted(present, obstacle, now);
        if (wanted != null
                && thing.write(
                        wanted.status() + wanted.message(),
                        "/status",
                        "application/strategic-merge-patch+json",
                        patch(wanted, present))) {
            saidAt = now;
        }
    }

    /** Returns what it is to be; null for what it is. */
    private @Nullable Condition wanted(
            @Nullable Condition present, @Nullable String obstacle, long now) {
        String status = present == null ? "" : present.status();
        if (obstacle == null) {
            // Whoever else says so is right.
            return status.equals("False")
                    ? null
                    : new Condition("False", REASON_WELL, MESSAGE_WELL);
        }
        var wanted = new Condition("True", REASON, cut(obstacle));
        if (status.equals("True")) {
            boolean ours = present != null && present.reason().equals(REASON);
            boolean late = now - saidAt >= MESSAGE_PAUSE.toNanos();
            return ours && late && !wanted.equals(present) ? wanted : null;
        }
        boolean took = status.equals("False");
        return took && now - since < GRACE.toNanos() ? null : wanted;
    }

    private Map<String, Object> patch(Condition wanted, @Nullable Condition present) {
        String now = SECONDS.format(tempo.wall());
        Map<String, Object> condition = new LinkedHashMap<>();
        condition.put("type", NodeObject.NETWORK_UNAVAILABLE);
        condition.put("status", wanted.status());
        condition.put("reason", wanted.reason());
        condition.put("message", wanted.message());
        condition.put("lastHeartbeatTime", now);
        if (present == null || !present.status().equals(wanted.status())) {
            condition.put("lastTransitionTime", now);
        }
        // Conditions are merged by their type: others stay.
        return Map.of("status", Map.of("conditions", List.of(condition)));
    }

    private static String cut(String text) {
        return text.length() <= MESSAGE_MAX ? text : text.substring(0, MESSAGE_MAX - 1) + "…";
    }
}
