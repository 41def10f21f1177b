package dev.vpccni.lab.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The folder that {@code scripts/kubernetes/build} fills: programs, plugins and images.
 *
 * @param path of the folder, which nodes see as this computer does
 */
public record ClusterFolder(Path path) {

    /**
     * Returns a program of it.
     *
     * @throws IOException if it is not there: with the way to get it
     */
    Path program(String name) throws IOException {
        Path program = path.resolve("bin").resolve(name);
        if (!Files.isExecutable(program)) {
            throw new IOException("no " + program + ": run scripts/kubernetes/build");
        }
        return program;
    }

    /** Returns the program with which one asks the cluster. */
    public Path kubectl() throws IOException {
        return program("kubectl");
    }

    /** Returns the version of Kubernetes, such as {@code v1.34.2}. */
    public String version() throws IOException {
        return versionOf("kubelet");
    }

    /** Returns the version of a part, as the script wrote it down when it was built. */
    String versionOf(String part) throws IOException {
        return Files.readString(path.resolve("built").resolve(part)).strip();
    }

    /**
     * Returns the files that a node has besides: plugins which a runtime and our list need beside
     * ours.
     */
    public Path nodeFiles() {
        return path.resolve("node");
    }

    /** Returns the archives of the images that every node has, in order. */
    List<Path> images() throws IOException {
        try (Stream<Path> all = Files.list(path.resolve("images"))) {
            return all.filter(file -> file.toString().endsWith(".tar")).sorted().toList();
        }
    }

    /** Returns what a program that starts others of this folder has as {@code PATH}. */
    String searchPath(String others) {
        return path.resolve("bin") + ":" + others;
    }
}
