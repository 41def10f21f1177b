package dev.vpccni.daemon;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import dev.vpccni.cni.CniCommand;
import dev.vpccni.cni.CniException;
import dev.vpccni.cni.CniRequest;
import dev.vpccni.daemon.plugin.ShimProtocol;
import dev.vpccni.daemon.plugin.ShimProtocol.MalformedFrame;
import dev.vpccni.node.port.Spool;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The folder in which the plugin keeps what it could not pass on; docs/shim-protocol.md says how. A
 * file whose name begins with a dot is still being written, or was left so by a crash.
 *
 * <p>Anything may lie there, under any name. A name is bytes, which the locale of this process may
 * not be able to spell, so files are handled by the {@link Path} that the folder's listing gave,
 * and names are made of text in no place. Thread-safe.
 */
final class FileSpool implements Spool {

    /** As many as a node has pods, so that a start is not held up for long. */
    static final int LISTED_MAX = 1_000;

    /** What a listing reads at most, in bytes: as much as the plugin keeps altogether. */
    private static final long READ_MAX = 64 << 20;

    /**
     * What a listing looks at, as many as the plugin keeps; the rest is seen when these are gone.
     */
    private static final int SEEN_MAX = 10_000;

    /** What cannot be a request is kept for whoever wants to know, but not without end. */
    static final int UNREADABLE_MAX = 64;

    /** The plugin writes for 30 s at most. */
    private static final Duration UNFINISHED_MAX = Duration.ofHours(1);

    /** After these nothing more is said; a folder full of rubbish must not fill the log. */
    private static final int TOLD_MAX = 20;

    private static final String UNREADABLE = "unreadable";

    private final Path folder;
    private final InstantSource clock;
    private final Consumer<String> problems;
    private final Set<String> told = new HashSet<>();
    private final Map<String, Path> listed = new HashMap<>();

    /** A file that may be a request. */
    private record Found(Path file, String name, Instant written, long size) {}

    /**
     * @param clock by which files are old
     * @param problems is told once about each file that is no request
     */
    FileSpool(Path folder, InstantSource clock, Consumer<String> problems) {
        this.folder = folder;
        this.clock = clock;
        this.problems = problems;
    }

    @Override
    public synchronized List<Entry> list() throws IOException {
        listed.clear();
        List<Found> found = look();
        found.sort(Comparator.comparing(Found::written));
        List<Entry> entries = new ArrayList<>();
        long bytes = 0;
        for (Found each : found) {
            bytes += each.size();
            if (entries.size() == LISTED_MAX || bytes > READ_MAX) {
                break;
            }
            try {
                entries.add(new Entry(each.name(), read(each.file())));
                listed.put(each.name(), each.file());
            } catch (NoSuchFileException e) {
                // Somebody else was quicker.
            } catch (MalformedFrame | CniException e) {
                setAside(each.file(), each.name(), String.valueOf(e.getMessage()));
            } catch (IOException e) {
                tell(each.name(), "cannot be read: " + e.getMessage()); // perhaps the next time
            }
        }
        return entries;
    }

    @Override
    public synchronized void remove(Entry entry) throws IOException {
        Path file = listed.remove(entry.name());
        if (file != null) {
            Files.deleteIfExists(file);
        }
    }

    private List<Found> look() throws IOException {
        List<Found> found = new ArrayList<>();
        int seen = 0;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                if (++seen > SEEN_MAX) {
                    break;
                }
                look(file, found);
            }
        } catch (NoSuchFileException e) {
            return found;
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return found;
    }

    private void look(Path file, List<Found> found) {
        String name = spelled(file);
        try {
            var attributes = Files.readAttributes(file, BasicFileAttributes.class, NOFOLLOW_LINKS);
            Instant written = attributes.lastModifiedTime().toInstant();
            if (name.startsWith(".")) {
                if (written.isBefore(clock.instant().minus(UNFINISHED_MAX))) {
                    Files.delete(file);
                }
            } else if (!attributes.isRegularFile()) {
                if (!name.equals(UNREADABLE)) {
                    setAside(file, name, "it is no file");
                }
            } else if (attributes.size() > ShimProtocol.REQUEST_MAX) {
                setAside(file, name, "it is longer than any request: " + attributes.size());
            } else {
                found.add(new Found(file, name, written, attributes.size()));
            }
        } catch (NoSuchFileException e) {
            // Somebody else was quicker.
        } catch (IOException e) {
            tell(name, "cannot be looked at: " + e.getMessage());
        }
    }

    private static CniRequest read(Path file) throws IOException, MalformedFrame, CniException {
        byte[] frame;
        try (InputStream bytes =
                Files.newInputStream(file, StandardOpenOption.READ, NOFOLLOW_LINKS)) {
            frame = bytes.readNBytes(ShimProtocol.REQUEST_MAX);
        }
        CniRequest parsed = ShimProtocol.request(frame, frame.length).parse();
        if (parsed.command() != CniCommand.DEL) {
            throw new MalformedFrame("it is no DEL");
        }
        return parsed;
    }

    private void setAside(Path file, String name, String reason) {
        Path aside = folder.resolve(UNREADABLE);
        try {
            Files.createDirectories(aside);
            if (isFull(aside)) {
                Files.delete(file);
            } else {
                Files.move(
                        file,
                        aside.resolve(file.getFileName()),
                        StandardCopyOption.ATOMIC_MOVE,
                        StandardCopyOption.REPLACE_EXISTING);
            }
            tell(name, "is no request that can be carried out, and set aside: " + reason);
        } catch (NoSuchFileException e) {
            // Somebody else was quicker.
        } catch (IOException e) {
            tell(name, "is no request (" + reason + "), and stays where it is: " + e.getMessage());
        }
    }

    private static boolean isFull(Path aside) throws IOException {
        int count = 0;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(aside)) {
            for (Path _ : files) {
                count++;
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return count >= UNREADABLE_MAX;
    }

    /**
     * Returns a file's name in ASCII, as it stands in a URI: each name has a spelling of its own.
     */
    private static String spelled(Path file) {
        String uri = file.toUri().getRawPath();
        String path = uri.endsWith("/") ? uri.substring(0, uri.length() - 1) : uri;
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private void tell(String name, String what) {
        if (told.size() < TOLD_MAX && told.add(name)) {
            boolean last = told.size() == TOLD_MAX;
            problems.accept(
                    "in the spool, "
                            + name
                            + " "
                            + what
                            + (last ? "; nothing is said of what else there is" : ""));
        }
    }
}
