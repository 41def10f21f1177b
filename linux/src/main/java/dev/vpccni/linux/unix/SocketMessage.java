package dev.vpccni.linux.unix;

import static dev.vpccni.linux.Sockets.MSG_CMSG_CLOEXEC;
import static dev.vpccni.linux.Sockets.MSG_CTRUNC;
import static dev.vpccni.linux.Sockets.MSG_NOSIGNAL;
import static dev.vpccni.linux.Sockets.SOL_SOCKET;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.vpccni.linux.Descriptor;
import dev.vpccni.linux.Errno;
import dev.vpccni.linux.ErrnoException;
import dev.vpccni.linux.SegmentPool;
import dev.vpccni.linux.Sockets;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * The native memory of one call of sendmsg(2) or recvmsg(2): {@code struct msghdr}, {@code struct
 * iovec}, room for {@code struct cmsghdr} with descriptors, and for data. The layout is that of
 * 64-bit Linux.
 */
final class SocketMessage implements AutoCloseable {

    /** How many bytes travel at most in one call. */
    static final int DATA_SIZE = 64 << 10;

    private static final int SCM_RIGHTS = 1;

    // struct msghdr
    private static final int MSG_IOV = 16;
    private static final int MSG_IOVLEN = 24;
    private static final int MSG_CONTROL = 32;
    private static final int MSG_CONTROLLEN = 40;
    private static final int MSG_FLAGS = 48;
    private static final int MSGHDR_SIZE = 56;

    // struct iovec: base, length
    private static final int IOVEC = 64;
    private static final int IOVEC_SIZE = 16;

    // struct cmsghdr: length, level, type; then the descriptors
    private static final int CONTROL = 96;
    private static final int CMSG_LEVEL = 8;
    private static final int CMSG_TYPE = 12;
    private static final int CMSGHDR_SIZE = 16;
    private static final int CONTROL_SIZE =
            CMSGHDR_SIZE + alignedToLong(UnixConnection.DESCRIPTORS_MAX * Integer.BYTES);

    private static final int DATA = 2048;

    /** One is read into while others are answered from. */
    private static final int BUFFERS_KEPT = 4;

    private static final SegmentPool BUFFERS = new SegmentPool(DATA + DATA_SIZE, BUFFERS_KEPT);

    private final SegmentPool.Loan loan = BUFFERS.borrow();
    private final MemorySegment memory = loan.segment();
    private final MemorySegment control = memory.asSlice(CONTROL, CONTROL_SIZE);

    int receive(
            int socket,
            byte[] target,
            int offset,
            int length,
            List<? super Descriptor> descriptors,
            int descriptorsMax,
            int flags)
            throws IOException {
        int size = Math.min(length, DATA_SIZE);
        // Room for one more than may come: what the kernel has no room for it closes, and says so.
        prepare(size, CMSGHDR_SIZE + alignedToLong(room(descriptorsMax) * Integer.BYTES));
        int came = Sockets.recvmsg(socket, memory, MSG_CMSG_CLOEXEC | flags);
        List<Descriptor> received = receivedDescriptors();
        boolean tooMany = received.size() > descriptorsMax;
        boolean lost = (memory.get(JAVA_INT, MSG_FLAGS) & MSG_CTRUNC) != 0;
        if (tooMany || lost) {
            received.forEach(Descriptor::close);
            // Where there was room for more, this process was at its limit of open files.
            throw tooMany || received.size() >= room(descriptorsMax)
                    ? new IOException("more than " + descriptorsMax + " descriptors came")
                    : new ErrnoException("receive descriptors", Errno.EMFILE, "");
        }
        received.forEach(descriptors::add);
        if (came == 0) {
            return -1;
        }
        MemorySegment.copy(memory, JAVA_BYTE, DATA, target, offset, came);
        return came;
    }

    /** Returns how many bytes, from {@code offset} on, were taken. */
    int send(int socket, byte[] source, int offset, int flags, Descriptor... descriptors)
            throws ErrnoException {
        int size = Math.min(source.length - offset, DATA_SIZE);
        MemorySegment.copy(source, offset, memory, JAVA_BYTE, DATA, size);
        if (descriptors.length > 0) {
            prepare(size, CMSGHDR_SIZE + alignedToLong(descriptors.length * Integer.BYTES));
            attach(descriptors);
        } else {
            prepare(size, 0);
        }
        return Sockets.sendmsg(socket, memory, MSG_NOSIGNAL | flags);
    }

    @Override
    public void close() {
        loan.close();
    }

    private static int room(int descriptorsMax) {
        return Math.min(descriptorsMax + 1, UnixConnection.DESCRIPTORS_MAX);
    }

    private void prepare(int dataSize, int controlSize) {
        memory.asSlice(0, MSGHDR_SIZE).fill((byte) 0);
        memory.set(ADDRESS, MSG_IOV, memory.asSlice(IOVEC, IOVEC_SIZE));
        memory.set(JAVA_LONG, MSG_IOVLEN, 1);
        memory.set(ADDRESS, IOVEC, memory.asSlice(DATA, DATA_SIZE));
        memory.set(JAVA_LONG, IOVEC + Long.BYTES, dataSize);
        if (controlSize > 0) {
            memory.set(ADDRESS, MSG_CONTROL, control);
            memory.set(JAVA_LONG, MSG_CONTROLLEN, controlSize);
        }
    }

    private void attach(Descriptor... descriptors) {
        int size = CMSGHDR_SIZE + descriptors.length * Integer.BYTES;
        control.set(JAVA_LONG, 0, size);
        control.set(JAVA_INT, CMSG_LEVEL, SOL_SOCKET);
        control.set(JAVA_INT, CMSG_TYPE, SCM_RIGHTS);
        for (int i = 0; i < descriptors.length; i++) {
            int at = CMSGHDR_SIZE + i * Integer.BYTES;
            control.set(JAVA_INT, at, descriptors[i].number());
        }
    }

    private List<Descriptor> receivedDescriptors() {
        long end = memory.get(JAVA_LONG, MSG_CONTROLLEN);
        var received = new ArrayList<Descriptor>(2);
        long next;
        for (long at = 0; at + CMSGHDR_SIZE <= end; at = next) {
            long size = control.get(JAVA_LONG, at);
            boolean rights =
                    control.get(JAVA_INT, at + CMSG_LEVEL) == SOL_SOCKET
                            && control.get(JAVA_INT, at + CMSG_TYPE) == SCM_RIGHTS;
            for (long i = at + CMSGHDR_SIZE; rights && i + Integer.BYTES <= at + size; i += 4) {
                received.add(Descriptor.own(control.get(JAVA_INT, i)));
            }
            next = at + Math.max(CMSGHDR_SIZE, (size + 7) & ~7L);
        }
        return received;
    }

    private static int alignedToLong(int size) {
        return (size + 7) & ~7;
    }
}
