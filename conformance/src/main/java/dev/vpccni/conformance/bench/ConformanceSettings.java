package dev.vpccni.conformance.bench;

import dev.vpccni.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which plugin is tried, and how.
 *
 * @param plugin its file
 * @param config the text of a network configuration, or of a list that has the plugin
 * @param interfaceName {@code CNI_IFNAME}
 * @param only identifiers or groups of requirements; empty for all
 * @param freshHost whether it runs in a namespace made for it, rather than in the caller's
 * @param previous what a chained plugin is given as {@code prevResult}; null for one that is first
 * @param arguments pairs for {@code CNI_ARGS} besides those that a kubelet gives; may be empty
 * @param path {@code CNI_PATH}; empty for the plugin's folder
 * @param crowd how many containers come at once where many do; at least 2
 * @param deadline how long one call may take
 * @param patience how long what is to go may take to be gone: behind a plugin may be a daemon
 */
public record ConformanceSettings(
        Path plugin,
        String config,
        String interfaceName,
        List<String> only,
        boolean freshHost,
        @Nullable JsonObject previous,
        String arguments,
        String path,
        int crowd,
        Duration deadline,
        Duration patience) {

    public ConformanceSettings {
        only = List.copyOf(only);
    }
}
