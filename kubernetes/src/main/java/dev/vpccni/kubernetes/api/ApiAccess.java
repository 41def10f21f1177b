package dev.vpccni.kubernetes.api;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where the API server is, and who asks it. Nothing is read yet, and no class of the client is
 * loaded.
 */
public sealed interface ApiAccess {

    /** Where the kubelet puts what a pod's service account is proven by. */
    Path SERVICE_ACCOUNT = Path.of("/var/run/secrets/kubernetes.io/serviceaccount");

    /**
     * As the service account of a pod.
     *
     * @param url such as {@code https://10.100.0.1:443}
     * @param folder with {@code token}, which is replaced before it expires, and {@code ca.crt}
     */
    record InCluster(String url, Path folder) implements ApiAccess {}

    /**
     * As a kubeconfig's current context says.
     *
     * @param file its path
     * @param url in place of the one that it names, or empty
     */
    record Kubeconfig(Path file, String url) implements ApiAccess {}

    /**
     * Returns what the environment says: {@code KUBECONFIG}, else {@code KUBERNETES_SERVICE_HOST}
     * and {@code _PORT} with a service account; {@code CLUSTER_ENDPOINT} in place of either's
     * server. Null where there is no cluster.
     */
    static @Nullable ApiAccess from(Map<String, String> environment) {
        String endpoint = url(environment.getOrDefault("CLUSTER_ENDPOINT", ""));
        String kubeconfig = environment.getOrDefault("KUBECONFIG", "");
        String host = environment.getOrDefault("KUBERNETES_SERVICE_HOST", "");
        if (!kubeconfig.isEmpty()) {
            return new Kubeconfig(Path.of(kubeconfig), endpoint);
        }
        if (host.isEmpty()) {
            return null;
        }
        String port = environment.getOrDefault("KUBERNETES_SERVICE_PORT", "");
        String literal = host.contains(":") ? "[" + host + "]" : host;
        String service = "https://" + literal + ":" + (port.isEmpty() ? "443" : port);
        return new InCluster(endpoint.isEmpty() ? service : endpoint, SERVICE_ACCOUNT);
    }

    private static String url(String endpoint) {
        return endpoint.isEmpty() || endpoint.contains("://") ? endpoint : "https://" + endpoint;
    }
}
