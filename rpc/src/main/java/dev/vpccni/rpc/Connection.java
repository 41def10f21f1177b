package dev.vpccni.rpc;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.SocketChannel;

/** One client's connection, and what it is used for. Safe for use by many threads. */
final class Connection {

    private final Connections all;
    private final SocketChannel channel;
    private int working;
    private long idleSince;
    private volatile long writingSince;
    private volatile boolean writing;

    /**
     * @param idleSince when it came, in nanoseconds
     */
    Connection(Connections all, SocketChannel channel, long idleSince) {
        this.all = all;
        this.channel = channel;
        this.idleSince = idleSince;
    }

    /**
     * What gRPC takes for the client's address: it hands it to whoever asks a call where it came
     * from. Unix sockets of clients have none.
     */
    static final class Peer extends SocketAddress {

        private static final long serialVersionUID = 1L;

        private final transient Connection connection;

        Peer(Connection connection) {
            this.connection = connection;
        }

        Connection connection() {
            return connection;
        }

        @Override
        public String toString() {
            return "unix";
        }
    }

    SocketChannel channel() {
        return channel;
    }

    /** A request is there, and somebody waits for its answer. */
    void beginWork() {
        synchronized (all) {
            working++;
        }
    }

    /** The answer is given. */
    void endWork() {
        synchronized (all) {
            working--;
            idleSince = all.nanos();
        }
    }

    boolean isWorking() {
        synchronized (all) {
            return working > 0;
        }
    }

    /** Returns since when nobody waits for an answer. */
    long idleSince() {
        synchronized (all) {
            return idleSince;
        }
    }

    void beginWriting() {
        writingSince = all.nanos();
        writing = true;
    }

    void endWriting() {
        writing = false;
    }

    /** Tells whether the client has taken nothing for {@code limit} nanoseconds. */
    boolean isStuck(long now, long limit) {
        return writing && now - writingSince > limit;
    }

    /** Closes it, whatever goes on there. */
    void close() {
        all.remove(this);
        try {
            channel.close();
        } catch (IOException e) {
            // It is closed all the same, see close(2).
        }
    }
}
