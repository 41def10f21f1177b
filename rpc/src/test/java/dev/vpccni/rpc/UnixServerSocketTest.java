package dev.vpccni.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class UnixServerSocketTest {

    @TempDir Path folder;

    /** A transport that hears of a failure accepts nobody any more. */
    @Test
    void goesOnWhenThereWereTooManyOpenFiles() throws Exception {
        List<String> refused = new ArrayList<>();
        var attempts = new AtomicInteger();
        long begin = System.nanoTime();
        UnixServerSocket.Accepting late =
                channel -> {
                    if (attempts.incrementAndGet() < 4) {
                        throw new IOException("Too many open files");
                    }
                    return channel.accept();
                };
        try (var socket = socket(hearing(refused), late);
                SocketChannel _ = connect();
                Socket came = socket.accept()) {
            assertThat(came.isConnected()).isTrue();
        }
        assertThat(refused).hasSize(3).allMatch(said -> said.contains("Too many open files"));
        assertThat(Duration.ofNanos(System.nanoTime() - begin))
                .as("a pause after each, or a core would do nothing else")
                .isGreaterThan(Duration.ofMillis(300));
    }

    @Test
    void endsWhenItIsClosed() throws Exception {
        UnixServerSocket socket = socket(RpcListener.NONE, ServerSocketChannel::accept);
        var accepted = new FutureTask<>(socket::accept);
        Thread.ofPlatform().start(accepted);
        socket.close();
        assertThatThrownBy(() -> accepted.get(1, TimeUnit.MINUTES))
                .hasCauseInstanceOf(ClosedChannelException.class);
    }

    @Test
    void doesNotPretendToLimitARead() throws Exception {
        try (var socket = socket(RpcListener.NONE, ServerSocketChannel::accept);
                SocketChannel _ = connect();
                Socket accepted = socket.accept()) {
            assertThatThrownBy(() -> accepted.setSoTimeout(1)).isInstanceOf(SocketException.class);
        }
    }

    private UnixServerSocket socket(RpcListener listener, UnixServerSocket.Accepting accepting)
            throws IOException {
        var connections = new Connections(RpcLimits.DEFAULT, System::nanoTime, listener);
        var socket = new UnixServerSocket(connections, listener, accepting);
        socket.bind(address());
        return socket;
    }

    private SocketChannel connect() throws IOException {
        return SocketChannel.open(address());
    }

    private UnixDomainSocketAddress address() {
        return UnixDomainSocketAddress.of(folder.resolve("ipamd.sock"));
    }

    private static RpcListener hearing(List<String> refused) {
        return new RpcListener() {
            @Override
            public void addRequested() {}

            @Override
            public void delRequested(String reason) {}

            @Override
            public void failed(String method, String pod, Exception cause) {}

            @Override
            public void refused(String reason) {
                refused.add(reason);
            }
        };
    }
}
