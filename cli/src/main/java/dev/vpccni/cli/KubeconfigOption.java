package dev.vpccni.cli;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which cluster a command is about. */
final class KubeconfigOption {

    @Option(
            names = "--kubeconfig",
            paramLabel = "FILE",
            description =
                    "What names the cluster (default: KUBECONFIG, else a pod's service account,"
                            + " else ~/.kube/config).")
    private @Nullable String file;

    /** Returns this process' environment, in which the cluster is named. */
    Map<String, String> environment() {
        Map<String, String> environment = new TreeMap<>(System.getenv());
        if (file != null) {
            environment.put("KUBECONFIG", file);
        }
        return environment;
    }
}
