package dev.vpccni.dataplane.egress;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * By what a container's part of the packet filter is known. All of it follows from the network's
 * name and the container's identifier, so that it is found when the container is gone.
 */
public final class EgressNames {

    /** The longest name of a chain that iptables(8) takes. */
    private static final int CHAIN_MAX = 28;

    private static final String HOST_PREFIX = "veth";
    private static final Pattern HOST_INTERFACE = Pattern.compile(HOST_PREFIX + "[0-9a-f]{8}");

    private EgressNames() {}

    /**
     * Returns the container's chain in the table {@code nat}, such as {@code
     * CNI-E4-53f7cc772754f56fd23aa}: the prefix, and of SHA-512 over network and container as many
     * hexadecimal digits as fit.
     */
    public static String chain(EgressFamily family, String network, String containerId) {
        byte[] text = (network + containerId).getBytes(StandardCharsets.UTF_8);
        String name = family.chainPrefix() + HexFormat.of().formatHex(sha512().digest(text));
        return name.substring(0, CHAIN_MAX);
    }

    /** Returns the comment on each of the container's rules. */
    static String comment(String network, String containerId) {
        return commentOf(network) + containerId + "\"";
    }

    /** Returns how the comments of all containers of a network begin. */
    static String commentOf(String network) {
        return "name: \"" + network + "\" id: \"";
    }

    /**
     * Returns a name for the node's end of a pair, such as {@code veth6b8f01c2}.
     *
     * @param random chosen anew for each attempt
     */
    public static String hostInterface(int random) {
        return HOST_PREFIX + HexFormat.of().toHexDigits(random);
    }

    /** Tells whether {@code name} is one that {@link #hostInterface} gives for some number. */
    public static boolean isHost(String name) {
        return HOST_INTERFACE.matcher(name).matches();
    }

    private static MessageDigest sha512() {
        try {
            return MessageDigest.getInstance("SHA-512");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-512", e);
        }
    }
}
