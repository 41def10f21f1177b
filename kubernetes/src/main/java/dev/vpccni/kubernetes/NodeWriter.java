package dev.vpccni.kubernetes;

import dev.vpccni.json.Json;
import dev.vpccni.kubernetes.api.ApiClient;
import dev.vpccni.kubernetes.api.ApiException;
import dev.vpccni.node.port.Tempo;
import dev.vpccni.node.work.Retry;
import java.time.Duration;

/**
 * Writes the node's object, with pauses that grow: also where it was written and soon is not so any
 * more, since whoever changed it may do so again. Used by one thread.
 */
final class NodeWriter {

    private static final Duration FIRST_PAUSE = Duration.ofSeconds(2);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

    /** What held for so long may be changed for a reason of its own. */
    private static final Duration STEADY = Duration.ofMinutes(10);

    private final ApiClient client;
    private final String nodeName;
    private final Tempo tempo;
    private final Retry retry;

    NodeWriter(ApiClient client, String nodeName, Tempo tempo, Retry retry) {
        this.client = client;
        this.nodeName = nodeName;
        this.tempo = tempo;
        this.retry = retry;
    }

    /** One thing that is written again and again, where that takes it. */
    final class Thing {

        private final Complaint complaint;
        private String last = "";
        private int times;
        private long notBefore;
        private long at;

        Thing(Complaint complaint) {
            this.complaint = complaint;
        }

        /**
         * Writes it, unless that was tried a moment ago.
         *
         * @param purpose what is to be so; another one is written at once
         * @param part of the object, such as {@code /status}; may be empty
         * @param type of the patch
         * @return whether it was written
         */
        boolean write(String purpose, String part, String type, Object patch)
                throws InterruptedException {
            long now = tempo.nanos();
            boolean steady = now - at >= STEADY.toNanos();
            if (!purpose.equals(last) || steady) {
                times = 0;
                last = purpose;
            } else if (now - notBefore < 0) {
                return false;
            }
            times++;
            at = now;
            Duration rest = retry.after(times, FIRST_PAUSE, LONGEST_PAUSE);
            boolean written = false;
            try {
                client.send("PATCH", "/api/v1/nodes/" + nodeName + part, type, Json.compact(patch));
                complaint.works();
                written = true;
            } catch (ApiException e) {
                Duration asked = e.retryAfter();
                rest = rest.compareTo(asked) > 0 ? rest : asked;
                complaint.failed(e.status(), String.valueOf(e.getMessage()));
            }
            notBefore = tempo.nanos() + rest.toNanos();
            return written;
        }
    }
}
