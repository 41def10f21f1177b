package dev.vpccni.conformance.judge;

import dev.vpccni.conformance.judge.Verdict.Failed;
import dev.vpccni.conformance.judge.Verdict.NotTried;
import dev.vpccni.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the result of an ADD looks like, in each version of the specification (section 5). */
public final class ResultRules {

    private static final String CIDR = "([0-9.]{7,15}/\\d{1,2}|[0-9a-fA-F:.]{2,45}/\\d{1,3})";
    private static final String ADDRESS = "([0-9.]{7,15}|[0-9a-fA-F:.]{2,45})";

    private ResultRules() {}

    /**
     * The form of a result. Its {@code cniVersion} is judged elsewhere.
     *
     * @param version that the configuration had
     */
    public static Verdict form(JsonObject result, String version) {
        var problems = new ArrayList<String>();
        if (Versions.isAtLeast(version, Versions.WITH_INTERFACES)) {
            for (String old : List.of("ip4", "ip6")) {
                if (result.has(old)) {
                    problems.add(old + " is of versions before 0.3.0");
                }
            }
            interfaces(result, problems);
            ips(result, version, problems);
            routes(result.value("routes"), "routes", problems);
        } else {
            for (String later : List.of("interfaces", "ips", "routes")) {
                if (result.has(later)) {
                    problems.add(later + " is of version 0.3.0 and later");
                }
            }
            oldAddress(result.value("ip4"), "ip4", problems);
            oldAddress(result.value("ip6"), "ip6", problems);
        }
        dns(result.value("dns"), problems);
        return problems.isEmpty()
                ? Verdict.passed()
                : new Failed("a result as " + version + " has it", String.join("; ", problems));
    }

    /**
     * The sandbox of the interface that was asked for: "the isolation domain reference".
     *
     * @param namespace {@code CNI_NETNS}
     */
    public static Verdict sandbox(JsonObject result, String interfaceName, String namespace) {
        if (!(result.value("interfaces") instanceof List<?> interfaces)) {
            return new Failed("interfaces, among them " + interfaceName, "no interfaces");
        }
        String expected = interfaceName + " with sandbox " + namespace;
        var seen = new ArrayList<String>();
        for (Object one : interfaces) {
            if (one instanceof Map<?, ?> link && interfaceName.equals(link.get("name"))) {
                if (namespace.equals(link.get("sandbox"))) {
                    return Verdict.passed();
                }
                seen.add("sandbox " + link.get("sandbox"));
            }
        }
        return seen.isEmpty()
                ? new NotTried("the result has no interface " + interfaceName)
                : new Failed(expected, String.join(", ", seen));
    }

    /**
     * What a chained plugin was given and must not drop.
     *
     * @param previous what it was given
     */
    public static Verdict keeps(JsonObject previous, JsonObject result) {
        var missing = new ArrayList<>(addresses(previous));
        missing.removeAll(addresses(result));
        var gone = new ArrayList<>(names(previous));
        gone.removeAll(names(result));
        missing.addAll(gone);
        return missing.isEmpty()
                ? Verdict.passed()
                : new Failed("all of prevResult", "missing: " + String.join(", ", missing));
    }

    /** Returns the addresses of a result of any version, each with its prefix length. */
    public static List<String> addresses(JsonObject result) {
        var addresses = new ArrayList<String>();
        for (Object one : list(result.value("ips"))) {
            if (one instanceof Map<?, ?> ip && ip.get("address") instanceof String address) {
                addresses.add(address);
            }
        }
        for (String old : List.of("ip4", "ip6")) {
            if (result.value(old) instanceof Map<?, ?> ip && ip.get("ip") instanceof String text) {
                addresses.add(text);
            }
        }
        return addresses;
    }

    /** Returns the destinations of the routes of a result. */
    public static List<String> destinations(JsonObject result) {
        var destinations = new ArrayList<String>();
        for (Object one : list(result.value("routes"))) {
            if (one instanceof Map<?, ?> route && route.get("dst") instanceof String to) {
                destinations.add(to);
            }
        }
        return destinations;
    }

    private static List<String> names(JsonObject result) {
        var names = new ArrayList<String>();
        for (Object one : list(result.value("interfaces"))) {
            if (one instanceof Map<?, ?> link && link.get("name") instanceof String name) {
                names.add("interface " + name);
            }
        }
        return names;
    }

    private static void interfaces(JsonObject result, List<String> problems) {
        int index = 0;
        for (Object one : listed(result.value("interfaces"), "interfaces", problems)) {
            String where = "interfaces[" + index++ + "]";
            if (!(one instanceof Map<?, ?> link)) {
                problems.add(where + " is no object");
            } else {
                text(link, "name", where, ".+", true, problems);
                text(link, "mac", where, ".*", false, problems);
                text(link, "sandbox", where, ".*", false, problems);
            }
        }
    }

    private static void ips(JsonObject result, String version, List<String> problems) {
        int links = list(result.value("interfaces")).size();
        int index = 0;
        for (Object one : listed(result.value("ips"), "ips", problems)) {
            String where = "ips[" + index++ + "]";
            if (!(one instanceof Map<?, ?> ip)) {
                problems.add(where + " is no object");
                continue;
            }
            text(ip, "address", where, CIDR, true, problems);
            text(ip, "gateway", where, ADDRESS, false, problems);
            if (!Versions.isAtLeast(version, Versions.WITHOUT_FAMILY)) {
                text(ip, "version", where, "4|6", true, problems);
            }
            Object of = ip.get("interface");
            if (of != null && !(of instanceof Long at && at >= 0 && at < links)) {
                problems.add(where + ".interface is " + of + ", no index into interfaces");
            }
        }
    }

    private static void oldAddress(@Nullable Object value, String where, List<String> problems) {
        if (value instanceof Map<?, ?> ip) {
            text(ip, "ip", where, CIDR, true, problems);
            text(ip, "gateway", where, ADDRESS, false, problems);
            routes(ip.get("routes"), where + ".routes", problems);
        } else if (value != null) {
            problems.add(where + " is no object");
        }
    }

    private static void routes(@Nullable Object value, String where, List<String> problems) {
        int index = 0;
        for (Object one : listed(value, where, problems)) {
            String here = where + "[" + index++ + "]";
            if (one instanceof Map<?, ?> route) {
                text(route, "dst", here, CIDR, true, problems);
                text(route, "gw", here, ADDRESS, false, problems);
            } else {
                problems.add(here + " is no object");
            }
        }
    }

    private static void dns(@Nullable Object value, List<String> problems) {
        if (value instanceof Map<?, ?> dns) {
            text(dns, "domain", "dns", ".*", false, problems);
            for (String name : List.of("nameservers", "search", "options")) {
                for (Object one : listed(dns.get(name), "dns." + name, problems)) {
                    if (!(one instanceof String)) {
                        problems.add("dns." + name + " holds what is no text");
                    }
                }
            }
        } else if (value != null) {
            problems.add("dns is no object");
        }
    }

    private static void text(
            Map<?, ?> object,
            String name,
            String where,
            String form,
            boolean needed,
            List<String> problems) {
        Object value = object.get(name);
        if (value == null ? needed : !(value instanceof String text && text.matches(form))) {
            problems.add(where + "." + name + " is " + value);
        }
    }

    private static List<?> listed(@Nullable Object value, String where, List<String> problems) {
        if (value != null && !(value instanceof List<?>)) {
            problems.add(where + " is no list");
        }
        return list(value);
    }

    private static List<?> list(@Nullable Object value) {
        return value instanceof List<?> list ? list : List.of();
    }
}
