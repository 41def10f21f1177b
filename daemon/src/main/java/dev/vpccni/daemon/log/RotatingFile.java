package dev.vpccni.daemon.log;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.function.Consumer;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Lines in a file that begins anew when it is large, as upstream's does: what it held is compressed
 * beside it, as {@code NAME.1.gz} to {@code NAME.5.gz}, newest first. Only its owner may read any
 * of these, whatever the process's umask: pods' names and their configuration are in there. One
 * thread writes.
 */
final class RotatingFile implements Log.Sink {

    /** Bytes; upstream's limit. */
    static final long SIZE_MAX = 100L << 20;

    /** Upstream's limit. */
    static final int OLD_MAX = 5;

    private static final Set<PosixFilePermission> PRIVATE =
            PosixFilePermissions.fromString("rw-------");
    private static final FileAttribute<?> OWN = PosixFilePermissions.asFileAttribute(PRIVATE);
    private static final Set<OpenOption> APPENDING = Set.of(CREATE, WRITE, APPEND);
    private static final Set<OpenOption> NEW = Set.of(CREATE_NEW, WRITE);

    private final Path file;
    private final long sizeMax;
    private final Consumer<String> problems;
    private FileChannel channel;
    private long size;
    private boolean failing;
    private @Nullable Thread compressing;

    private RotatingFile(Path file, long sizeMax, Consumer<String> problems) throws IOException {
        this.file = file;
        this.sizeMax = sizeMax;
        this.problems = problems;
        channel = open(file);
        size = channel.size();
    }

    /**
     * Opens a file, or goes on with one.
     *
     * @param problems is told once when lines cannot be written
     * @throws IOException if it cannot be written
     */
    static RotatingFile open(Path file, long sizeMax, Consumer<String> problems)
            throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        var opened = new RotatingFile(file, sizeMax, problems);
        for (int i = 1; i <= OLD_MAX; i++) {
            restrict(opened.old(i)); // of a daemon that did not care
        }
        if (Files.exists(opened.uncompressed())) {
            opened.compress(); // of one that ended meanwhile
        }
        return opened;
    }

    @Override
    public void write(Log.Line line) {
        byte[] text = LineEncoder.encode(line);
        try {
            if (size > 0 && size + text.length > sizeMax) {
                rotate();
            }
            ByteBuffer left = ByteBuffer.wrap(text);
            while (left.hasRemaining()) {
                size += channel.write(left);
            }
            failing = false;
        } catch (IOException e) {
            if (!failing) {
                problems.accept("cannot write " + file + ": " + e.getMessage());
            }
            failing = true;
        }
    }

    @Override
    public void close() {
        awaitCompression();
        try {
            channel.close();
        } catch (IOException e) {
            problems.accept("cannot close " + file + ": " + e.getMessage());
        }
    }

    private void rotate() {
        awaitCompression();
        try {
            for (int i = OLD_MAX - 1; i >= 1; i--) {
                move(old(i), old(i + 1));
            }
            move(file, uncompressed());
            FileChannel next = open(file);
            channel.close();
            channel = next;
            compress();
        } catch (IOException e) {
            problems.accept("cannot begin " + file + " anew: " + e.getMessage());
        }
        size = 0; // where it failed, it is tried again when as much has come once more
    }

    /** Compresses beside the caller: it takes seconds, in which many lines come. */
    private void compress() {
        compressing = Thread.ofPlatform().name("log-gzip").daemon().start(this::compressNow);
    }

    private void compressNow() {
        Path early = sibling(".gz.tmp");
        try {
            Files.deleteIfExists(early);
            try (InputStream in = Files.newInputStream(uncompressed());
                    FileChannel out = FileChannel.open(early, NEW, OWN);
                    var compressed = new GZIPOutputStream(Channels.newOutputStream(out))) {
                in.transferTo(compressed);
            }
            Files.move(early, old(1), ATOMIC_MOVE);
            Files.delete(uncompressed());
        } catch (IOException e) {
            problems.accept("cannot compress " + uncompressed() + ": " + e.getMessage());
        }
    }

    private void awaitCompression() {
        Thread running = compressing;
        if (running != null) {
            try {
                running.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static FileChannel open(Path file) throws IOException {
        FileChannel opened = FileChannel.open(file, APPENDING, OWN);
        restrict(file);
        return opened;
    }

    private static void restrict(Path file) throws IOException {
        try {
            Files.setPosixFilePermissions(file, PRIVATE);
        } catch (NoSuchFileException e) {
            // Then nobody reads it.
        }
    }

    private static void move(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, ATOMIC_MOVE);
        } catch (NoSuchFileException e) {
            // There is none yet.
        }
    }

    private Path old(int number) {
        return sibling("." + number + ".gz");
    }

    private Path uncompressed() {
        return sibling(".1");
    }

    private Path sibling(String suffix) {
        return file.resolveSibling(file.getFileName() + suffix);
    }
}
