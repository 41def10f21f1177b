package dev.vpccni.linux;

import static java.lang.foreign.MemoryLayout.PathElement.groupElement;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** What all calls into the C library have in common: binding, and errno. */
final class Downcall {

    private static final Linker LINKER = Linker.nativeLinker();
    private static final MemoryLayout CALL_STATE = Linker.Option.captureStateLayout();
    private static final long ERRNO = CALL_STATE.byteOffset(groupElement("errno"));

    // The JVM may run native code of its own on this thread right after ours, so the linker copies
    // errno in the same breath; the copy belongs to the thread, and is made once for each.
    private static final ThreadLocal<MemorySegment> STATE =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(CALL_STATE));

    private Downcall() {}

    // The one place where the JVM takes our word for what a native function expects.
    @SuppressWarnings("restricted")
    static MethodHandle bind(String name, MemoryLayout result, MemoryLayout... parameters) {
        return LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow(name),
                FunctionDescriptor.of(result, parameters),
                Linker.Option.captureCallState("errno"));
    }

    /** Where a call of this thread leaves errno. */
    static MemorySegment state() {
        return STATE.get();
    }

    /** Tells whether a call is to be made again because a signal interrupted it. */
    static boolean interrupted(long result, MemorySegment state) {
        return result == -1 && state.get(JAVA_INT, ERRNO) == Errno.EINTR;
    }

    static int checked(String name, int result, MemorySegment state) throws ErrnoException {
        return (int) checked(name, (long) result, state);
    }

    static long checked(String name, long result, MemorySegment state) throws ErrnoException {
        if (result == -1) {
            throw new ErrnoException(name, state.get(JAVA_INT, ERRNO), "");
        }
        return result;
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
