package dev.vpccni.addon.upgrade;

import java.time.Duration;
import java.util.List;

/**
 * What is to be replaced, and how.
 *
 * @param image for the daemon's container, and for its init container where that has the same one
 * @param canary the node that has it first; empty for the first one by name that is ready
 * @param unavailable how many nodes may be without a daemon at once
 * @param patience how long a node's daemon, or the pod that tries it, may take to be ready
 * @param hold how long the canary's daemon has to stay ready
 * @param installed the ConfigMap that says what is installed, if there is one
 * @param probeImage of the pod that tries the canary; empty for the new image
 * @param probeCommand which has to go on for as long as the pod is looked at
 */
public record UpgradeSettings(
        String namespace,
        String daemonSet,
        String image,
        String canary,
        int unavailable,
        Duration patience,
        Duration hold,
        String installed,
        String probeImage,
        List<String> probeCommand) {

    /** What the image of the daemon has. */
    public static final List<String> SLEEP = List.of("/bin/sleep", "600");

    public UpgradeSettings {
        probeCommand = List.copyOf(probeCommand);
    }

    String path() {
        return "/apis/apps/v1/namespaces/" + namespace + "/daemonsets/" + daemonSet;
    }

    String pods() {
        return "/api/v1/namespaces/" + namespace + "/pods";
    }

    String installedPath() {
        return "/api/v1/namespaces/" + namespace + "/configmaps/" + installed;
    }
}
