package dev.vpccni.cni;

import dev.vpccni.model.Cidr;
import dev.vpccni.model.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A pod's connection as a result says it, so that a DEL can undo it without the daemon's memory.
 *
 * <p>A result has no field for a route table, so upstream hides it: a pod interface's {@code mac}
 * is the table's number, and a last interface that never exists has the VLAN as {@code mac} and,
 * for releases before 1.20, which left the first empty, the device number as {@code sandbox}.
 *
 * @param sandbox the path of the pod's namespace
 * @param links one for each of the pod's addresses, at least one; the first is what the runtime
 *     asked for, the others are on further network cards
 * @param device the device number of the interface that the first address lies on
 * @param vlan the VLAN of a pod with its own security groups, which has another kind of connection;
 *     0 for an ordinary pod
 */
public record PodAttachment(String sandbox, List<Link> links, int device, int vlan) {

    private static final int MAIN_TABLE = 254;
    private static final String DUMMY = "dummy";
    private static final int HASH_LENGTH = 11;

    /** What a pod's interfaces on further cards are called. */
    private static final String FURTHER = "mNicIf[1-9][0-9]*";

    /**
     * One veth pair of a pod.
     *
     * @param hostInterface the node's end
     * @param podInterface the pod's end, such as {@code eth0}
     * @param address what the pod has there
     * @param table the route table of the interface that the address lies on; 254 for the primary
     *     one
     */
    public record Link(String hostInterface, String podInterface, IpAddress address, int table) {

        private CniResult.Ip toIp(int interfaceIndex) {
            return new CniResult.Ip(address.only().toString(), null, interfaceIndex);
        }
    }

    /**
     * @throws IllegalArgumentException if there are no links, or addresses of both families
     */
    public PodAttachment {
        links = List.copyOf(links);
        if (links.stream().map(link -> link.address().family()).distinct().count() != 1) {
            throw new IllegalArgumentException("not one address of a family each: " + links);
        }
    }

    /** Returns the result of an ADD that made this connection. */
    public CniResult toResult() {
        var interfaces = new ArrayList<CniResult.Interface>();
        var ips = new ArrayList<CniResult.Ip>();
        for (Link link : links) {
            interfaces.add(new CniResult.Interface(link.hostInterface(), "", ""));
            ips.add(link.toIp(interfaces.size()));
            interfaces.add(
                    new CniResult.Interface(
                            link.podInterface(), Integer.toString(link.table()), sandbox));
        }
        String first = links.getFirst().hostInterface();
        String hash = first.substring(Math.max(0, first.length() - HASH_LENGTH));
        interfaces.add(
                new CniResult.Interface(
                        DUMMY + hash, Integer.toString(vlan), Integer.toString(device)));
        return new CniResult(interfaces, ips);
    }

    /**
     * Finds a pod's connection in the result of a chain of plugins. Interfaces are known by their
     * names, since later plugins may append others.
     *
     * @param podInterface the pod's first interface, {@code CNI_IFNAME}
     * @return null if {@code result} does not say enough
     */
    public static @Nullable PodAttachment find(CniResult result, String podInterface) {
        CniResult.Interface dummy = dummy(result);
        if (dummy == null || indices(result, podInterface).isEmpty()) {
            return null;
        }
        try {
            int vlan = number(dummy.mac());
            int device = dummy.sandbox().isEmpty() ? 0 : number(dummy.sandbox());
            List<Integer> indices = indices(result, podInterface);
            var links = new ArrayList<Link>();
            for (int index : indices) {
                Link link = link(result, index, device);
                if (link != null) {
                    links.add(link);
                } else if (links.isEmpty()) {
                    return null; // the first one is what the runtime asks about
                }
            }
            String sandbox = result.interfaces().get(indices.getFirst()).sandbox();
            return new PodAttachment(sandbox, links, device, vlan);
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

    /**
     * Returns where the pod's interfaces are, each behind its host interface; the first one first.
     */
    private static List<Integer> indices(CniResult result, String podInterface) {
        var indices = new ArrayList<Integer>();
        var further = new ArrayList<Integer>();
        for (int i = 1; i < result.interfaces().size(); i++) {
            CniResult.Interface one = result.interfaces().get(i);
            boolean inPod = !one.sandbox().isEmpty();
            if (inPod && one.name().equals(podInterface) && indices.isEmpty()) {
                indices.add(i);
            } else if (inPod && one.name().matches(FURTHER)) {
                further.add(i);
            }
        }
        if (!indices.isEmpty()) {
            indices.addAll(further);
        }
        return indices;
    }

    /** Returns the link whose pod interface is the one at {@code index}, or null. */
    private static @Nullable Link link(CniResult result, int index, int device) {
        CniResult.Interface inside = result.interfaces().get(index);
        List<IpAddress> addresses = new ArrayList<>();
        for (CniResult.Ip ip : result.ips()) {
            Cidr block =
                    Objects.equals(ip.interfaceIndex(), index) ? Cidr.parse(ip.address()) : null;
            if (block != null && block.isSingle()) {
                addresses.add(block.network());
            }
        }
        if (addresses.size() != 1) {
            return null;
        }
        int table = inside.mac().isEmpty() ? tableOf(device) : number(inside.mac());
        return new Link(
                result.interfaces().get(index - 1).name(),
                inside.name(),
                addresses.getFirst(),
                table);
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
