package dev.vpccni.lab.node;

import java.util.ArrayList;
import java.util.List;

/**
 * What a node's daemon may do: as much as its container is granted, and no more, so that whatever
 * it comes to need besides fails here first.
 *
 * <p>All file systems are read-only for it but {@link #WRITABLE}, no pod's namespace has a name
 * there, and of root's capabilities it has two, and one that opens files: a checkout may lie in
 * somebody's home. Parameters of the node's network it may set, as long as somebody else does not
 * set them for it.
 */
public final class DaemonRights {

    /** What its container mounts of the node to write to. */
    static final List<String> WRITABLE =
            List.of(
                    "/run/aws-node",
                    "/run/cni",
                    "/run/xtables.lock",
                    "/etc/cni/net.d",
                    "/var/log/aws-routed-eni");

    private static final String CAPABILITIES = "-all,+net_admin,+net_raw,+dac_read_search";

    /** Runs with what it may write to as its arguments, then a dash, then the program's words. */
    private static final String CONFINE =
            """
            umount -l /run/netns
            mkdir -p /run/cni
            touch /run/xtables.lock
            writable=:
            while [ "$1" != - ]; do
                mount --bind "$1" "$1"
                writable=$writable$1:
                shift
            done
            shift
            while read -r _ _ _ _ point _; do
                case $point in /proc|/proc/*|/sys|/sys/*|/dev|/dev/*) continue ;; esac
                case $writable in *:"$point":*) continue ;; esac
                mount -o remount,bind,ro "$(printf %b "$(echo "$point" | sed 's/\\\\/\\\\0/g')")"
            done </proc/self/mountinfo
            exec setpriv --inh-caps=-all --bounding-set=$CAPABILITIES -- "$@"
            """
                    .replace("$CAPABILITIES", CAPABILITIES);

    private DaemonRights() {}

    /** Returns the words that run {@code words}, on the node, with these rights and no others. */
    public static List<String> confine(List<String> words) {
        var all =
                new ArrayList<>(
                        List.of("unshare", "--mount", "--propagation", "slave", "sh", "-euc"));
        all.addAll(List.of(CONFINE, "sh"));
        all.addAll(WRITABLE);
        all.add("-");
        all.addAll(words);
        return all;
    }
}
