package dev.vpccni.linux;

import static java.lang.foreign.MemoryLayout.PathElement.groupElement;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * One call into the C library, with the native memory that it takes. The JVM may run native code of
 * its own on this thread right after ours, so the linker copies errno in the same breath, to memory
 * of the call.
 */
final class Downcall implements AutoCloseable {

    private static final Linker LINKER = Linker.nativeLinker();
    private static final MemoryLayout CALL_STATE = Linker.Option.captureStateLayout();
    private static final long ERRNO = CALL_STATE.byteOffset(groupElement("errno"));

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment state = arena.allocate(CALL_STATE);

    // The one place where the JVM takes our word for what a native function expects.
    @SuppressWarnings("restricted")
    static MethodHandle bind(String name, MemoryLayout result, MemoryLayout... parameters) {
        return LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow(name),
                FunctionDescriptor.of(result, parameters),
                Linker.Option.captureCallState("errno"));
    }

    /** Returns where the call leaves errno. */
    MemorySegment state() {
        return state;
    }

    /** Returns the memory for what the call points at. */
    Arena arena() {
        return arena;
    }

    /** Returns what the call returned, or the negative errno if that was -1. */
    long outcome(long result) {
        return result == -1 ? -state.get(JAVA_INT, ERRNO) : result;
    }

    @Override
    public void close() {
        arena.close();
    }

    /** Tells whether a call is to be made again because a signal interrupted it. */
    static boolean interrupted(long outcome) {
        return outcome == -Errno.EINTR;
    }

    /** Returns the outcome of a call that succeeded. */
    static long checked(String name, long outcome) throws ErrnoException {
        if (outcome < 0) {
            throw new ErrnoException(name, (int) -outcome, "");
        }
        return outcome;
    }

    /** Turns what a method handle declares into what a downcall can really throw. */
    static Error impossible(Throwable e) {
        switch (e) {
            case RuntimeException unchecked -> throw unchecked;
            case Error error -> throw error;
            default -> throw new AssertionError("a downcall throws no checked exception", e);
        }
    }
}
