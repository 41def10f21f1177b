package dev.vpccni.daemon.checkpoint;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.vpccni.ipam.ledger.Checkpoint;
import dev.vpccni.json.JsonException;
import dev.vpccni.node.port.LedgerStore;
import dev.vpccni.node.port.Tempo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The checkpoint as a file. A new one is written beside the old one, synced, renamed over it, and
 * the folder synced, so that a crash leaves one or the other. One thread uses it at a time.
 *
 * <p>The folder is normally on tmpfs: the file does not survive a reboot, and neither do the pods.
 */
public final class FileLedgerStore implements LedgerStore, AutoCloseable {

    /** Twice what 10,000 addresses take; a node has some hundred. */
    private static final long LENGTH_MAX = 8 << 20;

    /** Somebody interrupts a thread once, or twice; more is a fault. */
    private static final int INTERRUPTIONS_MAX = 100;

    private static final Set<OpenOption> ANEW = Set.of(WRITE, CREATE, TRUNCATE_EXISTING);
    private static final FileAttribute<?> PRIVATE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final Path file;
    private final Path temporary;
    private final Tempo tempo;
    private final String boot;
    private final CheckpointWriter writer = new CheckpointWriter();
    private @Nullable FileChannel folder;

    /**
     * @param file where the checkpoint is; its folder is made if there is none
     * @param tempo the time that the checkpoint's entries are in
     * @param boot the machine's run, as {@link WriteTime#thisBoot} tells it
     */
    public FileLedgerStore(Path file, Tempo tempo, String boot) {
        this.file = file.toAbsolutePath();
        this.temporary = this.file.resolveSibling(this.file.getFileName() + ".tmp");
        this.tempo = tempo;
        this.boot = boot;
    }

    /**
     * {@inheritDoc}
     *
     * @throws IOException if the file may be well, and cannot be read just now: for lack of rights,
     *     of descriptors, or of a disk that works. Without it the daemon must not start
     */
    @Override
    public Stored read() throws IOException {
        try {
            BasicFileAttributes there = attributes(file, NOFOLLOW_LINKS);
            if (there.isSymbolicLink() && !Files.isRegularFile(file)) {
                throw new JsonException("it is a link that leads to no file");
            }
            if (!there.isSymbolicLink() && !there.isRegularFile()) {
                throw new JsonException("it is no file");
            }
            if (attributes(file).size() > LENGTH_MAX) {
                throw new JsonException("it is longer than " + LENGTH_MAX + " bytes");
            }
            return new Stored(translated(CheckpointReader.read(Files.readAllBytes(file))), null);
        } catch (NoSuchFileException e) {
            return new Stored(null, null);
        } catch (JsonException e) {
            return new Stored(null, setAside() + " (" + e.getMessage() + ")");
        } catch (IOException e) {
            throw new IOException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    private Checkpoint translated(CheckpointReader.Text text) {
        WriteTime written = text.written();
        return written == null
                ? text.checkpoint()
                : written.translate(text.checkpoint(), WriteTime.now(boot, tempo));
    }

    private static BasicFileAttributes attributes(Path file, LinkOption... options)
            throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class, options);
    }

    /**
     * {@inheritDoc}
     *
     * <p>A thread that is interrupted meanwhile writes all the same, for the checkpoint is not its
     * own alone; it stays interrupted.
     */
    @Override
    public void write(Checkpoint checkpoint) throws IOException {
        byte[] text = writer.write(checkpoint, WriteTime.now(boot, tempo));
        boolean interrupted = false;
        boolean written = false;
        try {
            for (int attempt = 1; !written; attempt++) {
                // An interruption closes the channels that the thread uses, now or later.
                interrupted |= Thread.interrupted();
                try {
                    replace(ByteBuffer.wrap(text));
                    written = true;
                } catch (ClosedByInterruptException e) {
                    if (attempt == INTERRUPTIONS_MAX) {
                        throw e;
                    }
                }
            }
        } catch (IOException e) {
            Files.deleteIfExists(temporary); // on a full disk its room is needed
            throw new IOException("cannot write " + file + ": " + e.getMessage(), e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void replace(ByteBuffer text) throws IOException {
        FileChannel synced = folder();
        try (FileChannel channel = FileChannel.open(temporary, ANEW, PRIVATE)) {
            while (text.hasRemaining()) {
                channel.write(text);
            }
            channel.force(true);
        }
        Files.move(
                temporary,
                file,
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
        synced.force(true);
    }

    @Override
    public void close() throws IOException {
        FileChannel open = folder;
        if (open != null) {
            open.close();
        }
    }

    /** Moves whatever stands at the file's place to a name of its own, and returns that. */
    private String setAside() throws IOException {
        String name = file.getFileName() + ".quarantined-" + tempo.wall().getEpochSecond();
        Path free = file.resolveSibling(name);
        for (int i = 2; Files.exists(free); i++) {
            free = file.resolveSibling(name + "-" + i);
        }
        Files.move(file, free, StandardCopyOption.ATOMIC_MOVE);
        return free.toString();
    }

    private FileChannel folder() throws IOException {
        FileChannel open = folder;
        if (open == null || !open.isOpen()) {
            Path parent = file.getParent();
            if (parent == null) {
                throw new IOException(file + " is no file");
            }
            Files.createDirectories(parent);
            open = FileChannel.open(parent, READ);
            folder = open;
        }
        return open;
    }
}
