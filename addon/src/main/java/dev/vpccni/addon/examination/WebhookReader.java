package dev.vpccni.addon.examination;

import dev.vpccni.doctor.cluster.seen.SeenWebhook;
import dev.vpccni.doctor.snapshot.Fact;
import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import dev.vpccni.json.JsonShape;
import dev.vpccni.kubernetes.api.ApiClient;
import dev.vpccni.kubernetes.api.ApiException;
import dev.vpccni.kubernetes.api.ApiRequests;
import dev.vpccni.kubernetes.api.LabelSelector;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads the cluster's webhooks, and whether those that pods need have somebody to answer. */
final class WebhookReader {

    private static final String GROUP = "/apis/admissionregistration.k8s.io/v1/";
    private static final JsonShape SHAPE =
            JsonShape.of().with("metadata", JsonShape.of("name")).with("webhooks", JsonShape.ALL);
    private static final JsonShape SLICE =
            JsonShape.of().with("endpoints", JsonShape.of("conditions"));

    /** So many Services are asked about; a cluster with more webhooks has been told enough. */
    private static final int SERVICES_MAX = 50;

    private final ApiRequests requests;
    private final String namespace;
    private final SortedMap<String, String> podLabels;
    private final Map<String, Boolean> served = new TreeMap<>();

    /**
     * @param namespace of the daemon
     * @param podLabels of its pods
     */
    WebhookReader(ApiRequests requests, String namespace, SortedMap<String, String> podLabels) {
        this.requests = requests;
        this.namespace = namespace;
        this.podLabels = podLabels;
    }

    Fact<List<SeenWebhook>> read() throws ApiException, JsonException, InterruptedException {
        JsonObject labels =
                requests.get("/api/v1/namespaces/" + namespace)
                        .object("metadata")
                        .objectOrNull("labels");
        SortedMap<String, String> ofNamespace = LabelSelector.labels(labels);
        var all = new ArrayList<SeenWebhook>();
        for (String kind : List.of("validating", "mutating")) {
            var configurations = new ArrayList<JsonObject>();
            requests.list(GROUP + kind + "webhookconfigurations", "", SHAPE, configurations::add);
            for (JsonObject configuration : configurations) {
                String name = configuration.object("metadata").string("name");
                for (JsonObject webhook : configuration.objects("webhooks")) {
                    all.add(seen(kind + "webhookconfiguration", name, webhook, ofNamespace));
                }
            }
        }
        return new Fact.Seen<>(all);
    }

    private SeenWebhook seen(
            String kind,
            String configuration,
            JsonObject webhook,
            SortedMap<String, String> ofNamespace)
            throws ApiException, JsonException, InterruptedException {
        boolean required = webhook.string("failurePolicy", "Fail").equals("Fail");
        boolean ofPods = isOfPods(webhook);
        JsonObject client = webhook.objectOrNull("clientConfig");
        JsonObject service = client == null ? null : client.objectOrNull("service");
        String named =
                service == null ? "" : service.string("namespace") + "/" + service.string("name");
        boolean relevant = required && ofPods && !named.isEmpty();
        return new SeenWebhook(
                kind,
                configuration,
                webhook.string("name"),
                required,
                ofPods,
                isOfSystem(webhook, ofNamespace),
                named,
                !relevant || isServed(named));
    }

    private static boolean isOfPods(JsonObject webhook) throws JsonException {
        for (JsonObject rule : webhook.objects("rules")) {
            boolean group = hasAny(rule.strings("apiGroups"), "", "*");
            boolean resource = hasAny(rule.strings("resources"), "pods", "*", "*/*");
            boolean operation = hasAny(rule.strings("operations"), "CREATE", "*");
            if (group && resource && operation) {
                return true;
            }
        }
        return false;
    }

    private static boolean hasAny(List<String> values, String... wanted) {
        return List.of(wanted).stream().anyMatch(values::contains);
    }

    /** What is written in expressions may exclude it, and counts as if it did. */
    private boolean isOfSystem(JsonObject webhook, SortedMap<String, String> ofNamespace)
            throws JsonException {
        return webhook.list("matchConditions").isEmpty()
                && selects(webhook.objectOrNull("namespaceSelector"), ofNamespace)
                && selects(webhook.objectOrNull("objectSelector"), podLabels);
    }

    private static boolean selects(@Nullable JsonObject selector, SortedMap<String, String> labels)
            throws JsonException {
        return selector == null || LabelSelector.read(selector).selects(labels);
    }

    private boolean isServed(String service)
            throws ApiException, JsonException, InterruptedException {
        Boolean known = served.get(service);
        if (known == null && served.size() < SERVICES_MAX) {
            known = hasEndpoint(service);
            served.put(service, known);
        }
        return known == null || known;
    }

    private boolean hasEndpoint(String service)
            throws ApiException, JsonException, InterruptedException {
        String[] names = service.split("/", 2);
        var slices = new ArrayList<JsonObject>();
        requests.list(
                "/apis/discovery.k8s.io/v1/namespaces/" + names[0] + "/endpointslices",
                "&labelSelector=" + ApiClient.query("kubernetes.io/service-name=" + names[1]),
                SLICE,
                slices::add);
        for (JsonObject slice : slices) {
            for (JsonObject endpoint : slice.objects("endpoints")) {
                JsonObject conditions = endpoint.objectOrNull("conditions");
                if (conditions == null || conditions.truth("ready", true)) {
                    return true;
                }
            }
        }
        return false;
    }
}
