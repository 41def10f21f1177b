package dev.vpccni.linux.unix;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.vpccni.linux.Sockets;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** {@code struct sockaddr_un}. */
final class UnixAddress {

    private static final int PATH = 2;
    private static final int PATH_SIZE = 108;

    private UnixAddress() {}

    /**
     * @throws IllegalArgumentException if the path has more than 107 bytes
     */
    static MemorySegment of(Path path, Arena arena) {
        byte[] bytes = path.toString().getBytes(StandardCharsets.UTF_8);
        if (bytes.length >= PATH_SIZE) {
            throw new IllegalArgumentException("a socket's path has at most 107 bytes: " + path);
        }
        MemorySegment address = arena.allocate(PATH + PATH_SIZE, 8);
        address.set(JAVA_SHORT, 0, (short) Sockets.AF_UNIX);
        MemorySegment.copy(bytes, 0, address, JAVA_BYTE, PATH, bytes.length);
        return address;
    }
}
