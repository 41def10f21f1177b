package dev.vpccni.lab;

import dev.vpccni.emulator.fabric.Program;
import dev.vpccni.lab.node.ControlGroups;
import dev.vpccni.lab.node.Mount;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where a lab keeps what it needs on this computer: a folder in {@code /run/vpc-cni-lab}, with a
 * file system of its own in memory, so that unmounting it removes everything.
 *
 * @param name the lab's name, which every namespace of it begins with, too
 */
public record LabFolder(String name) {

    private static final Path ROOT = Path.of("/run/vpc-cni-lab");

    public LabFolder {
        if (!name.matches("[a-z0-9][a-z0-9-]{0,40}")) {
            throw new IllegalArgumentException(
                    "a lab's name is of a-z, 0-9 and -, at most 41 long: \"" + name + "\"");
        }
    }

    /** Returns the folder itself. */
    public Path path() {
        return ROOT.resolve(name);
    }

    /** Returns the socket at which the lab's process listens. */
    public Path socket() {
        return path().resolve("control.sock");
    }

    /** Returns where the lab's process writes what it has to say. */
    public Path log() {
        return ROOT.resolve(name + ".log");
    }

    /** Returns the file of the processes that this lab started. */
    Path processes() {
        return path().resolve("processes");
    }

    /** Returns the folder of a node. */
    Path node(String node) {
        return path().resolve("nodes").resolve(node);
    }

    /** Returns the control groups of the lab's nodes. */
    ControlGroups groups() {
        return new ControlGroups(name);
    }

    /** Makes the folder, which must not be there. */
    void create() throws IOException {
        Files.createDirectories(path());
        Program.of("mount", "-t", "tmpfs", "-o", "mode=755", Mount.LAB, path().toString()).run();
        // A namespace's file can only be mounted below a mount that is private.
        Program.of("mount", "--make-private", path().toString()).run();
    }

    /**
     * Removes the folder with all that is mounted in it, and the control groups; one that is not
     * there is not missed.
     */
    void remove() throws IOException {
        while (isMounted()) {
            // Lazily, the kernel takes all that is mounted in it along, at once; umount(8) would
            // read the list of mounts for each of a thousand pods.
            Program.of("umount", "--lazy", path().toString()).run();
        }
        Files.deleteIfExists(path());
        groups().remove(Mount.here());
    }

    /** Tells whether a lab of this name has a folder, whether or not its process lives. */
    boolean isMounted() throws IOException {
        if (!Files.isDirectory(path())) {
            return false;
        }
        FileStore store = Files.getFileStore(path());
        return store.name().equals(Mount.LAB);
    }
}
