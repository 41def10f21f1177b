package dev.vpccni.cni;

import dev.vpccni.model.Ipv4Address;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A pod's connection as a result says it, so that a DEL can undo it without the daemon's memory.
 *
 * <p>A result has no field for a route table, so upstream hides it: the pod interface's {@code mac}
 * is the table's number, and a last interface that never exists has the VLAN as {@code mac} and,
 * for releases before 1.20, which left the first empty, the device number as {@code sandbox}.
 *
 * @param hostInterface the node's end of the veth pair
 * @param podInterface the pod's end, such as {@code eth0}
 * @param sandbox the path of the pod's namespace
 * @param address the pod's address
 * @param device the device number of the interface that the address lies on
 * @param table the route table of that interface; 254 for the primary one
 * @param vlan the VLAN of a pod with its own security groups, which has another kind of connection;
 *     0 for an ordinary pod
 */
public record PodAttachment(
        String hostInterface,
        String podInterface,
        String sandbox,
        Ipv4Address address,
        int device,
        int table,
        int vlan) {

    private static final int MAIN_TABLE = 254;
    private static final String DUMMY = "dummy";
    private static final int HASH_LENGTH = 11;

    /** Returns the result of an ADD that made this connection. */
    public CniResult toResult() {
        String hash = hostInterface.substring(Math.max(0, hostInterface.length() - HASH_LENGTH));
        return new CniResult(
                List.of(
                        new CniResult.Interface(hostInterface, "", ""),
                        new CniResult.Interface(podInterface, Integer.toString(table), sandbox),
                        new CniResult.Interface(
                                DUMMY + hash, Integer.toString(vlan), Integer.toString(device))),
                List.of(new CniResult.Ip(address + "/32", null, 1)));
    }

    /**
     * Finds a pod's connection in the result of a chain of plugins.
     *
     * @param podInterface the pod's interface, {@code CNI_IFNAME}
     * @return null if {@code result} does not say enough
     */
    public static @Nullable PodAttachment find(CniResult result, String podInterface) {
        CniResult.Interface dummy = dummy(result);
        int pod = indexOf(result, podInterface);
        if (dummy == null || pod < 1) {
            return null;
        }
        List<CniResult.Ip> ips =
                result.ips().stream()
                        .filter(ip -> Objects.equals(ip.interfaceIndex(), pod) && !ip.isIpv6())
                        .toList();
        if (ips.size() != 1) {
            return null;
        }
        CniResult.Interface end = result.interfaces().get(pod);
        try {
            int vlan = number(dummy.mac());
            int device = dummy.sandbox().isEmpty() ? 0 : number(dummy.sandbox());
            int table = end.mac().isEmpty() ? tableOf(device) : number(end.mac());
            return new PodAttachment(
                    result.interfaces().get(pod - 1).name(),
                    podInterface,
                    end.sandbox(),
                    addressOf(ips.getFirst()),
                    device,
                    table,
                    vlan);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static CniResult.@Nullable Interface dummy(CniResult result) {
        for (CniResult.Interface one : result.interfaces()) {
            if (one.name().matches(DUMMY + "[0-9a-f]{" + HASH_LENGTH + "}")) {
                return one;
            }
        }
        return null;
    }

    private static int indexOf(CniResult result, String podInterface) {
        for (int i = 0; i < result.interfaces().size(); i++) {
            CniResult.Interface one = result.interfaces().get(i);
            if (one.name().equals(podInterface) && !one.sandbox().isEmpty()) {
                return i;
            }
        }
        return -1;
    }

    private static Ipv4Address addressOf(CniResult.Ip ip) {
        return Ipv4Address.parse(ip.address().substring(0, ip.address().indexOf('/')));
    }

    private static int tableOf(int device) {
        return device == 0 ? MAIN_TABLE : device + 1;
    }

    private static int number(String text) {
        int number = Integer.parseInt(text);
        if (number < 0) {
            throw new IllegalArgumentException("negative: " + text);
        }
        return number;
    }
}
