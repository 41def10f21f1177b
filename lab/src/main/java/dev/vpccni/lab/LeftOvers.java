package dev.vpccni.lab;

import dev.vpccni.emulator.fabric.Namespaces;
import dev.vpccni.emulator.fabric.Program;
import dev.vpccni.lab.node.NodeFiles;
import dev.vpccni.lab.node.NodeNamespaces;
import dev.vpccni.lab.node.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What a lab leaves behind when its process ends before it could clean up. */
final class LeftOvers {

    private LeftOvers() {}

    /**
     * Removes processes, namespaces and files of the lab with this folder, and no others: processes
     * that it wrote down and that are still the same, or that live in its namespaces; namespaces
     * that only a lab of this name makes; its folder.
     */
    static void remove(LabFolder folder) throws IOException {
        List<String> names = LabCloud.namespaces(folder.name());
        var namespaces = new ArrayList<Path>();
        for (String name : names) {
            namespaces.add(Namespaces.path(name));
        }
        if (folder.isMounted()) {
            namespaces.addAll(insideNodes(folder));
            endWrittenDown(folder);
        }
        Processes.endInside(namespaces);
        folder.remove();
        for (String name : names) {
            Namespaces.delete(name);
        }
        Program.removeLeftOvers();
    }

    private static void endWrittenDown(LabFolder folder) throws IOException {
        if (!Files.exists(folder.processes())) {
            return;
        }
        var alive = new ArrayList<ProcessHandle>();
        for (String identity : Files.readAllLines(folder.processes())) {
            ProcessHandle process = Processes.find(identity);
            if (process != null && process.pid() != ProcessHandle.current().pid()) {
                alive.add(process);
            }
        }
        Processes.end(alive);
    }

    private static List<Path> insideNodes(LabFolder folder) throws IOException {
        var namespaces = new ArrayList<Path>();
        Path nodes = folder.path().resolve("nodes");
        if (!Files.isDirectory(nodes)) {
            return namespaces;
        }
        try (Stream<Path> all = Files.list(nodes)) {
            for (Path node : all.toList()) {
                var files = new NodeFiles(node);
                namespaces.add(new NodeNamespaces(files).mounts());
                if (Files.isDirectory(files.namespaces())) {
                    try (Stream<Path> pods = Files.list(files.namespaces())) {
                        pods.forEach(namespaces::add);
                    }
                }
            }
        }
        return namespaces;
    }
}
