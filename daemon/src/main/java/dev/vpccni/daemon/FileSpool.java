package dev.vpccni.daemon;

import dev.vpccni.cni.CniCommand;
import dev.vpccni.cni.CniException;
import dev.vpccni.cni.CniRequest;
import dev.vpccni.daemon.plugin.ShimProtocol;
import dev.vpccni.daemon.plugin.ShimProtocol.MalformedFrame;
import dev.vpccni.node.port.Spool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The folder in which the plugin keeps what it could not pass on; docs/shim-protocol.md says how. A
 * file whose name begins with a dot is still being written, or was left so by a crash.
 */
final class FileSpool implements Spool {

    private final Path folder;
    private final Consumer<String> problems;
    private final SortedSet<String> told = new TreeSet<>();

    /**
     * @param problems is told once about each file that cannot be understood
     */
    FileSpool(Path folder, Consumer<String> problems) {
        this.folder = folder;
        this.problems = problems;
    }

    @Override
    public List<Entry> list() throws IOException {
        record Aged(FileTime written, Entry entry) {}
        List<Aged> entries = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.sorted().toList()) {
                String name = file.getFileName().toString();
                if (!name.startsWith(".")) {
                    try {
                        FileTime written = Files.getLastModifiedTime(file);
                        entries.add(
                                new Aged(written, new Entry(name, read(Files.readAllBytes(file)))));
                    } catch (NoSuchFileException e) {
                        // Somebody else was quicker.
                    } catch (MalformedFrame | CniException | IOException e) {
                        tell(file, e);
                    }
                }
            }
        } catch (NoSuchFileException e) {
            return List.of();
        }
        entries.sort(Comparator.comparing(Aged::written));
        return entries.stream().map(Aged::entry).toList();
    }

    @Override
    public void remove(Entry entry) throws IOException {
        Files.deleteIfExists(folder.resolve(entry.name()));
    }

    private static CniRequest read(byte[] frame) throws MalformedFrame, CniException {
        CniRequest parsed = ShimProtocol.request(frame, frame.length).parse();
        if (parsed.command() != CniCommand.DEL) {
            throw new MalformedFrame("it is no DEL");
        }
        return parsed;
    }

    private void tell(Path file, Exception e) {
        if (told.add(file.toString())) {
            problems.accept("cannot understand " + file + ": " + e.getMessage());
        }
    }
}
