package dev.vpccni.benchmarks.soak;

import dev.vpccni.linux.namespace.NamespaceThread;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** Datagrams with sequence numbers to an {@link Echo}, and which of them came back. */
final class Talk implements AutoCloseable {

    private final String name;
    private final DatagramChannel channel;
    private final List<Instant> sent = new ArrayList<>();
    private final BitSet answered = new BitSet();
    private final List<String> errors = new ArrayList<>();
    private int twice;

    private Talk(String name, DatagramChannel channel) {
        this.name = name;
        this.channel = channel;
    }

    /**
     * Starts to listen for answers.
     *
     * @param from the file of the network namespace of who talks
     * @param to the address of an {@link Echo}
     */
    static Talk open(NamespaceThread thread, String name, Path from, String to) throws IOException {
        return open(
                name,
                thread.inside(from, () -> DatagramChannel.open(StandardProtocolFamily.INET)),
                new InetSocketAddress(to, Echo.PORT));
    }

    static Talk open(String name, DatagramChannel channel, InetSocketAddress to)
            throws IOException {
        channel.connect(to);
        var talk = new Talk(name, channel);
        Thread.ofPlatform().name("talk " + name).daemon().start(talk::listen);
        return talk;
    }

    String name() {
        return name;
    }

    /** Sends the next datagram. */
    void say() {
        int number;
        synchronized (this) {
            number = sent.size();
            sent.add(Instant.now());
        }
        try {
            channel.write(ByteBuffer.allocate(Integer.BYTES).putInt(0, number));
        } catch (IOException e) {
            note("sending " + number + ": " + e);
        }
    }

    synchronized int sent() {
        return sent.size();
    }

    /** Returns how many were answered. */
    synchronized int answered() {
        return answered.cardinality();
    }

    /** Returns how many were answered more than once. */
    synchronized int twice() {
        return twice;
    }

    /** Returns which were not answered, and when they were sent, and what went wrong. */
    synchronized List<String> lost() {
        var lost = new ArrayList<String>();
        for (int i = answered.nextClearBit(0); i < sent.size(); i = answered.nextClearBit(i + 1)) {
            lost.add(i + " of " + sent.get(i));
        }
        lost.addAll(errors);
        return lost;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private void listen() {
        ByteBuffer buffer = ByteBuffer.allocate(64);
        while (channel.isOpen()) {
            try {
                channel.read(buffer.clear());
                take(buffer.getInt(0));
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException e) {
                note("listening: " + e);
            }
        }
    }

    private synchronized void take(int number) {
        if (answered.get(number)) {
            twice++;
        }
        answered.set(number);
    }

    private synchronized void note(String error) {
        if (errors.size() < 10) {
            errors.add(error);
        }
    }
}
