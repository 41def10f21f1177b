package dev.vpccni.benchmarks.soak;

import dev.vpccni.benchmarks.daemon.Holdings;
import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a node has at one moment.
 *
 * @param kept DELs that wait in the spool
 * @param routed addresses of pods to which a route leads
 * @param ruled addresses of pods that have a rule
 * @param grants the checkpoint's pods, by address
 */
record NodeState(
        Holdings daemon,
        Counts counts,
        int kept,
        SortedSet<String> routed,
        SortedSet<String> ruled,
        SortedMap<String, String> grants) {

    /** What the JVM opens when it first needs it, and connections of EC2 that are kept. */
    private static final int MORE_FILES_MAX = 8;

    /** Carriers and compilers come as there is work, and not all of them go. */
    private static final int MORE_THREADS_MAX = 8;

    private static final String LOOK =
            """
            echo "links $(ls /sys/class/net | wc -l)"
            echo "rules $(ip -4 rule | wc -l)"
            echo "routes $(ip -4 route show table all | wc -l)"
            echo "kept $(find /run/aws-node/spool -maxdepth 1 -type f 2>/dev/null | wc -l)"
            ip -4 route | awk '$3 ~ /^eni/ {print "routed " $1}'
            ip -4 rule | awk '$1 == "512:" {print "ruled " $5}'
            echo "file $(tr -d '\\n' </run/aws-node/ipam.json)"
            """;

    /** What the kernel holds, in IPv4. */
    record Counts(int links, int rules, int routes) {}

    /** Looks at a node whose daemon runs. */
    static NodeState of(SoakLab lab, String node) throws IOException, InterruptedException {
        return parse(Holdings.of(lab.daemonPid(node)), lab.run(node, LOOK));
    }

    static NodeState parse(Holdings daemon, String said) throws IOException {
        var numbers = new TreeMap<String, Integer>();
        var routed = new TreeSet<String>();
        var ruled = new TreeSet<String>();
        var grants = new TreeMap<String, String>();
        for (String line : said.lines().toList()) {
            String[] words = line.split(" ", 2);
            switch (words[0]) {
                case "routed" -> routed.add(words[1]);
                case "ruled" -> ruled.add(words[1]);
                case "file" -> grants.putAll(grants(words[1]));
                default -> numbers.put(words[0], Integer.valueOf(words[1]));
            }
        }
        return new NodeState(
                daemon,
                new Counts(
                        number(numbers, "links"),
                        number(numbers, "rules"),
                        number(numbers, "routes")),
                number(numbers, "kept"),
                routed,
                ruled,
                grants);
    }

    /** Returns in what the kernel and the checkpoint disagree about {@code pods}, by address. */
    List<String> disagreements(SortedMap<String, String> pods) {
        var found = new ArrayList<String>();
        if (!grants.equals(pods)) {
            found.add("the checkpoint grants " + grants + ", and the pods are " + pods);
        }
        if (!routed.equals(pods.keySet())) {
            found.add("the kernel has routes to " + routed + ", and the pods are " + pods);
        }
        if (!ruled.equals(pods.keySet())) {
            found.add("the kernel has rules of " + ruled + ", and the pods are " + pods);
        }
        if (kept > 0) {
            found.add(kept + " DELs wait in the spool");
        }
        return found;
    }

    /** Returns what there is more, or else, than {@code before}. */
    List<String> residue(NodeState before) {
        var found = new ArrayList<String>();
        if (!counts.equals(before.counts)) {
            found.add("the kernel had " + before.counts + ", and now " + counts);
        }
        int files = daemon.files() - before.daemon.files();
        if (files > MORE_FILES_MAX) {
            found.add(files + " descriptors more, at most " + MORE_FILES_MAX + " may stay");
        }
        int threads = daemon.threads() - before.daemon.threads();
        if (threads > MORE_THREADS_MAX) {
            found.add(threads + " threads more, at most " + MORE_THREADS_MAX + " may stay");
        }
        return found;
    }

    private static int number(Map<String, Integer> numbers, String name) throws IOException {
        Integer number = numbers.get(name);
        if (number == null) {
            throw new IOException("no number of " + name);
        }
        return number;
    }

    private static SortedMap<String, String> grants(String checkpoint) throws IOException {
        try {
            var grants = new TreeMap<String, String>();
            for (JsonObject one : JsonObject.parse(checkpoint).objects("allocations")) {
                JsonObject metadata = one.objectOrNull("metadata");
                grants.put(
                        one.string("ipv4", ""),
                        metadata == null ? "" : metadata.string("k8sPodName", ""));
            }
            return grants;
        } catch (JsonException e) {
            throw new IOException("not a checkpoint: " + checkpoint, e);
        }
    }
}
