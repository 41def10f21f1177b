package dev.vpccni.dataplane;

import dev.vpccni.model.PodName;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The names of network devices that belong to a pod. They are functions of the pod's name, so that
 * whoever knows the pod finds them; Calico and upstream's tests rely on just these.
 */
public final class InterfaceNames {

    /** The longest prefix that leaves room for the digits within the kernel's 15 characters. */
    public static final int PREFIX_MAX = 4;

    /**
     * How names of strict branch pods' host interfaces begin: no rule for {@code eni+} sees them.
     */
    public static final String STRICT_PREFIX = "vlan";

    private static final String VLAN = "vlan.eth.";

    private static final int DIGITS = 11;

    /** What a pod's interface is called that every runtime asks for first. */
    private static final String FIRST = "eth0";

    private InterfaceNames() {}

    /**
     * Returns the node's end of a pod's first veth pair, such as {@code enic440f455693}: the prefix
     * and the first 11 hexadecimal digits of SHA-1 over {@code namespace.pod}.
     *
     * @throws IllegalArgumentException if {@code prefix} is longer than {@link #PREFIX_MAX}
     */
    public static String host(String prefix, PodName pod) {
        return host(prefix, pod, FIRST, 0);
    }

    /**
     * Returns the node's end of one of the veth pairs of an attachment: after the first one the
     * digits are of SHA-1 over {@code namespace.pod.index}. If the runtime asks for another
     * interface than {@code eth0}, they are over {@code namespace.pod/interface} instead, since the
     * pod may have an {@code eth0} besides.
     *
     * @param interfaceName {@code CNI_IFNAME}
     * @param index counts the attachment's pairs from 0
     * @throws IllegalArgumentException if {@code prefix} is longer than {@link #PREFIX_MAX}
     */
    public static String host(String prefix, PodName pod, String interfaceName, int index) {
        if (prefix.length() > PREFIX_MAX) {
            throw new IllegalArgumentException("interface prefix too long: \"" + prefix + "\"");
        }
        return prefix + digits(pod, interfaceName, index);
    }

    /**
     * Returns the name that upstream, and this before it told a pod's interfaces apart, gives to
     * the node's end of a pair whatever the runtime asks for: for {@code eth0} that of {@link
     * #host}.
     *
     * @param index counts the attachment's pairs from 0
     */
    public static String shared(String prefix, PodName pod, int index) {
        return host(prefix, pod, FIRST, index);
    }

    /**
     * Returns the pod's end of one of its veth pairs: what the runtime asks for, then {@code
     * mNicIf1} and so on.
     *
     * @param first {@code CNI_IFNAME}
     * @param index counts the pod's pairs from 0
     */
    public static String pod(String first, int index) {
        return index == 0 ? first : "mNicIf" + index;
    }

    /** Tells whether {@code name} is one that {@link #host} gives to some pod. */
    public static boolean isHost(String prefix, String name) {
        return name.length() == prefix.length() + DIGITS
                && name.startsWith(prefix)
                && name.substring(prefix.length())
                        .chars()
                        .allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
    }

    /** Tells whether {@code name} is one that {@link #host} gives to some pod, with any prefix. */
    public static boolean isHost(String name) {
        int prefix = name.length() - DIGITS;
        return prefix > 0 && prefix <= PREFIX_MAX && isHost(name.substring(0, prefix), name);
    }

    /** Returns how a name begins that {@link #isHost(String)} is true of. */
    public static String prefix(String name) {
        return name.substring(0, name.length() - DIGITS);
    }

    /**
     * Returns the part of a pod's host interface's name that is the same whatever its prefix: the
     * last 11 characters, or all of a shorter name.
     */
    public static String suffix(String name) {
        return name.substring(Math.max(0, name.length() - DIGITS));
    }

    /** Returns the node's device for the branch interface with a VLAN tag, as upstream calls it. */
    public static String vlan(int tag) {
        return VLAN + tag;
    }

    /** Returns the tag in the name of a branch interface's device, or 0 if it is no such name. */
    public static int vlanOf(String name) {
        return name.matches("vlan\\.eth\\.[1-9][0-9]{0,3}")
                ? Integer.parseInt(name.substring(VLAN.length()))
                : 0;
    }

    /**
     * Returns the interface that a result lists without it existing, such as {@code
     * dummyc440f455693}; its other fields carry what a DEL needs when nobody else remembers.
     */
    public static String placeholder(PodName pod) {
        return "dummy" + digits(pod, FIRST, 0);
    }

    private static String digits(PodName pod, String interfaceName, int index) {
        // No part of a pod's name has a slash.
        String name =
                pod.namespace()
                        + "."
                        + pod.name()
                        + (interfaceName.equals(FIRST) ? "" : "/" + interfaceName)
                        + (index == 0 ? "" : "." + index);
        byte[] text = name.getBytes(StandardCharsets.UTF_8);
        return HexFormat.of().formatHex(sha1().digest(text)).substring(0, DIGITS);
    }

    private static MessageDigest sha1() {
        try {
            return MessageDigest.getInstance("SHA-1");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-1", e);
        }
    }
}
