package dev.vpccni.host.examination;

import dev.vpccni.doctor.snapshot.Fact;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Reads files and folders below a root, and says why it could not. */
final class FileReader {

    /** Bytes of a configuration; the longest that is read is the list of a kernel's modules. */
    static final int TEXT_MAX = 4 << 20;

    private static final int NAMES_MAX = 4_096;

    private final Path root;

    FileReader(Path root) {
        this.root = root;
    }

    /** Returns the text of a file; bytes that are no UTF-8 become question marks. */
    Fact<String> text(String path) {
        return text(path, TEXT_MAX);
    }

    /** Returns the text of a file of at most so many bytes. */
    Fact<String> text(String path, int max) {
        try {
            Path file = below(path);
            if (Files.isDirectory(file)) {
                return new Fact.Unseen<>("is a folder");
            }
            // What masks a file is a link to the device that is empty; others could block.
            if (!Files.isRegularFile(file)) {
                return Files.exists(file) ? new Fact.Seen<>("") : new Fact.Absent<>();
            }
            try (InputStream in = Files.newInputStream(file)) {
                byte[] bytes = in.readNBytes(max + 1);
                return bytes.length > max
                        ? new Fact.Unseen<>("longer than " + max + " bytes")
                        : new Fact.Seen<>(new String(bytes, StandardCharsets.UTF_8));
            }
        } catch (NoSuchFileException e) {
            return new Fact.Absent<>();
        } catch (IOException | SecurityException e) {
            return new Fact.Unseen<>(why(e));
        }
    }

    /** Returns the names in a folder, in order. */
    Fact<List<String>> folder(String path) {
        try (Stream<Path> entries = Files.list(below(path))) {
            List<String> names =
                    entries.limit(NAMES_MAX + 1L)
                            .map(entry -> String.valueOf(entry.getFileName()))
                            .sorted()
                            .toList();
            return names.size() > NAMES_MAX
                    ? new Fact.Unseen<>("more than " + NAMES_MAX + " names")
                    : new Fact.Seen<>(names);
        } catch (NoSuchFileException | NotDirectoryException e) {
            return new Fact.Absent<>();
        } catch (IOException | java.io.UncheckedIOException e) {
            return new Fact.Unseen<>(why(e));
        }
    }

    /** Returns where a file of the host lies here; no link leads out of the root. */
    private Path below(String path) throws IOException {
        Path file = root.resolve(path.substring(1));
        if (root.getNameCount() > 0
                && Files.exists(file)
                && !file.toRealPath().startsWith(root.toRealPath())) {
            throw new FileSystemException(path, null, "leads out of " + root);
        }
        return file;
    }

    /** Returns why something could not be read, in a few words. */
    static String why(Exception e) {
        String message =
                e instanceof FileSystemException file && file.getReason() != null
                        ? file.getReason()
                        : e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message;
    }
}
