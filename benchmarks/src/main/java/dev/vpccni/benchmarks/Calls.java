package dev.vpccni.benchmarks;

import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the node has asked so far.
 *
 * @param ec2 how often, by action
 * @param metadata how often, by path
 */
record Calls(SortedMap<String, Long> ec2, SortedMap<String, Long> metadata) {

    /** Asks the lab. */
    static Calls now(BenchmarkLab lab) throws IOException, InterruptedException {
        try {
            for (JsonObject node :
                    JsonObject.parse(lab.lab("calls", "-o", "json")).objects("nodes")) {
                if (node.string("name").equals(BenchmarkLab.NODE)) {
                    return new Calls(counts(node.object("ec2")), counts(node.object("metadata")));
                }
            }
        } catch (JsonException e) {
            throw new IOException("not a list of calls: " + e.getMessage(), e);
        }
        throw new IOException("no calls of " + BenchmarkLab.NODE);
    }

    /** Returns what was asked after {@code earlier}. */
    Calls since(Calls earlier) {
        return new Calls(minus(ec2, earlier.ec2), minus(metadata, earlier.metadata));
    }

    /** Returns the actions of EC2 with their counts, for a cell of a table. */
    String ec2Text() {
        return text(ec2);
    }

    /** Returns the paths of metadata with their counts, for a cell of a table. */
    String metadataText() {
        return text(metadata);
    }

    private static String text(SortedMap<String, Long> counts) {
        var parts = new ArrayList<String>();
        counts.forEach((name, count) -> parts.add(name + " " + count));
        return parts.isEmpty() ? "none" : String.join(", ", parts);
    }

    private static SortedMap<String, Long> counts(JsonObject object) throws JsonException {
        var counts = new TreeMap<String, Long>();
        for (String name : object.names()) {
            counts.put(name, object.integer(name));
        }
        return counts;
    }

    private static SortedMap<String, Long> minus(
            SortedMap<String, Long> counts, SortedMap<String, Long> earlier) {
        var difference = new TreeMap<String, Long>();
        counts.forEach((name, count) -> {
            long more = count - earlier.getOrDefault(name, 0L);
            if (more > 0) {
                difference.put(name, more);
            }
        });
        return difference;
    }
}
