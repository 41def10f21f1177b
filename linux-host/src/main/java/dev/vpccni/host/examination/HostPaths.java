package dev.vpccni.host.examination;

import dev.vpccni.doctor.snapshot.HostFiles;
import dev.vpccni.doctor.snapshot.SeenLink;
import java.util.ArrayList;
import java.util.List;

/** The files of a host that checks ask for. */
final class HostPaths {

    /** Bytes that a parameter of the kernel takes at most. */
    static final int PARAMETER_MAX = 4_096;

    /** Links whose parameters are read; pods' host interfaces have none that matters. */
    private static final int LINKS_MAX = 2_048;

    static final List<String> FILES =
            List.of(
                    "/run/systemd/netif/state",
                    "/etc/systemd/networkd.conf",
                    "/run/systemd/networkd.conf",
                    "/usr/local/lib/systemd/networkd.conf",
                    "/usr/lib/systemd/networkd.conf",
                    "/etc/NetworkManager/NetworkManager.conf");

    /** Folders of which only the names matter. */
    static final List<String> FOLDERS =
            List.of(
                    "/run/NetworkManager",
                    "/etc/systemd/system/timers.target.wants",
                    "/etc/systemd/system/multi-user.target.wants",
                    "/etc/systemd/system/NetworkManager.service.wants");

    /** Folders whose files matter. */
    static final List<String> DROP_INS =
            List.of(
                    "/etc/systemd/networkd.conf.d",
                    "/run/systemd/networkd.conf.d",
                    "/usr/local/lib/systemd/networkd.conf.d",
                    "/usr/lib/systemd/networkd.conf.d",
                    "/etc/NetworkManager/conf.d",
                    "/run/NetworkManager/conf.d",
                    "/usr/lib/NetworkManager/conf.d",
                    "/etc/systemd/network",
                    "/run/systemd/network",
                    "/usr/local/lib/systemd/network",
                    "/usr/lib/systemd/network");

    private HostPaths() {}

    /** Tells whether a file of a folder of drop-ins is one. */
    static boolean isDropIn(String name) {
        return name.endsWith(".conf") || name.endsWith("99-default.link");
    }

    /** Returns the paths of kernel parameters. */
    static List<String> parameters(List<SeenLink> links) {
        var paths = new ArrayList<String>();
        for (String name :
                List.of(
                        "net/ipv4/ip_forward",
                        "net/ipv6/conf/all/forwarding",
                        "net/ipv4/conf/all/rp_filter",
                        "net/netfilter/nf_conntrack_count",
                        "net/netfilter/nf_conntrack_max",
                        "net/ipv4/neigh/default/gc_thresh3",
                        "net/ipv6/neigh/default/gc_thresh3")) {
            paths.add(HostFiles.PARAMETERS + name);
        }
        for (SeenLink link : links.subList(0, Math.min(links.size(), LINKS_MAX))) {
            String own = HostFiles.PARAMETERS + "net/ipv4/conf/" + link.name() + "/";
            paths.add(own + "rp_filter");
            paths.add(own + "forwarding");
            paths.add("/sys/class/net/" + link.name() + "/addr_assign_type");
        }
        return paths;
    }
}
