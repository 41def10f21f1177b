package dev.vpccni.host;

import dev.vpccni.host.kernel.KernelStep;
import dev.vpccni.linux.Errno;
import dev.vpccni.linux.ErrnoException;
import dev.vpccni.linux.sysctl.Sysctl;
import dev.vpccni.model.IpFamily;
import dev.vpccni.node.port.HostException;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The IPv6 parameters of a pod's host interface, which should be set before it comes up: upstream's
 * values, and for a pod with an IPv6 address that nobody is asked whether he has the interface's.
 * They are hygiene and no pod's traffic depends on them, so that where the kernel has none of them,
 * or the container may not write them, they are left as they are.
 */
final class VethSysctls {

    /** A read-only file system. */
    private static final int EROFS = 30;

    private static final SortedMap<String, String> VALUES =
            new TreeMap<>(Map.of("accept_ra", "0", "accept_redirects", "1", "forwarding", "0"));

    private VethSysctls() {}

    /**
     * Sets what differs, on a thread in the node's network namespace.
     *
     * @param hostInterface or the device of a branch interface
     */
    static void apply(String hostInterface, IpFamily family) throws HostException {
        for (var entry : VALUES.entrySet()) {
            setIfAllowed("net/ipv6/conf/" + hostInterface + "/" + entry.getKey(), entry.getValue());
        }
        if (family == IpFamily.IPV6) {
            haveAddressAtOnce(hostInterface);
        }
    }

    /**
     * Has the kernel ask nobody whether he has the addresses that it gives {@code link} itself,
     * which must be done before that comes up. It takes no other to ask for its router's hardware
     * address, and would send nothing for two seconds.
     */
    static void haveAddressAtOnce(String link) throws HostException {
        setIfAllowed("net/ipv6/conf/" + link + "/accept_dad", "0");
    }

    /** Sets a parameter, if the kernel has it and lets it be written. */
    static void setIfAllowed(String name, String value) throws HostException {
        try {
            var _ = Sysctl.write(name, value);
        } catch (ErrnoException e) {
            if (!e.is(Errno.ENOENT) && !isReadOnly(e)) {
                throw KernelStep.refused("set parameter", e);
            }
        }
    }

    /** Tells whether a parameter may not be written, as in most containers. */
    static boolean isReadOnly(ErrnoException e) {
        return e.is(EROFS) || e.is(Errno.EACCES) || e.is(Errno.EPERM);
    }
}
