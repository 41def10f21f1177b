package dev.vpccni.host.examination;

import dev.vpccni.doctor.snapshot.Fact;
import dev.vpccni.doctor.snapshot.NodeState.Disk;
import dev.vpccni.doctor.snapshot.SeenNetwork;
import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/** Reads a host's modules, disk and networks. */
final class NodeReader {

    private static final int NETWORK_MAX = 1 << 20;

    private static final List<String> ENDINGS = List.of(".conf", ".conflist", ".json");

    private final FileReader files;

    NodeReader(FileReader files) {
        this.files = files;
    }

    /** Returns the modules that are there, or can be. */
    Fact<SortedSet<String>> modules() {
        String folder =
                "/lib/modules/" + files.text("/proc/sys/kernel/osrelease").or("none").strip();
        var modules = new TreeSet<String>();
        for (String list : List.of(folder + "/modules.dep", folder + "/modules.builtin")) {
            String text = files.text(list).orNull();
            if (text == null) {
                return new Fact.Unseen<>("there is no " + list);
            }
            text.lines().forEach(line -> modules.add(module(line.split(":", 2)[0])));
        }
        files.text("/proc/modules")
                .or("")
                .lines()
                .forEach(line -> modules.add(line.split(" ", 2)[0]));
        modules.addAll(files.folder("/sys/module").or(List.of()));
        return new Fact.Seen<>(Collections.unmodifiableSortedSet(modules));
    }

    private static String module(String path) {
        String name = path.substring(path.lastIndexOf('/') + 1);
        int end = name.indexOf(".ko");
        return (end < 0 ? name : name.substring(0, end)).replace('-', '_');
    }

    /** Returns the networks in a folder, in the order in which runtimes look at them. */
    Fact<List<SeenNetwork>> networks(String folder) {
        return files.folder(folder)
                .map(names -> {
                    var networks = new ArrayList<SeenNetwork>();
                    for (String name : names) {
                        if (ENDINGS.stream().anyMatch(name::endsWith)) {
                            networks.add(network(folder, name));
                        }
                    }
                    return networks;
                });
    }

    private SeenNetwork network(String folder, String name) {
        return switch (files.text(folder + "/" + name, NETWORK_MAX)) {
            case Fact.Seen<String>(String text) -> parse(name, text);
            case Fact.Absent<String>() -> new SeenNetwork(name, List.of(), "it went away");
            case Fact.Unseen<String>(String why) -> new SeenNetwork(name, List.of(), why);
        };
    }

    private static SeenNetwork parse(String name, String text) {
        try {
            JsonObject network = JsonObject.parse(text);
            var types = new ArrayList<String>();
            if (network.has("plugins")) {
                for (JsonObject plugin : network.objects("plugins")) {
                    types.add(plugin.string("type"));
                }
            } else {
                types.add(network.string("type"));
            }
            return new SeenNetwork(name, types, types.isEmpty() ? "it names no plugin" : "");
        } catch (JsonException e) {
            return new SeenNetwork(name, List.of(), FileReader.why(e));
        }
    }

    /** Returns what is left where {@code folder} lies. */
    static Fact<Disk> disk(String folder) {
        Path path = Path.of(folder);
        if (!Files.isDirectory(path)) {
            return new Fact.Absent<>();
        }
        try {
            FileStore store = Files.getFileStore(path);
            return new Fact.Seen<>(
                    new Disk(
                            Files.isWritable(path), store.getUsableSpace(), store.getTotalSpace()));
        } catch (IOException e) {
            return new Fact.Unseen<>(FileReader.why(e));
        }
    }
}
