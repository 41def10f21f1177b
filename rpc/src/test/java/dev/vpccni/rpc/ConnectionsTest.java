package dev.vpccni.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ConnectionsTest {

    private static final RpcLimits FOUR =
            new RpcLimits(
                    4,
                    1,
                    9,
                    9,
                    9,
                    9,
                    Duration.ZERO,
                    Duration.ZERO,
                    Duration.ofSeconds(10),
                    Duration.ZERO);

    private final AtomicLong now = new AtomicLong();
    private final List<String> refused = new ArrayList<>();
    private final Connections connections = new Connections(FOUR, now::get, listener());
    private final List<SocketChannel> channels = new ArrayList<>();

    @AfterEach
    void close() throws IOException {
        for (SocketChannel channel : channels) {
            channel.close();
        }
    }

    @Test
    void theOneThatIsIdleLongestGivesWay() throws Exception {
        for (int i = 0; i < 4; i++) {
            admitted();
        }
        Connection first = connection(0);
        first.beginWork();
        connection(1).beginWork();
        now.incrementAndGet();
        connection(1).endWork(); // idle since now, later than the others
        assertThat(admitted()).isTrue();
        assertThat(open()).containsExactly(true, true, false, true, true);
        assertThat(admitted()).isTrue();
        assertThat(open()).containsExactly(true, true, false, false, true, true);
        assertThat(admitted()).isTrue();
        assertThat(open()).containsExactly(true, false, false, false, true, true, true);
        assertThat(refused).isEmpty();
    }

    @Test
    void nobodyGivesWayWhoseAnswerIsWaitedFor() throws Exception {
        for (int i = 0; i < 4; i++) {
            admitted();
            connection(i).beginWork();
        }
        assertThat(admitted()).isFalse();
        assertThat(open()).containsExactly(true, true, true, true, false);
        assertThat(refused).hasSize(1);
        connection(2).close();
        assertThat(admitted()).isTrue();
    }

    @Test
    void someAreLeftForOthersThanThoseWhoWait() throws Exception {
        for (int i = 0; i < 4; i++) {
            assertThat(connections.hasRoomToWait()).isTrue();
            admitted();
            connection(i).beginWork();
        }
        assertThat(connections.hasRoomToWait()).as("four of four wait").isFalse();
        connection(0).endWork();
        assertThat(connections.hasRoomToWait()).isTrue();
    }

    @Test
    void aClientThatTakesNothingIsClosed() throws Exception {
        for (int i = 0; i < 3; i++) {
            admitted();
        }
        connection(0).beginWriting();
        connection(1).beginWriting();
        connection(1).endWriting();
        now.addAndGet(Duration.ofSeconds(10).toNanos());
        connections.closeStuck();
        assertThat(open()).containsExactly(true, true, true);
        now.addAndGet(1);
        connections.closeStuck();
        assertThat(open()).containsExactly(false, true, true);
    }

    private final List<Connection> all = new ArrayList<>();

    /** Lets one more come a moment later; tells whether there was room. */
    private boolean admitted() throws IOException {
        now.incrementAndGet();
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channels.add(channel);
        Connection admitted = connections.admit(channel);
        if (admitted == null) {
            return false;
        }
        all.add(admitted);
        return true;
    }

    private Connection connection(int number) {
        return Objects.requireNonNull(all.get(number));
    }

    private List<Boolean> open() {
        return channels.stream().map(SocketChannel::isOpen).toList();
    }

    private RpcListener listener() {
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
