package dev.vpccni.controller;

import dev.vpccni.controller.cluster.BranchPod;
import dev.vpccni.controller.plan.Branch;
import dev.vpccni.json.Json;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.IpFamily;
import dev.vpccni.node.port.ObservedSubnet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How a pod is told of its interface, in the form of the VPC resource controller. */
final class Annotation {

    /** Its name, and that of the resource that pods ask for. */
    static final String NAME = BranchPod.RESOURCE;

    private Annotation() {}

    static String text(Branch branch, ObservedSubnet subnet) {
        Map<String, @Nullable Object> entry = new LinkedHashMap<>();
        entry.put("eniId", branch.id().value());
        entry.put("ifAddress", branch.mac().toString());
        entry.put("privateIp", branch.ipv4().toString());
        entry.put("ipv6Addr", branch.ipv6() == null ? "" : branch.ipv6().toString());
        entry.put("vlanID", (long) branch.vlan());
        entry.put("subnetCidr", cidr(subnet, IpFamily.IPV4));
        entry.put("subnetV6Cidr", cidr(subnet, IpFamily.IPV6));
        entry.put("associationID", String.valueOf(branch.association()));
        return Json.compact(List.of(entry));
    }

    private static String cidr(ObservedSubnet subnet, IpFamily family) {
        for (Cidr cidr : subnet.cidrs()) {
            if (cidr.family() == family) {
                return cidr.toString();
            }
        }
        return "";
    }
}
