package dev.vpccni.doctor.snapshot;

import java.util.List;

/**
 * A configuration of a network for runtimes.
 *
 * @param file its name in the folder
 * @param plugins the types of its plugins
 * @param problem why it is none; empty if it is one
 */
public record SeenNetwork(String file, List<String> plugins, String problem) {

    public SeenNetwork {
        plugins = List.copyOf(plugins);
    }
}
