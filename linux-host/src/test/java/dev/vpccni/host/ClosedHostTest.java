package dev.vpccni.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.model.Ipv4Address;
import dev.vpccni.node.port.HostException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A daemon that stops closes its host while tasks still work with it: that is no fault. */
@Timeout(60)
final class ClosedHostTest {

    private static final Ipv4Address ADDRESS = Ipv4Address.parse("10.0.1.101");

    private TestNode node;
    private LinuxHost host;

    @BeforeEach
    void makeNode() throws Exception {
        node = new TestNode();
        host = node.host("iptables");
    }

    @AfterEach
    void removeNode() {
        host.close();
        node.close();
    }

    @Test
    void whoeverWaitsForTheNextDisturbanceIsToldToEnd() throws Exception {
        var listening = new CountDownLatch(1);
        var sentinel =
                new FutureTask<>(() -> {
                    try {
                        while (true) {
                            var _ = host.awaitDisturbance(Duration.ofMinutes(5));
                            listening.countDown();
                        }
                    } catch (InterruptedException e) {
                        return String.valueOf(e.getMessage());
                    }
                });
        Thread.ofVirtual().start(sentinel);
        assertThat(listening.await(20, TimeUnit.SECONDS)).isTrue();

        host.close();

        assertThat(sentinel.get(20, TimeUnit.SECONDS)).isNotEmpty();
    }

    @Test
    void whoeverWantsSomethingOfTheKernelIsToldToEnd() {
        host.close();

        assertToldToEnd(() -> host.endConnections(ADDRESS));
        assertToldToEnd(() -> host.awaitDisturbance(Duration.ZERO));
        assertToldToEnd(() -> host.observe());
        assertToldToEnd(() -> host.unwire(ADDRESS, 2, null));
    }

    /** A step with the kernel. */
    private interface Step {
        void run() throws HostException, InterruptedException;
    }

    private static void assertToldToEnd(Step step) {
        assertThatThrownBy(step::run).isInstanceOf(InterruptedException.class);
    }
}
