package dev.vpccni.linux.unix;

import static dev.vpccni.linux.Sockets.MSG_CMSG_CLOEXEC;
import static dev.vpccni.linux.Sockets.MSG_CTRUNC;
import static dev.vpccni.linux.Sockets.MSG_NOSIGNAL;
import static dev.vpccni.linux.Sockets.POLLERR;
import static dev.vpccni.linux.Sockets.POLLHUP;
import static dev.vpccni.linux.Sockets.POLLRDHUP;
import static dev.vpccni.linux.Sockets.SOL_SOCKET;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.vpccni.linux.Descriptor;
import dev.vpccni.linux.ErrnoException;
import dev.vpccni.linux.SegmentPool;
import dev.vpccni.linux.Sockets;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The native memory of a connection: {@code struct msghdr}, {@code struct iovec}, room for {@code
 * struct cmsghdr} with descriptors, and for data. The layout is that of 64-bit Linux.
 */
final class MessageBuffer implements AutoCloseable {

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

    // struct pollfd: fd, events, revents
    private static final int POLLFD = 80;
    private static final int POLLFD_SIZE = 8;

    // struct cmsghdr: length, level, type; then the descriptors
    private static final int CONTROL = 96;
    private static final int CMSG_LEVEL = 8;
    private static final int CMSG_TYPE = 12;
    private static final int CMSGHDR_SIZE = 16;
    private static final int CONTROL_SIZE =
            CMSGHDR_SIZE + alignedToLong(UnixConnection.DESCRIPTORS_MAX * Integer.BYTES);

    private static final int DATA = 2048;
    private static final int DATA_SIZE = 64 << 10;
    private static final SegmentPool POOL = new SegmentPool(DATA + DATA_SIZE, 16);

    private final MemorySegment memory = POOL.take();
    private final MemorySegment header = memory.asSlice(0, MSGHDR_SIZE);
    private final MemorySegment iovec = memory.asSlice(IOVEC, IOVEC_SIZE);
    private final MemorySegment control = memory.asSlice(CONTROL, CONTROL_SIZE);
    private final MemorySegment data = memory.asSlice(DATA, DATA_SIZE);

    int receive(
            int socket,
            byte[] target,
            int offset,
            int length,
            List<? super Descriptor> descriptors,
            int descriptorsMax)
            throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        int size = Math.min(length, DATA_SIZE);
        // Room for one more than may come: what the kernel has no room for it closes, and says so.
        prepare(size, CMSGHDR_SIZE + alignedToLong(room(descriptorsMax) * Integer.BYTES));
        int came = Sockets.recvmsg(socket, header, MSG_CMSG_CLOEXEC);
        List<Descriptor> received = receivedDescriptors();
        if (received.size() > descriptorsMax
                || (header.get(JAVA_INT, MSG_FLAGS) & MSG_CTRUNC) != 0) {
            received.forEach(Descriptor::close);
            throw new IOException("more than " + descriptorsMax + " descriptors came");
        }
        received.forEach(descriptors::add);
        if (came == 0) {
            return -1;
        }
        MemorySegment.copy(data, JAVA_BYTE, 0, target, offset, came);
        return came;
    }

    void send(int socket, byte[] source, Descriptor... descriptors) throws IOException {
        int sent = 0;
        while (sent < source.length) {
            int size = Math.min(source.length - sent, DATA_SIZE);
            MemorySegment.copy(source, sent, data, JAVA_BYTE, 0, size);
            if (sent == 0 && descriptors.length > 0) {
                prepare(size, CMSGHDR_SIZE + alignedToLong(descriptors.length * Integer.BYTES));
                attach(descriptors);
            } else {
                prepare(size, 0);
            }
            sent += Sockets.sendmsg(socket, header, MSG_NOSIGNAL);
        }
    }

    boolean hungUp(int socket) throws ErrnoException {
        MemorySegment pollfd = memory.asSlice(POLLFD, POLLFD_SIZE);
        pollfd.set(JAVA_INT, 0, socket);
        pollfd.set(JAVA_INT, Integer.BYTES, POLLRDHUP);
        int ready = Sockets.poll(pollfd, 0);
        int events = pollfd.get(JAVA_INT, Integer.BYTES) >>> Short.SIZE;
        return ready > 0 && (events & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
    }

    @Override
    public void close() {
        POOL.giveBack(memory);
    }

    private static int room(int descriptorsMax) {
        return Math.min(descriptorsMax + 1, UnixConnection.DESCRIPTORS_MAX);
    }

    private void prepare(int dataSize, int controlSize) {
        header.fill((byte) 0);
        header.set(ADDRESS, MSG_IOV, iovec);
        header.set(JAVA_LONG, MSG_IOVLEN, 1);
        iovec.set(ADDRESS, 0, data);
        iovec.set(JAVA_LONG, 8, dataSize);
        if (controlSize > 0) {
            header.set(ADDRESS, MSG_CONTROL, control);
            header.set(JAVA_LONG, MSG_CONTROLLEN, controlSize);
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
        long end = header.get(JAVA_LONG, MSG_CONTROLLEN);
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
