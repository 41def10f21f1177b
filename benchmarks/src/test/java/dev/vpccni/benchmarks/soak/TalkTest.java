package dev.vpccni.benchmarks.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TalkTest {

    @Test
    void countsWhatIsNotAnswered() throws Exception {
        try (DatagramChannel server = loopback();
                Talk talk =
                        Talk.open(
                                "one to another",
                                DatagramChannel.open(StandardProtocolFamily.INET),
                                (InetSocketAddress) server.getLocalAddress())) {
            for (int times : List.of(1, 0, 2, 0, 1)) {
                talk.say();
                answer(server, times);
            }
            while (talk.answered() + talk.twice() < 4) {
                Thread.onSpinWait();
            }
            assertThat(talk.sent()).isEqualTo(5);
            assertThat(talk.answered()).isEqualTo(3);
            assertThat(talk.twice()).isEqualTo(1);
            assertThat(talk.lost()).hasSize(2);
            assertThat(talk.lost().getFirst()).startsWith("1 of ");
            assertThat(talk.lost().getLast()).startsWith("3 of ");
        }
    }

    private static DatagramChannel loopback() throws IOException {
        return DatagramChannel.open(StandardProtocolFamily.INET)
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    private static void answer(DatagramChannel server, int times) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(64);
        SocketAddress from = server.receive(buffer);
        buffer.flip();
        for (int i = 0; i < times; i++) {
            server.send(buffer.duplicate(), from);
        }
    }
}
