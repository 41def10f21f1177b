package dev.vpccni.lab.runtime;

import dev.vpccni.json.Json;
import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What ADD answered, one file for each attachment, in the form of libcni's own cache ({@code
 * /var/lib/cni/results}): it outlives the runtime.
 */
final class ResultCache {

    private static final String KIND = "cniCacheV1";

    private final Path folder;

    ResultCache(Path folder) {
        this.folder = folder;
    }

    /**
     * An attachment as it was made.
     *
     * @param result what the last plugin answered
     */
    record Entry(
            String network, ContainerAttachment attachment, Map<String, @Nullable Object> result) {}

    void put(NetworkList list, ContainerAttachment attachment, Object result) throws IOException {
        Files.createDirectories(folder);
        var entry = new LinkedHashMap<String, @Nullable Object>();
        entry.put("kind", KIND);
        entry.put("containerId", attachment.container());
        entry.put(
                "config",
                Base64.getEncoder()
                        .encodeToString(
                                Json.compact(list.plugins()).getBytes(StandardCharsets.UTF_8)));
        entry.put("ifName", attachment.device());
        entry.put("networkName", list.name());
        entry.put("netns", attachment.namespace());
        entry.put("cniArgs", pairs(attachment.arguments()));
        entry.put("capabilityArgs", attachment.capabilities());
        entry.put("result", result);
        Path file = file(list, attachment);
        Path draft = folder.resolve(file.toFile().getName() + ".tmp");
        Files.writeString(draft, Json.compact(entry));
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    }

    @Nullable Entry find(NetworkList list, ContainerAttachment attachment) throws IOException {
        Path file = file(list, attachment);
        return Files.exists(file) ? read(file) : null;
    }

    void forget(NetworkList list, ContainerAttachment attachment) throws IOException {
        Files.deleteIfExists(file(list, attachment));
    }

    /** Returns every attachment to {@code list}'s network. */
    List<Entry> all(NetworkList list) throws IOException {
        var entries = new ArrayList<Entry>();
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> files =
                    Files.newDirectoryStream(folder, list.name() + "-*")) {
                for (Path file : files) {
                    Entry entry = read(file);
                    if (entry.network().equals(list.name())) {
                        entries.add(entry);
                    }
                }
            }
        }
        return entries;
    }

    private Path file(NetworkList list, ContainerAttachment attachment) {
        return folder.resolve(
                list.name() + "-" + attachment.container() + "-" + attachment.device());
    }

    private static Entry read(Path file) throws IOException {
        try {
            JsonObject entry = JsonObject.parse(Files.readString(file));
            var arguments = new ArrayList<String>();
            for (Object pair : entry.list("cniArgs")) {
                if (pair instanceof List<?> two && two.size() == 2) {
                    arguments.add(two.get(0) + "=" + two.get(1));
                }
            }
            return new Entry(
                    entry.string("networkName"),
                    new ContainerAttachment(
                            entry.string("containerId"),
                            entry.string("netns", ""),
                            entry.string("ifName"),
                            String.join(";", arguments),
                            present(entry.objectOrNull("capabilityArgs"))),
                    members(entry.object("result")));
        } catch (JsonException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    private static SortedMap<String, Object> present(@Nullable JsonObject object) {
        var members = new TreeMap<String, Object>();
        if (object != null) {
            for (String name : object.names()) {
                Object value = object.value(name);
                if (value != null) {
                    members.put(name, value);
                }
            }
        }
        return members;
    }

    private static SortedMap<String, @Nullable Object> members(JsonObject object) {
        var members = new TreeMap<String, @Nullable Object>();
        for (String name : object.names()) {
            members.put(name, object.value(name));
        }
        return members;
    }

    private static List<List<String>> pairs(String arguments) {
        var pairs = new ArrayList<List<String>>();
        for (String pair : arguments.split(";", -1)) {
            int equals = pair.indexOf('=');
            if (equals >= 0) {
                pairs.add(List.of(pair.substring(0, equals), pair.substring(equals + 1)));
            }
        }
        return pairs;
    }
}
