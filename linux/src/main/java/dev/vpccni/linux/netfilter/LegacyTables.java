package dev.vpccni.linux.netfilter;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.vpccni.linux.Descriptor;
import dev.vpccni.linux.Errno;
import dev.vpccni.linux.ErrnoException;
import dev.vpccni.linux.Sockets;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How much is in the tables of the old ip_tables. The kernel tells nobody when these change, but
 * their sizes cost some microseconds to ask for, and nothing is removed from them without a change
 * of these. Not thread-safe.
 *
 * @see <a href="https://man7.org/linux/man-pages/man8/iptables-legacy.8.html">
 *     iptables-legacy(8)</a>
 */
public final class LegacyTables implements AutoCloseable {

    private static final int IPPROTO_IP = 0;
    private static final int IPPROTO_RAW = 255;

    /** {@code IPT_SO_GET_INFO} of {@code linux/netfilter_ipv4/ip_tables.h}. */
    private static final int GET_INFO = 64;

    // struct ipt_getinfo: name, hooks, 5 entries, 5 underflows, number of entries, size
    private static final int NAME_SIZE = 32;
    private static final int ENTRIES = NAME_SIZE + 11 * Integer.BYTES;
    private static final int SIZE = ENTRIES + Integer.BYTES;
    private static final int INFO_SIZE = SIZE + Integer.BYTES;

    private final Descriptor socket;

    private LegacyTables(Descriptor socket) {
        this.socket = socket;
    }

    /**
     * What a table holds.
     *
     * @param entries rules, chains' policies among them
     * @param bytes of all of them
     */
    public record Contents(int entries, int bytes) {}

    /**
     * Looks from the network namespace of the current platform thread. Takes the capability {@code
     * CAP_NET_RAW}.
     *
     * @throws ErrnoException if the kernel refuses
     */
    public static LegacyTables open() throws ErrnoException {
        return new LegacyTables(
                Descriptor.own(
                        Sockets.socket(
                                Sockets.AF_INET,
                                Sockets.SOCK_RAW | Sockets.SOCK_CLOEXEC,
                                IPPROTO_RAW)));
    }

    /**
     * Returns what of {@code tables} there is. Takes the capability {@code CAP_NET_ADMIN}.
     *
     * @throws ErrnoException if the kernel refuses
     */
    public SortedMap<String, Contents> contents(List<String> tables) throws ErrnoException {
        var contents = new TreeMap<String, Contents>();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(INFO_SIZE, Integer.BYTES);
            for (String table : tables) {
                info.fill((byte) 0);
                byte[] name = table.getBytes(StandardCharsets.US_ASCII);
                MemorySegment.copy(name, 0, info, JAVA_BYTE, 0, name.length);
                if (exists(info)) {
                    contents.put(
                            table,
                            new Contents(info.get(JAVA_INT, ENTRIES), info.get(JAVA_INT, SIZE)));
                }
            }
        }
        return contents;
    }

    private boolean exists(MemorySegment info) throws ErrnoException {
        try {
            Sockets.getsockopt(socket.number(), IPPROTO_IP, GET_INFO, info);
            return true;
        } catch (ErrnoException e) {
            // Without the table, or without ip_tables at all.
            if (e.is(Errno.ENOENT) || e.is(Errno.ENOPROTOOPT)) {
                return false;
            }
            throw e;
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
