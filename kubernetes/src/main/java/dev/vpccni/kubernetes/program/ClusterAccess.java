package dev.vpccni.kubernetes.program;

import dev.vpccni.kubernetes.api.ApiAccess;
import dev.vpccni.kubernetes.api.ApiClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Finds the cluster that a command is about. */
public final class ClusterAccess {

    private ClusterAccess() {}

    /**
     * Returns a client of the cluster that the environment names, or else of the one in {@code
     * .kube/config}, as for kubectl. Nothing is sent yet.
     *
     * @param version of this program
     * @throws IOException if no cluster is named
     */
    public static ApiClient of(Map<String, String> environment, String version) throws IOException {
        String agent = "vpc-cni/" + version;
        ApiAccess named = ApiAccess.from(environment);
        if (named != null) {
            return new ApiClient(named, agent);
        }
        Path file = Path.of(environment.getOrDefault("HOME", "/"), ".kube", "config");
        if (!Files.exists(file)) {
            throw new IOException("which cluster? Set KUBECONFIG: there is no " + file + " either");
        }
        return new ApiClient(new ApiAccess.Kubeconfig(file, ""), agent);
    }
}
