package dev.vpccni.daemon.checkpoint;

import dev.vpccni.ipam.ledger.Checkpoint;
import dev.vpccni.json.JsonException;
import dev.vpccni.node.port.LedgerStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The checkpoint as a file. A new one is written beside the old one, synced, renamed over it, and
 * the folder synced, so that a crash leaves one or the other. One thread uses it at a time.
 *
 * <p>The folder is normally on tmpfs: the file does not survive a reboot, and neither do the pods.
 */
public final class FileLedgerStore implements LedgerStore, AutoCloseable {

    private final Path file;
    private final Path temporary;
    private final InstantSource clock;
    private final CheckpointWriter writer = new CheckpointWriter();
    private @Nullable FileChannel folder;

    /**
     * @param file where the checkpoint is; its folder is made if there is none
     * @param clock for the name of a file that is set aside
     */
    public FileLedgerStore(Path file, InstantSource clock) {
        this.file = file.toAbsolutePath();
        this.temporary = this.file.resolveSibling(this.file.getFileName() + ".tmp");
        this.clock = clock;
    }

    @Override
    public Stored read() throws IOException {
        try {
            return new Stored(CheckpointReader.read(Files.readAllBytes(file)), null);
        } catch (NoSuchFileException e) {
            return new Stored(null, null);
        } catch (JsonException e) {
            return new Stored(null, setAside() + " (" + e.getMessage() + ")");
        } catch (IOException e) {
            // Something else than a file may stand there, a folder for example.
            return new Stored(null, setAside() + " (" + e.getMessage() + ")");
        }
    }

    @Override
    public void write(Checkpoint checkpoint) throws IOException {
        ByteBuffer text = ByteBuffer.wrap(writer.write(checkpoint));
        FileChannel synced = folder();
        try {
            try (FileChannel channel =
                    FileChannel.open(
                            temporary,
                            Set.of(
                                    StandardOpenOption.WRITE,
                                    StandardOpenOption.CREATE,
                                    StandardOpenOption.TRUNCATE_EXISTING),
                            PosixFilePermissions.asFileAttribute(
                                    PosixFilePermissions.fromString("rw-------")))) {
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
        } catch (IOException e) {
            Files.deleteIfExists(temporary); // on a full disk its room is needed
            throw new IOException("cannot write " + file + ": " + e.getMessage(), e);
        }
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
        String name = file.getFileName() + ".quarantined-" + clock.instant().getEpochSecond();
        Path free = file.resolveSibling(name);
        for (int i = 2; Files.exists(free); i++) {
            free = file.resolveSibling(name + "-" + i);
        }
        Files.move(file, free, StandardCopyOption.ATOMIC_MOVE);
        return free.toString();
    }

    private FileChannel folder() throws IOException {
        FileChannel open = folder;
        if (open == null) {
            Path parent = file.getParent();
            if (parent == null) {
                throw new IOException(file + " is no file");
            }
            Files.createDirectories(parent);
            open = FileChannel.open(parent, StandardOpenOption.READ);
            folder = open;
        }
        return open;
    }
}
