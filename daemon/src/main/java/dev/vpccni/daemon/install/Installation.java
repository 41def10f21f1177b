package dev.vpccni.daemon.install;

import dev.vpccni.daemon.environment.PluginVariables;
import dev.vpccni.daemon.environment.Variables;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What the daemon puts on its host when pods can be added, and from where.
 *
 * @param conflistFolder {@code HOST_CNI_CONFDIR_PATH}; null if no configuration is to be put there
 * @param binaryFolder {@code HOST_CNI_BIN_PATH}; null if no plugin is to be put there
 * @param plugins {@code VPC_CNI_PLUGIN_FOLDER}, which has {@code aws-cni} and {@code egress-cni}
 * @param template {@code VPC_CNI_CONFLIST_TEMPLATE}: if there is such a file it is the
 *     configuration, once its placeholders are filled
 */
public record Installation(
        @Nullable Path conflistFolder, @Nullable Path binaryFolder, Path plugins, Path template) {

    /** The file that upstream writes, and whoever drops back reads. */
    public static final String CONFLIST = "10-aws.conflist";

    private static final List<String> PLUGINS = List.of("aws-cni", "egress-cni");

    /** Reads where the environment wants what. */
    public static Installation parse(Variables in) {
        return new Installation(
                in.path(PluginVariables.CONFLIST_FOLDER),
                in.path(PluginVariables.BINARIES),
                in.pathOrDefault(PluginVariables.PLUGIN_FOLDER),
                in.pathOrDefault(PluginVariables.CONFLIST_TEMPLATE));
    }

    /**
     * Puts the plugins where the runtime looks for them.
     *
     * @return those that were not there as they should be
     * @throws IOException if one could not be put there
     */
    public List<String> putPlugins(InstantSource clock, RandomGenerator random) throws IOException {
        var put = new ArrayList<String>();
        Path target = binaryFolder;
        if (target != null) {
            var folder = new HostFolder(target, "HOST_CNI_BIN_PATH", clock, random);
            for (String plugin : PLUGINS) {
                if (folder.copy(plugins.resolve(plugin))) {
                    put.add(plugin);
                }
            }
        }
        return put;
    }

    /**
     * Puts the configuration where the runtime looks for it, which takes the node as ready from
     * then on.
     *
     * @return whether another one was there, or none
     * @throws IOException if it could not be put there
     */
    public boolean putConflist(String text, InstantSource clock, RandomGenerator random)
            throws IOException {
        Path target = conflistFolder;
        return target != null
                && new HostFolder(target, "HOST_CNI_CONFDIR_PATH", clock, random)
                        .write(CONFLIST, text);
    }

    /**
     * Returns the text of a configuration that somebody has written himself; null if nobody has.
     *
     * @throws IOException if it is there, and cannot be read
     */
    public @Nullable String custom() throws IOException {
        return Files.exists(template) ? Files.readString(template) : null;
    }
}
