package dev.vpccni.cni;

import dev.vpccni.model.AttachmentKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One invocation of the plugin, found to be in order.
 *
 * @param containerId {@code CNI_CONTAINERID}; empty for a command that concerns no container
 * @param namespacePath {@code CNI_NETNS}; empty at a DEL whose namespace is gone
 * @param interfaceName {@code CNI_IFNAME}; empty for a command that concerns no container
 * @param config of an ADD it is without results and lists: an ADD does not use them, and may wait
 */
public record CniRequest(
        CniCommand command,
        String containerId,
        String namespacePath,
        String interfaceName,
        CniArgs args,
        NetworkConfig config) {

    /**
     * Reads an invocation.
     *
     * @param environment the {@code CNI_*} variables; one that is empty counts as missing
     * @param input what the JSON on standard input says
     * @throws CniException saying what is wrong; whatever passes here is well formed
     */
    public static CniRequest parse(Map<String, String> environment, @Nullable Object input)
            throws CniException {
        CniCommand command = command(environment);
        requireVariables(command, environment);
        String container = environment.getOrDefault("CNI_CONTAINERID", "");
        String interfaceName = environment.getOrDefault("CNI_IFNAME", "");
        if (command.concernsContainer()) {
            require(
                    Identifiers.isName(container),
                    "CNI_CONTAINERID",
                    container,
                    Identifiers.NAME_FORM);
            require(
                    Identifiers.isInterfaceName(interfaceName),
                    "CNI_IFNAME",
                    interfaceName,
                    Identifiers.INTERFACE_NAME_FORM);
        }
        String namespace = environment.getOrDefault("CNI_NETNS", "");
        require(
                namespace.length() <= Identifiers.PATH_MAX,
                "CNI_NETNS",
                namespace,
                "at most 4095 characters");
        NetworkConfig config = NetworkConfig.parse(input);
        if (!config.version().allows(command)) {
            throw new CniException(new CniError.CommandNotAllowed(config.version(), command));
        }
        return new CniRequest(
                command,
                container,
                namespace,
                interfaceName,
                CniArgs.parse(environment.getOrDefault("CNI_ARGS", "")),
                command == CniCommand.ADD ? config.withoutResults() : config);
    }

    /** Returns what an address is granted to. */
    public AttachmentKey key() {
        return new AttachmentKey(config.name(), containerId, interfaceName);
    }

    private static CniCommand command(Map<String, String> environment) throws CniException {
        String text = environment.getOrDefault("CNI_COMMAND", "");
        if (text.isEmpty()) {
            throw new CniException(new CniError.MissingVariables(List.of("CNI_COMMAND")));
        }
        CniCommand command = CniCommand.named(text);
        if (command == null) {
            throw new CniException(
                    new CniError.InvalidVariable(
                            "CNI_COMMAND", text, List.of(CniCommand.values()).toString()));
        }
        return command;
    }

    private static void requireVariables(CniCommand command, Map<String, String> environment)
            throws CniException {
        List<String> needed = new ArrayList<>();
        if (command.concernsContainer()) {
            needed.add("CNI_CONTAINERID");
            if (command != CniCommand.DEL) {
                needed.add("CNI_NETNS");
            }
            needed.add("CNI_IFNAME");
        }
        if (command != CniCommand.VERSION) {
            needed.add("CNI_PATH");
        }
        needed.removeIf(name -> !environment.getOrDefault(name, "").isEmpty());
        if (!needed.isEmpty()) {
            throw new CniException(new CniError.MissingVariables(needed));
        }
    }

    private static void require(boolean valid, String name, String value, String allowed)
            throws CniException {
        if (!valid) {
            throw new CniException(new CniError.InvalidVariable(name, value, allowed));
        }
    }
}
