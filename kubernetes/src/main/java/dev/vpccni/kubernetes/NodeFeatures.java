package dev.vpccni.kubernetes;

import dev.vpccni.json.Json;
import dev.vpccni.kubernetes.api.ApiClient;
import dev.vpccni.kubernetes.api.ApiException;
import dev.vpccni.kubernetes.api.ListWatch;
import dev.vpccni.node.port.Tempo;
import dev.vpccni.node.work.Retry;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Writes into the node's CNINode which features the node wants of the controller that attaches
 * trunks. The object is made by that controller; other features in it stay. One thread runs it.
 *
 * @see <a href="https://github.com/aws/amazon-vpc-resource-controller-k8s">the controller, whose
 *     resource CNINode is</a>
 */
public final class NodeFeatures implements Runnable, AutoCloseable {

    /** Where CNINodes are. */
    public static final String PATH = "/apis/vpcresources.k8s.aws/v1alpha1/cninodes";

    /** The feature of branch interfaces. */
    public static final String SECURITY_GROUPS = "SecurityGroupsForPods";

    /** The feature of which the value is an ENIConfig's name. */
    public static final String CUSTOM_NETWORKING = "CustomNetworking";

    /** What is wanted depends on what others change without a word; upstream looks as often. */
    private static final Duration PERIOD = Duration.ofSeconds(5);

    private static final Need NEED =
            new Need(
                    "get, list, watch, patch",
                    "vpcresources.k8s.aws",
                    "cninodes",
                    "ENABLE_POD_ENI or custom networking");

    private static final Duration PAUSE_MAX = Duration.ofMinutes(2);

    private final ApiClient client;
    private final String nodeName;
    private final Supplier<SortedMap<String, String>> wanted;
    private final Tempo tempo;
    private final Retry retry;
    private final Consumer<String> log;
    private final Tempo.Signal news;
    private final FeatureObject object;
    private final ListWatch watch;
    private volatile boolean closed;
    private String told = "";

    /**
     * @param wanted returns the features with their values, empty for none, as they are wanted now;
     *     must not wait
     * @param log is told in a line what is written, and what is wrong; must not wait
     * @param operator is told what the cluster lacks
     */
    public NodeFeatures(
            ApiClient client,
            String nodeName,
            Supplier<SortedMap<String, String>> wanted,
            ListWatch.Limits limits,
            Tempo tempo,
            RandomGenerator random,
            Consumer<String> log,
            Operator operator) {
        this.client = client;
        this.nodeName = nodeName;
        this.wanted = wanted;
        this.tempo = tempo;
        this.log = log;
        retry = new Retry(tempo, random);
        news = tempo.signal();
        object = new FeatureObject(news::raise);
        watch =
                new ListWatch(
                        client,
                        PATH,
                        "metadata.name=" + nodeName,
                        new Told(object, new Complaint("read its CNINode", NEED, log, operator)),
                        limits,
                        tempo,
                        random);
    }

    /** Writes what is wanted until it is closed. */
    @Override
    public void run() {
        tempo.start("watch of its CNINode", watch);
        int failures = 0;
        try {
            while (!closed) {
                boolean _ = news.await(PERIOD);
                try {
                    write();
                    failures = 0;
                } catch (ApiException e) {
                    failures++;
                    tell("the CNINode " + nodeName + " cannot be changed: " + e.getMessage());
                    // Changes of the object are no reason to ask sooner.
                    tempo.pause(retry.after(failures, PERIOD, PAUSE_MAX));
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed = true;
        watch.stop();
        news.raise();
    }

    private void write() throws ApiException, InterruptedException {
        SortedMap<String, String> features = wanted.get();
        FeatureObject.Said said = object.said();
        if (features.isEmpty() || !object.isRead()) {
            return;
        }
        if (said == null) {
            tell(
                    "the CNINode "
                            + nodeName
                            + " does not exist: the VPC resource controller makes it, or"
                            + " vpc-cni's branch-controller; pods get no interfaces of their own"
                            + " until then");
            return;
        }
        if (!said.problem().isEmpty()) {
            tell("the CNINode " + nodeName + " cannot be understood: " + said.problem());
            return;
        }
        List<Map<String, @Nullable Object>> all = said.with(features);
        if (all != null) {
            client.send(
                    "PATCH",
                    PATH + "/" + nodeName,
                    "application/merge-patch+json",
                    Json.compact(patch(said.version(), all)));
            tell("the CNINode " + nodeName + " is told that the node wants " + features);
        }
    }

    /** With the version that was seen, so that what others change meanwhile is not lost. */
    private static Map<String, @Nullable Object> patch(
            String version, List<Map<String, @Nullable Object>> features) {
        Map<String, @Nullable Object> metadata = new LinkedHashMap<>();
        metadata.put("resourceVersion", version);
        Map<String, @Nullable Object> spec = new LinkedHashMap<>();
        spec.put("features", features);
        Map<String, @Nullable Object> patch = new LinkedHashMap<>();
        patch.put("metadata", metadata);
        patch.put("spec", spec);
        return patch;
    }

    private void tell(String line) {
        if (!line.equals(told)) {
            log.accept(line);
        }
        told = line;
    }
}
