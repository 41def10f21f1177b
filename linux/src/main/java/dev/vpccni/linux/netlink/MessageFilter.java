package dev.vpccni.linux.netlink;

import static dev.vpccni.linux.Sockets.SOL_SOCKET;
import static dev.vpccni.linux.Sockets.SO_ATTACH_FILTER;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.vpccni.linux.ErrnoException;
import dev.vpccni.linux.Sockets;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Has the kernel drop messages before a socket is woken for them: on a node where pods come and go,
 * most are about what this process does itself.
 *
 * @see <a href="https://docs.kernel.org/networking/filter.html">Linux Socket Filtering</a>
 */
final class MessageFilter {

    // The instructions of classic BPF that are needed; all loads are big-endian.
    private static final int LOAD_4_BYTES = 0x20;
    private static final int LOAD_2_BYTES = 0x28;
    private static final int JUMP_IF_EQUAL = 0x15;
    private static final int RETURN = 0x06;

    private static final int EVERYTHING = -1;
    private static final int NOTHING = 0;

    /** {@code struct sock_filter}: code, two jumps, a constant. */
    private static final int INSTRUCTION_SIZE = 8;

    /** {@code struct sock_fprog}: a length, padding, an address. */
    private static final int PROGRAM_SIZE = 16;

    private static final int PROGRAM_ADDRESS = 8;

    private MessageFilter() {}

    /** One instruction; {@code ifEqual} says how many of the following to leave out. */
    private record Instruction(int code, int ifEqual, int constant) {}

    /**
     * Drops messages from now on.
     *
     * @param ports messages about what somebody did by a socket of one of these
     * @param types messages of one of these
     * @throws ErrnoException if the kernel refuses
     */
    static void drop(int socket, Set<Integer> ports, Set<Integer> types) throws ErrnoException {
        List<Instruction> program = program(ports, types);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment code = arena.allocate((long) program.size() * INSTRUCTION_SIZE, 8);
            for (int i = 0; i < program.size(); i++) {
                MemorySegment at = code.asSlice((long) i * INSTRUCTION_SIZE, INSTRUCTION_SIZE);
                at.set(JAVA_SHORT, 0, (short) program.get(i).code());
                at.set(JAVA_BYTE, 2, (byte) program.get(i).ifEqual());
                at.set(JAVA_INT, 4, program.get(i).constant());
            }
            MemorySegment whole = arena.allocate(PROGRAM_SIZE, 8);
            whole.set(JAVA_SHORT, 0, (short) program.size());
            whole.set(ADDRESS, PROGRAM_ADDRESS, code);
            Sockets.setsockopt(socket, SOL_SOCKET, SO_ATTACH_FILTER, whole);
        }
    }

    private static List<Instruction> program(Set<Integer> ports, Set<Integer> types) {
        var program = new ArrayList<Instruction>();
        int size = ports.size() + types.size() + 4; // Two loads, and two ends.
        program.add(new Instruction(LOAD_4_BYTES, 0, Datagram.PORT));
        for (int port : ports) {
            program.add(dropIf(Integer.reverseBytes(port), size, program.size()));
        }
        program.add(new Instruction(LOAD_2_BYTES, 0, Datagram.TYPE));
        for (int type : types) {
            program.add(
                    dropIf(
                            Short.toUnsignedInt(Short.reverseBytes((short) type)),
                            size,
                            program.size()));
        }
        program.add(new Instruction(RETURN, 0, EVERYTHING));
        program.add(new Instruction(RETURN, 0, NOTHING));
        return program;
    }

    /** The last instruction drops. */
    private static Instruction dropIf(int constant, int size, int at) {
        return new Instruction(JUMP_IF_EQUAL, size - 2 - at, constant);
    }
}
