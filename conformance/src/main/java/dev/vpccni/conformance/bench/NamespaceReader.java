package dev.vpccni.conformance.bench;

import dev.vpccni.conformance.judge.PodView;
import dev.vpccni.conformance.judge.PodView.PodLink;
import dev.vpccni.conformance.judge.PodView.PodRoute;
import dev.vpccni.emulator.fabric.Program;
import dev.vpccni.json.Json;
import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Looks at namespaces, through {@code ip} and {@code iptables-save}. */
final class NamespaceReader {

    /** One section for each kind of thing; what a computer does not have has an empty one. */
    private static final String SCRIPT =
            """
            echo '@link'; ip -o link
            echo '@address'; ip -o address
            echo '@rule'; ip -4 rule
            echo '@rule6'; ip -6 rule
            echo '@route'; ip -4 route show table all
            echo '@route6'; ip -6 route show table all
            echo '@neighbour'; ip neighbour show nud permanent
            echo '@iptables'; iptables-save 2>/dev/null
            echo '@ip6tables'; ip6tables-save 2>/dev/null
            echo '@nft'; nft -s list ruleset 2>/dev/null
            true
            """;

    private static final Pattern LINK = Pattern.compile("\\d+: ([^:@]+)[:@].*");
    private static final Pattern MASTER = Pattern.compile(".* master (\\S+) .*");
    private static final Pattern ADDRESS = Pattern.compile("\\d+: (\\S+)\\s+inet6? (\\S+) .*");

    /** What the kernel makes for every link that is up, and takes away again. */
    private static final Pattern BY_ITSELF =
            Pattern.compile(".*(fe80::|ff00::/8|anycast |multicast ).*");

    private NamespaceReader() {}

    /**
     * Returns what lies in a host's namespace, a line for each thing: the names of links and their
     * masters, addresses, routes, rules, permanent neighbours, rules of the packet filter. What
     * changes by itself, such as counters and addresses of the link alone, is left out.
     *
     * @param enter the words that run a program there
     */
    static SortedSet<String> host(List<String> enter) throws IOException {
        var words = new ArrayList<>(enter);
        words.addAll(List.of("sh", "-c", SCRIPT));
        var lines = new TreeSet<String>();
        String section = "";
        for (String line : Program.of(words).run().lines().toList()) {
            if (line.startsWith("@")) {
                section = line.substring(1);
            } else if (!line.isBlank()) {
                String told = tell(section, line);
                if (!told.isEmpty()) {
                    lines.add(told);
                }
            }
        }
        return lines;
    }

    private static String tell(String section, String line) {
        return switch (section) {
            case "link" -> link(line);
            case "address" -> address(line);
            case "rule", "rule6", "neighbour" -> section + " " + line.strip();
            case "route", "route6" ->
                    BY_ITSELF.matcher(line).matches()
                            ? ""
                            : section
                                    + " "
                                    + line.replaceAll(" (linkdown|dead|expires \\S+)", "").strip();
            case "iptables", "ip6tables" ->
                    line.startsWith("-A") || line.startsWith(":")
                            ? section + " " + line.replaceAll(" \\[\\d+:\\d+]", "")
                            : "";
            case "nft" -> line.startsWith("#") ? "" : section + " " + line.strip();
            default -> "";
        };
    }

    private static String link(String line) {
        Matcher link = LINK.matcher(line);
        if (!link.matches()) {
            return "";
        }
        Matcher master = MASTER.matcher(line);
        return "link " + link.group(1) + (master.matches() ? " master " + master.group(1) : "");
    }

    private static String address(String line) {
        Matcher address = ADDRESS.matcher(line);
        return address.matches() && !address.group(2).startsWith("fe80:")
                ? "address " + address.group(2) + " of " + address.group(1)
                : "";
    }

    /** Returns what lies in a container's namespace. */
    static PodView pod(String namespace) throws IOException {
        try {
            var links = new TreeMap<String, PodLink>();
            for (JsonObject link : objects(namespace, "-d", "address", "show")) {
                var addresses = new TreeSet<String>();
                for (JsonObject one : link.objects("addr_info")) {
                    if (!one.string("scope", "").equals("link")) {
                        addresses.add(one.string("local") + "/" + one.integer("prefixlen"));
                    }
                }
                JsonObject info = link.objectOrNull("linkinfo");
                links.put(
                        link.string("ifname"),
                        new PodLink(
                                info == null ? "" : info.string("info_kind", ""),
                                link.strings("flags").contains("UP"),
                                addresses));
            }
            var routes = new ArrayList<PodRoute>();
            for (String family : List.of("-4", "-6")) {
                for (JsonObject route :
                        objects(namespace, family, "route", "show", "table", "all")) {
                    if (isMade(route)) {
                        routes.add(route(route, family));
                    }
                }
            }
            return new PodView(links, routes);
        } catch (JsonException e) {
            throw new IOException("what ip says of " + namespace + ": " + e.getMessage(), e);
        }
    }

    private static boolean isMade(JsonObject route) throws JsonException {
        String destination = route.string("dst", "");
        return !route.string("protocol", "").equals("kernel")
                && !route.string("table", "").equals("local")
                && !destination.startsWith("fe80:")
                && !destination.startsWith("ff00:");
    }

    private static PodRoute route(JsonObject route, String family) throws JsonException {
        String to = route.string("dst");
        String any = family.equals("-4") ? "0.0.0.0/0" : "::/0";
        String single = family.equals("-4") ? "/32" : "/128";
        String whole = to.equals("default") ? any : to.contains("/") ? to : to + single;
        var text = new StringBuilder("route del " + whole);
        if (route.has("dev")) {
            text.append(" dev ").append(route.string("dev"));
        }
        if (route.has("table")) {
            text.append(" table ").append(route.string("table"));
        }
        return new PodRoute(whole, text.toString());
    }

    private static List<JsonObject> objects(String namespace, String... words)
            throws IOException, JsonException {
        var all = new ArrayList<>(List.of("ip", "-n", namespace, "-j"));
        all.addAll(List.of(words));
        String said = Program.of(all).run();
        var objects = new ArrayList<JsonObject>();
        if (!said.isBlank() && Json.parse(said) instanceof List<?> list) {
            for (Object one : list) {
                JsonObject object = JsonObject.of(one, "ip");
                if (!object.names().isEmpty()) {
                    objects.add(object);
                }
            }
        }
        return objects;
    }
}
