package dev.vpccni.controller;

import dev.vpccni.json.Json;
import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import dev.vpccni.kubernetes.api.ApiClient;
import dev.vpccni.kubernetes.api.ApiException;
import dev.vpccni.kubernetes.api.ApiRequests;
import dev.vpccni.node.port.Tempo;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Which of several controllers acts: the one whose name is in a Lease that it has renewed of late.
 * Times are elapsed ones of each process' own, so that no clock has to be right. Whoever cannot
 * renew it stops {@link #FENCE} after its last success, and a request that it has begun ends within
 * 15 s; nobody else takes the Lease before {@link #LEASE} has passed without a change. One thread
 * runs it; any may ask.
 *
 * @see <a href="https://kubernetes.io/docs/concepts/architecture/leases/">Leases</a>
 */
final class Leadership implements Runnable {

    static final Duration LEASE = Duration.ofSeconds(30);
    static final Duration FENCE = Duration.ofSeconds(10);
    static final Duration RENEW = Duration.ofSeconds(3);

    private static final int CONFLICT = 409;
    private static final DateTimeFormatter MICROSECONDS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);

    private final ApiClient client;
    private final String collection;
    private final String name;
    private final String self;
    private final Tempo tempo;
    private final Consumer<String> log;
    private String seen = "";
    private long seenAt;
    private String told = "";
    private volatile long until;
    private volatile boolean ever;

    /**
     * @param namespace of the Lease
     * @param self who this is; no other process, and no earlier one, may have the same name
     * @param log is told who acts, and what is wrong
     */
    Leadership(
            ApiClient client,
            String namespace,
            String name,
            String self,
            Tempo tempo,
            Consumer<String> log) {
        this.client = client;
        this.name = name;
        this.self = self;
        this.tempo = tempo;
        this.log = log;
        collection = "/apis/coordination.k8s.io/v1/namespaces/" + namespace + "/leases";
    }

    /** Tells whether this process may act now. */
    boolean holds() {
        return ever && until - tempo.nanos() > 0;
    }

    @Override
    public void run() {
        try {
            while (true) {
                attempt();
                tempo.pause(RENEW);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /** Renews the Lease, or takes it where nobody has it any more. */
    void attempt() throws InterruptedException {
        long start = tempo.nanos();
        try {
            JsonObject lease = new ApiRequests(client).find(collection + "/" + name);
            if (lease == null) {
                write("POST", "", "", 0);
                hold(start);
                return;
            }
            JsonObject spec = lease.objectOrNull("spec");
            String version = lease.object("metadata").string("resourceVersion");
            String holder = spec == null ? "" : spec.string("holderIdentity", "");
            long transitions = spec == null ? 0 : spec.integer("leaseTransitions", 0);
            if (!version.equals(seen)) {
                seen = version;
                seenAt = start;
            }
            long theirs = spec == null ? 0 : spec.integer("leaseDurationSeconds", 0);
            Duration patience = Duration.ofSeconds(Math.clamp(theirs, LEASE.toSeconds(), 3_600));
            boolean own = holder.equals(self);
            if (own || holder.isEmpty() || start - seenAt >= patience.toNanos()) {
                write("PUT", "/" + name, version, own ? transitions : transitions + 1);
                hold(start);
            } else {
                ever = false;
                tell(holder + " has the lease " + name + ", and acts");
            }
        } catch (ApiException e) {
            ever &= e.status() != CONFLICT;
            tell(
                    e.status() == CONFLICT
                            ? "another one has taken the lease " + name
                            : "the lease " + name + " cannot be renewed: " + e.getMessage());
        } catch (JsonException e) {
            tell("the lease " + name + " cannot be understood: " + e.getMessage());
        }
    }

    private void hold(long start) {
        until = start + FENCE.toNanos();
        ever = true;
        tell("this is " + self + ", which has the lease " + name + ", and acts");
    }

    private void write(String method, String path, String version, long transitions)
            throws ApiException, InterruptedException {
        Instant now = tempo.wall();
        Map<String, @Nullable Object> metadata = new LinkedHashMap<>();
        metadata.put("name", name);
        if (!version.isEmpty()) {
            metadata.put("resourceVersion", version);
        }
        Map<String, @Nullable Object> spec = new LinkedHashMap<>();
        spec.put("holderIdentity", self);
        spec.put("leaseDurationSeconds", LEASE.toSeconds());
        spec.put("acquireTime", MICROSECONDS.format(now));
        spec.put("renewTime", MICROSECONDS.format(now));
        spec.put("leaseTransitions", transitions);
        Map<String, @Nullable Object> lease = new LinkedHashMap<>();
        lease.put("apiVersion", "coordination.k8s.io/v1");
        lease.put("kind", "Lease");
        lease.put("metadata", metadata);
        lease.put("spec", spec);
        client.send(method, collection + path, "application/json", Json.compact(lease));
    }

    private void tell(String line) {
        if (!line.equals(told)) {
            log.accept(line);
        }
        told = line;
    }
}
