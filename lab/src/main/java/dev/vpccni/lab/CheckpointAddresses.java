package dev.vpccni.lab;

import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.IpAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a node's daemon does with the addresses that EC2 gave the node, as its checkpoint says it.
 *
 * @param pods the names of pods, by their addresses
 * @param cooling addresses that were a pod's until a moment ago
 * @param leaving blocks and interfaces that are on their way back to EC2
 * @param excluded interfaces of which pods get no more addresses
 */
record CheckpointAddresses(
        SortedMap<String, String> pods,
        SortedSet<String> cooling,
        SortedSet<String> leaving,
        SortedSet<String> excluded) {

    private static final long NANOS = 1_000_000_000L;
    private static final CheckpointAddresses NONE =
            new CheckpointAddresses(
                    new TreeMap<>(), new TreeSet<>(), new TreeSet<>(), new TreeSet<>());

    CheckpointAddresses {
        pods = Collections.unmodifiableSortedMap(new TreeMap<>(pods));
        cooling = Collections.unmodifiableSortedSet(new TreeSet<>(cooling));
        leaving = Collections.unmodifiableSortedSet(new TreeSet<>(leaving));
        excluded = Collections.unmodifiableSortedSet(new TreeSet<>(excluded));
    }

    /**
     * Reads a checkpoint; where there is none, nothing is in use.
     *
     * @param cooledSince addresses that were let go of before this are cooling no more
     * @throws IOException if it is there and cannot be understood
     */
    static CheckpointAddresses read(Path checkpoint, Instant cooledSince) throws IOException {
        if (!Files.exists(checkpoint)) {
            return NONE;
        }
        try {
            JsonObject file = JsonObject.parse(Files.readString(checkpoint));
            var pods = new TreeMap<String, String>();
            for (JsonObject allocation : file.objects("allocations")) {
                String address = address(allocation);
                JsonObject metadata = allocation.objectOrNull("metadata");
                if (address != null) {
                    pods.put(address, metadata == null ? "" : metadata.string("k8sPodName", ""));
                }
            }
            var cooling = new TreeSet<String>();
            var leaving = new TreeSet<String>();
            var excluded = new TreeSet<String>();
            JsonObject ours = file.objectOrNull("vpcCni");
            if (ours != null) {
                for (JsonObject one : ours.objects("cooling")) {
                    if (since(one).isAfter(cooledSince)) {
                        String address = address(one);
                        if (address != null) {
                            cooling.add(address);
                        }
                    }
                }
                for (JsonObject intent : ours.objects("intents")) {
                    switch (intent.string("action")) {
                        case "release" -> leaving.addAll(intent.strings("blocks"));
                        case "remove" -> leaving.add(intent.string("interface"));
                        default -> {}
                    }
                }
                for (JsonObject eni : ours.objects("interfaces")) {
                    if (!eni.truth("usable", true)) {
                        excluded.add(eni.string("id"));
                    }
                }
            }
            return new CheckpointAddresses(pods, cooling, leaving, excluded);
        } catch (JsonException e) {
            throw new IOException(checkpoint + ": " + e.getMessage(), e);
        }
    }

    /** Returns those of the addresses that lie in {@code block}, in order of their text. */
    List<String> within(Cidr block) {
        var all = new TreeSet<>(pods.keySet());
        all.addAll(cooling);
        return all.stream().filter(text -> block.contains(IpAddress.parse(text))).toList();
    }

    private static @Nullable String address(JsonObject entry) throws JsonException {
        String four = entry.stringOrNull("ipv4");
        return four != null && !four.isEmpty() ? four : entry.stringOrNull("ipv6");
    }

    private static Instant since(JsonObject cooling) throws JsonException {
        long nanos = cooling.integer("since");
        return Instant.ofEpochSecond(nanos / NANOS, nanos % NANOS);
    }
}
