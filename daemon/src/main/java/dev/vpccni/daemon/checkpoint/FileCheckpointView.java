package dev.vpccni.daemon.checkpoint;

import dev.vpccni.ipam.ledger.Checkpoint;
import dev.vpccni.json.JsonException;
import dev.vpccni.node.port.Tempo;
import dev.vpccni.node.shadow.CheckpointView;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * A checkpoint as a file that is opened for reading only, and never moved or written, whatever is
 * in it. Whoever writes it renames a new one over the old one, so that each reading is of one.
 */
public final class FileCheckpointView implements CheckpointView {

    /** As many bytes as the daemon reads. */
    private static final int LENGTH_MAX = 8 << 20;

    private final Path file;
    private final Tempo tempo;
    private final String boot;

    /**
     * @param file where the checkpoint is
     * @param tempo the time that the checkpoint's entries are to be in
     * @param boot the machine's run, as {@link WriteTime#thisBoot} tells it
     */
    public FileCheckpointView(Path file, Tempo tempo, String boot) {
        this.file = file;
        this.tempo = tempo;
        this.boot = boot;
    }

    @Override
    public Seen read() throws IOException {
        try {
            if (Files.exists(file) && !Files.isRegularFile(file)) {
                return new Seen(null, "it is no file");
            }
            byte[] text;
            try (InputStream in = Files.newInputStream(file)) {
                text = in.readNBytes(LENGTH_MAX + 1);
            }
            if (text.length > LENGTH_MAX) {
                return new Seen(null, "it is longer than " + LENGTH_MAX + " bytes");
            }
            return new Seen(translated(CheckpointReader.read(text)), null);
        } catch (NoSuchFileException e) {
            return new Seen(null, null);
        } catch (JsonException e) {
            return new Seen(null, e.getMessage());
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
}
