package dev.vpccni.daemon.install;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * A folder of the host whose files others open and execute while they are replaced. Each of them is
 * the former one or the new one, whole and with its mode, at every moment: it is written beside,
 * synced, given its mode, and renamed. A file that is as it should be is left alone, also where the
 * folder is read-only. Two at once do not disturb each other; the later one's file stays.
 */
public final class HostFolder {

    /** Which neither a runtime takes for a configuration nor upstream for a file of its own. */
    private static final String UNFINISHED = ".vpc-cni-unfinished";

    /** Longer than any file takes to be written: whoever began it is gone. */
    private static final Duration UNFINISHED_LIFE = Duration.ofHours(1);

    private static final Set<PosixFilePermission> READABLE =
            PosixFilePermissions.fromString("rw-r--r--");

    private final Path folder;
    private final String setting;
    private final InstantSource clock;
    private final RandomGenerator random;

    /**
     * @param setting the variable that names the folder, for errors
     * @param clock the wall's, which files' times are of
     * @param random for names of files that are not finished
     */
    public HostFolder(Path folder, String setting, InstantSource clock, RandomGenerator random) {
        this.folder = folder;
        this.setting = setting;
        this.clock = clock;
        this.random = random;
    }

    /** Writes a file's content to a path at which nothing is. */
    private interface Content {
        void writeTo(Path target) throws IOException;
    }

    /**
     * Puts a copy of a file there, with its mode.
     *
     * @return whether there was another one, or none
     * @throws IOException if it is not there afterwards: with what was in the way and what helps
     */
    public boolean copy(Path source) throws IOException {
        String name = source.getFileName().toString();
        if (!Files.isRegularFile(source)) {
            throw new IOException("there is no file " + source + ", which is to be installed");
        }
        try {
            Set<PosixFilePermission> mode = Files.getPosixFilePermissions(source);
            if (isLike(source, mode, folder.resolve(name))) {
                return false;
            }
            put(
                    name,
                    Files.size(source),
                    mode,
                    target -> {
                        var _ = Files.copy(source, target);
                    });
            return true;
        } catch (IOException e) {
            throw refused(name, Files.size(source), e);
        }
    }

    /**
     * Puts a text there, which everybody may read.
     *
     * @return whether there was another one, or none
     * @throws IOException if it is not there afterwards: with what was in the way and what helps
     */
    public boolean write(String name, String text) throws IOException {
        byte[] bytes = text.getBytes(UTF_8);
        try {
            Path target = folder.resolve(name);
            boolean same =
                    Files.isRegularFile(target, LinkOption.NOFOLLOW_LINKS)
                            && Files.size(target) == bytes.length
                            && Files.getPosixFilePermissions(target).equals(READABLE)
                            && Files.readString(target).equals(text);
            if (same) {
                return false;
            }
            put(name, bytes.length, READABLE, early -> Files.write(early, bytes));
            return true;
        } catch (IOException e) {
            throw refused(name, bytes.length, e);
        }
    }

    private static boolean isLike(Path source, Set<PosixFilePermission> mode, Path target)
            throws IOException {
        return Files.isRegularFile(target, LinkOption.NOFOLLOW_LINKS)
                && Files.getPosixFilePermissions(target).equals(mode)
                && Files.mismatch(source, target) < 0;
    }

    private void put(String name, long size, Set<PosixFilePermission> mode, Content content)
            throws IOException {
        removeUnfinished(name);
        Path early = folder.resolve(unfinished(name) + Long.toHexString(random.nextLong()));
        try {
            content.writeTo(early);
            if (Files.size(early) != size) {
                throw new IOException("it changed while it was copied");
            }
            // Before the rename: from then on somebody may execute it.
            Files.setPosixFilePermissions(early, mode);
            sync(early, StandardOpenOption.WRITE);
            Files.move(
                    early,
                    folder.resolve(name),
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } finally {
            var _ = Files.deleteIfExists(early);
        }
        sync(folder, StandardOpenOption.READ);
    }

    /** Removes what a crash left, for which nobody else would come. */
    private void removeUnfinished(String name) throws IOException {
        try (DirectoryStream<Path> left =
                Files.newDirectoryStream(folder, unfinished(name) + "*")) {
            for (Path one : left) {
                if (isAbandoned(one)) {
                    var _ = Files.deleteIfExists(one);
                }
            }
        }
    }

    private boolean isAbandoned(Path unfinished) throws IOException {
        try {
            Instant written = Files.getLastModifiedTime(unfinished).toInstant();
            return Duration.between(written, clock.instant()).compareTo(UNFINISHED_LIFE) > 0;
        } catch (NoSuchFileException e) {
            return false; // whoever began it has finished it meanwhile
        }
    }

    private static String unfinished(String name) {
        return "." + name + UNFINISHED + "-";
    }

    private static void sync(Path path, StandardOpenOption how) throws IOException {
        try (FileChannel channel = FileChannel.open(path, how)) {
            channel.force(true);
        }
    }

    private IOException refused(String name, long size, IOException e) {
        return new IOException(
                "cannot put " + name + " into " + folder + ": " + e + "; " + remedy(name, size), e);
    }

    /** Looks at the folder, since failures of files say no more than a text. */
    private String remedy(String name, long size) {
        if (!Files.isDirectory(folder)) {
            return setting + " has to name a folder of the host that is mounted there";
        }
        if (Files.isDirectory(folder.resolve(name), LinkOption.NOFOLLOW_LINKS)) {
            return "a folder has its name: remove that";
        }
        try {
            FileStore store = Files.getFileStore(folder);
            if (store.isReadOnly()) {
                return setting + " has to name a folder that is mounted writable";
            }
            if (store.getUsableSpace() < size) {
                return "%d bytes are free there and %d are needed: make room on the host's disk"
                        .formatted(store.getUsableSpace(), size);
            }
        } catch (IOException e) {
            return "nothing is known of its file system: " + e;
        }
        return "the process has to be root, and to have a right to write there";
    }

    /** Returns the files in a folder that are to be copied, by name. */
    static List<Path> filesIn(Path source) throws IOException {
        try (Stream<Path> files = Files.list(source)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        } catch (IOException e) {
            throw new IOException(
                    "cannot list what is to be installed from " + source + ": " + e, e);
        }
    }
}
