package dev.vpccni.emulator;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.vpc.settings.Latency;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Clients that hold a connection and do not use it. */
class ConnectionsTest {

    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final String HEAD =
            """
            POST / HTTP/1.1\r
            Host: emulator\r
            Content-Type: application/x-www-form-urlencoded\r
            Content-Length: 1000\r
            \r
            """;

    /** In the head, in the body, before the first byte, and a byte now and then. */
    @Test
    void areClosedAndKeepNobodyWaiting() throws Exception {
        try (var cloud = new SmallCloud(Latency.INSTANT)) {
            List<Socket> idle = new ArrayList<>();
            for (String beginning :
                    List.of("", "P", "POST / HT", HEAD.substring(0, 40), HEAD, HEAD + "Action=")) {
                for (int i = 0; i < 50; i++) {
                    idle.add(connected(cloud, beginning));
                }
            }
            Socket dripping = connected(cloud, HEAD);
            assertThat(cloud.post("Action=DescribeSubnets").statusCode()).isEqualTo(200);

            long end = System.nanoTime() + PATIENCE.toNanos();
            while (!isClosed(dripping)) {
                assertThat(System.nanoTime()).isLessThan(end);
                drip(dripping);
            }
            for (Socket each : idle) {
                while (!isClosed(each)) {
                    assertThat(System.nanoTime()).isLessThan(end);
                }
                each.close();
            }
            dripping.close();
            assertThat(cloud.post("Action=DescribeSubnets").statusCode()).isEqualTo(200);
        }
    }

    private static Socket connected(SmallCloud cloud, String beginning) throws IOException {
        var socket = new Socket();
        InetSocketAddress address = cloud.emulator.address();
        socket.connect(address);
        socket.setSoTimeout(100);
        socket.getOutputStream().write(beginning.getBytes(US_ASCII));
        return socket;
    }

    private static void drip(Socket socket) {
        try {
            socket.getOutputStream().write('x');
        } catch (IOException e) {
            // Closed in this very moment: the next read says so.
        }
    }

    /** Waits a moment for it. */
    private static boolean isClosed(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true; // reset
        }
    }
}
