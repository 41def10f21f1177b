package dev.vpccni.cni;

import dev.vpccni.model.Cidr;
import dev.vpccni.model.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The connection of a pod with a network interface of its own as a result says it. Upstream hides
 * the VLAN where {@link PodAttachment} has 0, and writes 0 for the pod's route table.
 *
 * @param sandbox the path of the pod's namespace
 * @param hostInterface the node's end
 * @param podInterface the pod's end, such as {@code eth0}
 * @param address what the pod has there
 * @param gateway the router of the pod's subnet, or null where the result does not say
 * @param vlan the tag of the branch interface, 1 to 4094
 */
public record BranchAttachment(
        String sandbox,
        String hostInterface,
        String podInterface,
        IpAddress address,
        @Nullable IpAddress gateway,
        int vlan) {

    private static final String DUMMY = "dummy";
    private static final int HASH_LENGTH = 11;
    private static final int VLAN_MAX = 4094;

    /** The number of a table that is not said. */
    private static final String NO_TABLE = "0";

    /** Returns the result of an ADD that made this connection. */
    public CniResult toResult() {
        String hash = hostInterface.substring(Math.max(0, hostInterface.length() - HASH_LENGTH));
        String router = gateway == null ? null : gateway.toString();
        return new CniResult(
                List.of(
                        new CniResult.Interface(hostInterface, "", ""),
                        new CniResult.Interface(podInterface, NO_TABLE, sandbox),
                        new CniResult.Interface(DUMMY + hash, Integer.toString(vlan), "")),
                List.of(new CniResult.Ip(address.only().toString(), router, 1)));
    }

    /**
     * Finds such a connection in the result of a chain of plugins. Interfaces are known by their
     * names, since later plugins may append others.
     *
     * @param podInterface the pod's interface, {@code CNI_IFNAME}
     * @return null if {@code result} is another kind of pod's, or none of ours
     * @throws CniException with upstream's words if the VLAN is no number, or the pod has not just
     *     one address
     */
    public static @Nullable BranchAttachment find(CniResult result, String podInterface)
            throws CniException {
        String tag = tag(result);
        int vlan = tag == null ? 0 : vlan(tag);
        if (vlan == 0) {
            return null;
        }
        for (int i = 1; i < result.interfaces().size(); i++) {
            CniResult.Interface one = result.interfaces().get(i);
            if (!one.sandbox().isEmpty() && one.name().equals(podInterface)) {
                return of(result, i, vlan);
            }
        }
        throw malformed("prevResult has no interface \"" + podInterface + "\"");
    }

    private static BranchAttachment of(CniResult result, int index, int vlan) throws CniException {
        CniResult.Interface inside = result.interfaces().get(index);
        List<CniResult.Ip> ips = new ArrayList<>();
        for (CniResult.Ip ip : result.ips()) {
            if (Objects.equals(ip.interfaceIndex(), index)) {
                ips.add(ip);
            }
        }
        if (ips.size() != 1) {
            throw malformed(
                    "prevResult has %d addresses of \"%s\", not one"
                            .formatted(ips.size(), inside.name()));
        }
        try {
            Cidr block = Cidr.parse(ips.getFirst().address());
            if (!block.isSingle()) {
                throw malformed("prevResult has a block for \"" + inside.name() + "\": " + block);
            }
            String router = ips.getFirst().gateway();
            return new BranchAttachment(
                    inside.sandbox(),
                    result.interfaces().get(index - 1).name(),
                    inside.name(),
                    block.network(),
                    router == null || router.isEmpty() ? null : IpAddress.parse(router),
                    vlan);
        } catch (IllegalArgumentException e) {
            throw malformed("malformed address in prevResult: " + e.getMessage());
        }
    }

    private static @Nullable String tag(CniResult result) {
        for (CniResult.Interface one : result.interfaces()) {
            if (one.name().matches(DUMMY + "[0-9a-f]{" + HASH_LENGTH + "}")) {
                return one.mac();
            }
        }
        return null;
    }

    private static int vlan(String tag) throws CniException {
        int vlan = tag.matches("[0-9]{1,4}") ? Integer.parseInt(tag) : -1;
        if (vlan < 0 || vlan > VLAN_MAX) {
            throw malformed("malformed vlanID in prevResult: \"" + tag + "\"");
        }
        return vlan;
    }

    private static CniException malformed(String reason) {
        return new CniException(
                new CniError.Failed(
                        reason,
                        "the result is what the ADD printed; remove the runtime's copy of it if it"
                                + " is damaged"));
    }
}
