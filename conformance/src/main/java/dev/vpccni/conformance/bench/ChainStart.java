package dev.vpccni.conformance.bench;

import dev.vpccni.conformance.judge.ResultRules;
import dev.vpccni.emulator.fabric.Namespaces;
import dev.vpccni.emulator.fabric.Program;
import dev.vpccni.json.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Does for a chained plugin what the plugin before it would have done: a pair of links with the
 * addresses of the result that it is given, which says where they are.
 */
final class ChainStart {

    private final List<String> enterHost;
    private final AtomicInteger made = new AtomicInteger();

    /**
     * @param enterHost the words that run a program on the host
     */
    ChainStart(List<String> enterHost) {
        this.enterHost = enterHost;
    }

    /**
     * Makes the links of a container.
     *
     * @return the result that says so
     */
    Map<String, @Nullable Object> prepare(
            String namespace, String interfaceName, String version, JsonObject previous)
            throws IOException {
        String hostEnd =
                "cnf" + ProcessHandle.current().pid() % 100_000 + "-" + made.incrementAndGet();
        var lines = new ArrayList<String>();
        var words = new ArrayList<>(enterHost);
        words.addAll(List.of("ip", "link", "add", hostEnd, "type", "veth", "peer", "name"));
        words.addAll(List.of(interfaceName, "netns", namespace));
        Program.of(words).run();
        var up = new ArrayList<>(enterHost);
        up.addAll(List.of("ip", "link", "set", hostEnd, "up"));
        Program.of(up).run();
        for (String address : ResultRules.addresses(previous)) {
            String nodad = address.contains(":") ? " nodad" : "";
            lines.add("address add " + address + " dev " + interfaceName + nodad);
        }
        lines.add("link set " + interfaceName + " up");
        Namespaces.ip(namespace, lines);
        return told(namespace, interfaceName, version, previous, hostEnd);
    }

    private static Map<String, @Nullable Object> told(
            String namespace,
            String interfaceName,
            String version,
            JsonObject previous,
            String hostEnd) {
        Map<String, @Nullable Object> told = Workbench.tree(previous);
        if (previous.value("interfaces") instanceof List<?> interfaces) {
            var links = new ArrayList<@Nullable Object>();
            for (Object one : interfaces) {
                if (one instanceof Map<?, ?> link) {
                    var changed = new TreeMap<String, @Nullable Object>();
                    link.forEach((key, value) -> changed.put(String.valueOf(key), value));
                    boolean inside = changed.get("sandbox") instanceof String at && !at.isEmpty();
                    changed.put("name", inside ? interfaceName : hostEnd);
                    if (inside) {
                        changed.put("sandbox", Namespaces.path(namespace).toString());
                    }
                    links.add(changed);
                }
            }
            told.put("interfaces", links);
        }
        return PreviousResult.as(version, told);
    }
}
