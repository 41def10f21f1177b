package dev.vpccni.acceptance.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.CRC32;

/**
 * This computer's plugins, devices and folders as they were when they were looked at, and what
 * somebody is to try on them. Closing it undoes what reached them.
 */
public final class Surroundings implements AutoCloseable {

    private static final Path PLUGINS = Path.of("/usr/lib/cni");
    private static final Path DEVICES = Path.of("/dev");

    /** Terminals, which come and go. */
    private static final Path TERMINALS = Path.of("/dev/pts");

    /** What is below is the nodes' own. */
    private static final Path NODES = Path.of("/run/vpc-cni-lab", LabUnderTest.name(), "nodes");

    /** Folders of folders of folders: deeper ones lie in the same file systems. */
    private static final int DEPTH = 3;

    /** When {@code touch} was told that files were written. */
    private static final FileTime TOUCHED = FileTime.from(Instant.ofEpochSecond(86_400));

    private final String canary = "vpccni-test-canary-" + ProcessHandle.current().pid();
    private final SortedMap<Path, State> files;
    private final List<Path> folders;

    private Surroundings(SortedMap<Path, State> files, List<Path> folders) {
        this.files = files;
        this.folders = folders;
    }

    /** Looks at the computer. */
    public static Surroundings look() throws IOException {
        var files = new TreeMap<Path, State>();
        for (Path plugin : plugins()) {
            files.put(plugin, State.of(plugin));
        }
        for (Path device : devices()) {
            files.put(device, State.of(device));
        }
        return new Surroundings(files, folders());
    }

    /** Returns the computer's plugins, of which there are some. */
    public static List<Path> plugins() throws IOException {
        try (Stream<Path> all = Files.list(PLUGINS)) {
            List<Path> plugins = all.filter(Files::isRegularFile).sorted().toList();
            assertThat(plugins).as("in " + PLUGINS).isNotEmpty();
            return plugins;
        }
    }

    /** Returns what a file that is put into each folder is called. */
    public String canary() {
        return canary;
    }

    /** Returns what is to be tried: a line for each file to touch and each folder to fill. */
    public String tasks() {
        return Stream.concat(
                        files.keySet().stream().map(file -> "touch " + file),
                        folders.stream().map(folder -> "fill " + folder))
                .collect(Collectors.joining("\n", "", "\n"));
    }

    /** Returns what is not as it was. */
    public List<String> changes() throws IOException {
        var changes = new ArrayList<String>();
        for (Map.Entry<Path, State> file : files.entrySet()) {
            State before = file.getValue();
            if (!Files.exists(file.getKey(), LinkOption.NOFOLLOW_LINKS)) {
                changes.add(file.getKey() + " is gone");
            } else if (State.of(file.getKey()).isChangedFrom(before)) {
                changes.add(file.getKey() + " was " + before);
            }
        }
        for (Path folder : folders) {
            if (Files.exists(folder.resolve(canary))) {
                changes.add(folder + " was written to");
            }
        }
        return changes;
    }

    @Override
    public void close() throws IOException {
        for (Path folder : folders) {
            Path filled = folder.resolve(canary);
            if (Files.exists(filled)) {
                Files.delete(filled);
            }
        }
        for (Map.Entry<Path, State> file : files.entrySet()) {
            if (Files.exists(file.getKey())
                    && Files.getLastModifiedTime(file.getKey()).equals(TOUCHED)) {
                touch(file.getKey(), file.getValue().written());
            }
        }
    }

    /** Java would open the file, which a disk in use forbids. */
    private static void touch(Path file, FileTime written) throws IOException {
        try {
            Ended.of(new ProcessBuilder("touch", "-d", written.toString(), file.toString()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted: " + file + " keeps its new time", e);
        }
    }

    private static List<Path> devices() throws IOException {
        try (Stream<Path> all = Files.walk(DEVICES)) {
            return all.filter(file -> !file.startsWith(TERMINALS))
                    .filter(Surroundings::isDevice)
                    .toList();
        }
    }

    private static boolean isDevice(Path file) {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                    .isOther();
        } catch (IOException gone) {
            return false;
        }
    }

    /** Returns the computer's folders down to some depth, and all on which something is mounted. */
    private static List<Path> folders() throws IOException {
        var folders = new ArrayList<Path>();
        Files.walkFileTree(
                Path.of("/"),
                EnumSet.noneOf(FileVisitOption.class),
                DEPTH + 1,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult preVisitDirectory(
                            Path folder, BasicFileAttributes attributes) {
                        folders.add(folder);
                        return folder.startsWith("/proc") || folder.getNameCount() == DEPTH
                                ? FileVisitResult.SKIP_SUBTREE
                                : FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFileFailed(Path file, IOException gone) {
                        return FileVisitResult.CONTINUE;
                    }
                });
        for (String mount : Files.readAllLines(Path.of("/proc/self/mounts"))) {
            Path point = Path.of(mount.split(" ", -1)[1].replace("\\040", " "));
            if (Files.isDirectory(point) && !point.startsWith(NODES)) {
                folders.add(point);
            }
        }
        return Collections.unmodifiableList(folders);
    }

    /**
     * A file.
     *
     * @param what its inode, kind and mode, owner, device and length
     * @param written when it was last written to
     * @param sum of its content, if it is a regular file; else 0
     */
    private record State(String what, FileTime written, long sum) {

        static State of(Path file) throws IOException {
            Map<String, Object> seen =
                    Files.readAttributes(
                            file, "unix:ino,mode,uid,gid,rdev,size", LinkOption.NOFOLLOW_LINKS);
            boolean regular = Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
            return new State(
                    new TreeMap<>(seen).toString(),
                    Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS),
                    regular ? sum(Files.readAllBytes(file)) : 0);
        }

        /** Terminals and the like are written to by anybody: only what we did to them counts. */
        boolean isChangedFrom(State before) {
            boolean touched = written.equals(TOUCHED) && !before.written.equals(TOUCHED);
            return touched || !what.equals(before.what) || sum != before.sum;
        }

        private static long sum(byte[] content) {
            var sum = new CRC32();
            sum.update(content);
            return sum.getValue();
        }
    }
}
