package dev.vpccni.conformance.bench;

import dev.vpccni.conformance.judge.Versions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A result in the form of the version that a plugin is asked in, as the plugin before it would have
 * printed it.
 *
 * @see <a href="https://www.cni.dev/docs/spec/">Section 5 of the specification, and its older
 *     versions</a>
 */
final class PreviousResult {

    /** The members of a family before 0.3.0. */
    private static final List<String> FAMILIES = List.of("ip4", "ip6");

    private PreviousResult() {}

    /**
     * Returns {@code result} as {@code version} has it.
     *
     * @param result of any version
     */
    static Map<String, @Nullable Object> as(String version, Map<String, @Nullable Object> result) {
        List<Map<String, @Nullable Object>> ips = objects(result.get("ips"));
        List<Map<String, @Nullable Object>> routes = objects(result.get("routes"));
        var converted = new TreeMap<String, @Nullable Object>(result);
        for (String family : FAMILIES) {
            if (converted.remove(family) instanceof Map<?, ?> old) {
                ips.add(address(old));
                routes.addAll(objects(old.get("routes")));
            }
        }
        converted.put("cniVersion", version);
        if (Versions.isAtLeast(version, Versions.WITH_INTERFACES)) {
            boolean told = !Versions.isAtLeast(version, Versions.WITHOUT_FAMILY);
            for (Map<String, @Nullable Object> ip : ips) {
                ip.remove("version");
                if (told) {
                    ip.put("version", isIpv6(ip.get("address")) ? "6" : "4");
                }
            }
            converted.put("ips", ips);
            converted.put("routes", routes);
            return converted;
        }
        converted.keySet().removeAll(List.of("interfaces", "ips", "routes"));
        for (Map<String, @Nullable Object> ip : ips) {
            boolean ipv6 = isIpv6(ip.get("address"));
            converted.putIfAbsent(ipv6 ? "ip6" : "ip4", old(ip, routes, ipv6));
        }
        return converted;
    }

    private static Map<String, @Nullable Object> address(Map<?, ?> old) {
        var ip = new TreeMap<String, @Nullable Object>();
        ip.put("address", old.get("ip"));
        if (old.get("gateway") != null) {
            ip.put("gateway", old.get("gateway"));
        }
        return ip;
    }

    private static Map<String, @Nullable Object> old(
            Map<String, @Nullable Object> ip,
            List<Map<String, @Nullable Object>> routes,
            boolean ipv6) {
        var old = new TreeMap<String, @Nullable Object>();
        old.put("ip", ip.get("address"));
        if (ip.get("gateway") != null) {
            old.put("gateway", ip.get("gateway"));
        }
        old.put(
                "routes",
                routes.stream().filter(route -> isIpv6(route.get("dst")) == ipv6).toList());
        return old;
    }

    private static boolean isIpv6(@Nullable Object address) {
        return address instanceof String text && text.contains(":");
    }

    /** Returns copies of the objects of a list, none if it is no list. */
    private static List<Map<String, @Nullable Object>> objects(@Nullable Object value) {
        var objects = new ArrayList<Map<String, @Nullable Object>>();
        if (value instanceof List<?> list) {
            for (Object one : list) {
                if (one instanceof Map<?, ?> object) {
                    var copy = new TreeMap<String, @Nullable Object>();
                    object.forEach((key, member) -> copy.put(String.valueOf(key), member));
                    objects.add(copy);
                }
            }
        }
        return objects;
    }
}
