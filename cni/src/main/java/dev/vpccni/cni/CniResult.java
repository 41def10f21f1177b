package dev.vpccni.cni;

import dev.vpccni.model.IpAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an ADD answers, and what a runtime hands back later as {@code prevResult}.
 *
 * @param interfaces in the order in which {@link Ip#interfaceIndex} counts them
 */
public record CniResult(List<Interface> interfaces, List<Ip> ips) {

    /**
     * An interface of the result.
     *
     * @param mac empty where unknown
     * @param sandbox the namespace that it is in; empty for the node's
     */
    public record Interface(String name, String mac, String sandbox) {}

    /**
     * An address of the result.
     *
     * @param address with the length of its prefix, such as {@code 10.0.1.7/32}
     * @param gateway null where there is none
     * @param interfaceIndex which of the interfaces has it, null where that is not said
     */
    public record Ip(String address, @Nullable String gateway, @Nullable Integer interfaceIndex) {

        /** Returns the address alone, or null if this is none. */
        public @Nullable IpAddress value() {
            int end = address.indexOf('/');
            try {
                return IpAddress.parse(end < 0 ? address : address.substring(0, end));
            } catch (IllegalArgumentException _) {
                return null;
            }
        }

        /** Tells whether this is an IPv6 address. */
        public boolean isIpv6() {
            return address.contains(":");
        }
    }

    public CniResult {
        interfaces = List.copyOf(interfaces);
        ips = List.copyOf(ips);
    }

    /**
     * Returns the result as {@code version} writes it, keys in the order in which upstream's plugin
     * prints them: alphabetical since 1.0.0, that of the specification before.
     */
    public Map<String, Object> toTree(CniVersion version) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("cniVersion", version.text());
        if (version.isAtLeast(CniVersion.V0_3_0)) {
            boolean sorted = version.isAtLeast(CniVersion.V1_0_0);
            putUnlessEmpty(tree, "interfaces", interfaceTrees(sorted));
            putUnlessEmpty(tree, "ips", ipTrees(sorted));
            if (!sorted) {
                tree.put("dns", new LinkedHashMap<String, Object>());
            }
        } else {
            putFirst(tree, "ip4", false);
            putFirst(tree, "ip6", true);
            tree.put("dns", new LinkedHashMap<String, Object>());
        }
        return tree;
    }

    /**
     * Returns the interfaces.
     *
     * @param sorted whether keys are in the order of the alphabet
     */
    List<Object> interfaceTrees(boolean sorted) {
        List<Object> trees = new ArrayList<>();
        for (Interface one : interfaces) {
            Map<String, Object> tree = new LinkedHashMap<>();
            if (!sorted) {
                tree.put("name", one.name());
            }
            if (!one.mac().isEmpty()) {
                tree.put("mac", one.mac());
            }
            if (sorted) {
                tree.put("name", one.name());
            }
            if (!one.sandbox().isEmpty()) {
                tree.put("sandbox", one.sandbox());
            }
            trees.add(tree);
        }
        return trees;
    }

    private List<Object> ipTrees(boolean sorted) {
        List<Object> trees = new ArrayList<>();
        for (Ip ip : ips) {
            Map<String, Object> tree = new LinkedHashMap<>();
            if (sorted) {
                tree.put("address", ip.address());
                putUnlessNull(tree, "gateway", ip.gateway());
                putInterface(tree, ip.interfaceIndex());
            } else {
                tree.put("version", ip.isIpv6() ? "6" : "4");
                putInterface(tree, ip.interfaceIndex());
                tree.put("address", ip.address());
                putUnlessNull(tree, "gateway", ip.gateway());
            }
            trees.add(tree);
        }
        return trees;
    }

    private void putFirst(Map<String, Object> tree, String name, boolean ipv6) {
        for (Ip ip : ips) {
            if (ip.isIpv6() == ipv6) {
                Map<String, Object> first = new LinkedHashMap<>();
                first.put("ip", ip.address());
                putUnlessNull(first, "gateway", ip.gateway());
                tree.put(name, first);
                return;
            }
        }
    }

    private static void putUnlessEmpty(
            Map<String, Object> tree, String name, List<Object> elements) {
        if (!elements.isEmpty()) {
            tree.put(name, elements);
        }
    }

    private static void putUnlessNull(
            Map<String, Object> tree, String name, @Nullable String value) {
        if (value != null) {
            tree.put(name, value);
        }
    }

    private static void putInterface(Map<String, Object> tree, @Nullable Integer index) {
        if (index != null) {
            tree.put("interface", index.longValue());
        }
    }

    /**
     * Reads a result of {@code version}.
     *
     * @throws CniException naming the field that is wrong
     */
    static CniResult read(Fields result, CniVersion version) throws CniException {
        if (!version.isAtLeast(CniVersion.V0_3_0)) {
            List<Ip> ips = new ArrayList<>();
            for (String name : List.of("ip4", "ip6")) {
                Fields ip = result.object(name);
                if (ip != null) {
                    ips.add(new Ip(address(ip, "ip"), ip.text("gateway"), null));
                }
            }
            return new CniResult(List.of(), ips);
        }
        List<Interface> interfaces = new ArrayList<>();
        List<Fields> interfaceFields = result.objects("interfaces");
        for (Fields one : interfaceFields == null ? List.<Fields>of() : interfaceFields) {
            interfaces.add(
                    new Interface(
                            one.text("name", ""), one.text("mac", ""), one.text("sandbox", "")));
        }
        List<Ip> ips = new ArrayList<>();
        List<Fields> ipFields = result.objects("ips");
        for (Fields ip : ipFields == null ? List.<Fields>of() : ipFields) {
            Integer index = ip.number("interface");
            if (index != null && (index < 0 || index >= interfaces.size())) {
                throw ip.invalid("interface", "the index of one of \"interfaces\"");
            }
            ips.add(new Ip(address(ip, "address"), ip.text("gateway"), index));
        }
        return new CniResult(interfaces, ips);
    }

    private static String address(Fields ip, String name) throws CniException {
        String text = ip.text(name, "");
        if (!text.matches("([0-9.]{7,15}|[0-9a-fA-F:.]{2,45})/[0-9]{1,3}")) {
            throw ip.invalid(name, "an address with the length of its prefix");
        }
        return text;
    }
}
