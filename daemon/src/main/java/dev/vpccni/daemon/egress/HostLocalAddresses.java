package dev.vpccni.daemon.egress;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.vpccni.linux.FileLock;
import dev.vpccni.model.IpAddress;
import dev.vpccni.node.port.EgressAddresses;
import dev.vpccni.node.port.Tempo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Egress addresses in the folder and the form of the plugin {@code host-local}: a file for each
 * address in use, with container and interface in it; {@code last_reserved_ip.0}; and {@code lock},
 * which whoever reads or writes there takes. Thread-safe, and safe beside other processes.
 *
 * <p>Nothing is synced: the folder is one of {@code /run}, and a node that is switched off has no
 * pods any more.
 *
 * @see <a href="https://www.cni.dev/plugins/current/ipam/host-local/">host-local</a>
 */
public final class HostLocalAddresses implements EgressAddresses {

    /** Whoever has the lock reads a few hundred small files; this is a thousand times as long. */
    static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final Duration POLL = Duration.ofMillis(5);
    private static final String LOCK = "lock";
    private static final String LATEST = "last_reserved_ip.0";

    /** No address, so that nobody takes it for one when a crash leaves it behind. */
    private static final String DRAFT = ".draft";

    private static final String LINE_BREAK = "\r\n";

    /** Bytes; a container's identifier and an interface's name have less. */
    private static final int RECORD_MAX = 1024;

    private static final FileAttribute<?> PRIVATE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final FileAttribute<?> FOLDER =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x"));

    private final Tempo tempo;

    /** Something that is done under the lock. */
    private interface Work<T extends @Nullable Object> {
        T run() throws IOException;
    }

    public HostLocalAddresses(Tempo tempo) {
        this.tempo = tempo;
    }

    @Override
    public @Nullable Reservation reserve(Pool pool, Owner owner, Set<IpAddress> busy)
            throws IOException, InterruptedException {
        Files.createDirectories(pool.folder(), FOLDER);
        return locked(
                pool.folder(),
                () -> {
                    SortedMap<IpAddress, Owner> records = read(pool.folder());
                    IpAddress own = find(pool, records, owner);
                    if (own != null) {
                        return new Reservation(own, true);
                    }
                    IpAddress next =
                            pool.range()
                                    .next(
                                            latest(pool.folder()),
                                            address ->
                                                    records.containsKey(address)
                                                            || busy.contains(address));
                    if (next == null) {
                        return null;
                    }
                    write(
                            pool.folder(),
                            next.toString(),
                            owner.containerId() + LINE_BREAK + owner.interfaceName());
                    write(pool.folder(), LATEST, next.toString());
                    return new Reservation(next, false);
                });
    }

    @Override
    public @Nullable IpAddress find(Pool pool, Owner owner)
            throws IOException, InterruptedException {
        return find(pool, all(pool), owner);
    }

    @Override
    public SortedMap<IpAddress, Owner> all(Pool pool) throws IOException, InterruptedException {
        return Files.isDirectory(pool.folder())
                ? locked(pool.folder(), () -> read(pool.folder()))
                : new TreeMap<>();
    }

    @Override
    public void release(Pool pool, IpAddress address) throws IOException, InterruptedException {
        if (Files.isDirectory(pool.folder())) {
            var _ =
                    locked(
                            pool.folder(),
                            () -> Files.deleteIfExists(pool.folder().resolve(address.toString())));
        }
    }

    private <T extends @Nullable Object> T locked(Path folder, Work<T> work)
            throws IOException, InterruptedException {
        Path file = folder.resolve(LOCK);
        if (Files.notExists(file)) {
            Files.newByteChannel(file, Set.of(CREATE, WRITE), PRIVATE).close();
        }
        long deadline = tempo.nanos() + PATIENCE.toNanos();
        FileLock lock = FileLock.take(file);
        while (lock == null) {
            if (tempo.nanos() - deadline >= 0) {
                throw new IOException(
                        "another process has had " + file + " for " + PATIENCE.toSeconds() + " s");
            }
            tempo.pause(POLL);
            lock = FileLock.take(file);
        }
        try (FileLock _ = lock) {
            return work.run();
        }
    }

    /** Of several that a container has outside the range, after a change of it, none counts. */
    private static @Nullable IpAddress find(Pool pool, Map<IpAddress, Owner> records, Owner owner) {
        var unnamed = new Owner(owner.containerId(), "");
        IpAddress old = null;
        for (Map.Entry<IpAddress, Owner> each : records.entrySet()) {
            if (!pool.range().contains(each.getKey())) {
                continue;
            }
            if (each.getValue().equals(owner)) {
                return each.getKey();
            }
            if (each.getValue().equals(unnamed)) {
                old = each.getKey();
            }
        }
        return old;
    }

    private static SortedMap<IpAddress, Owner> read(Path folder) throws IOException {
        SortedMap<IpAddress, Owner> records = new TreeMap<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                IpAddress address = address(String.valueOf(file.getFileName()));
                if (address != null && Files.isRegularFile(file, NOFOLLOW_LINKS)) {
                    records.put(address, record(file));
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return records;
    }

    private static Owner record(Path file) throws IOException {
        String text = text(file).strip();
        int end = text.indexOf(LINE_BREAK);
        return end < 0
                ? new Owner(text, "")
                : new Owner(text.substring(0, end), text.substring(end + LINE_BREAK.length()));
    }

    private static @Nullable IpAddress latest(Path folder) throws IOException {
        try {
            return address(text(folder.resolve(LATEST)).strip());
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    private static @Nullable IpAddress address(String text) {
        try {
            return IpAddress.parse(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static String text(Path file) throws IOException {
        try (var bytes = Files.newInputStream(file)) {
            return new String(bytes.readNBytes(RECORD_MAX), ISO_8859_1);
        }
    }

    /** In one step, so that a crash leaves no address in use by nobody. */
    private static void write(Path folder, String name, String text) throws IOException {
        Path draft = folder.resolve(DRAFT);
        try (SeekableByteChannel file =
                Files.newByteChannel(draft, Set.of(CREATE, TRUNCATE_EXISTING, WRITE), PRIVATE)) {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(ISO_8859_1));
            while (bytes.hasRemaining()) {
                file.write(bytes);
            }
        }
        Files.move(draft, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }
}
