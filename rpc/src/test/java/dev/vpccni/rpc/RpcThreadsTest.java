package dev.vpccni.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

final class RpcThreadsTest {

    private static final Duration LONG = Duration.ofMinutes(1);

    /** Connections that were displaced keep their threads until they have noticed. */
    @Test
    void aConnectionWaitsWhileThoseThatEndHaveTheThreads() throws Exception {
        try (var threads = new RpcThreads(1)) {
            var accepting = new CountDownLatch(1);
            var one = new CountDownLatch(1);
            var other = new CountDownLatch(1);
            threads.transport(() -> await(accepting));
            assertThat(threads.awaitRoom(Duration.ZERO)).isTrue();
            threads.transport(() -> await(one));
            assertThat(threads.awaitRoom(Duration.ZERO)).isTrue();
            threads.transport(() -> await(other));

            assertThat(threads.awaitRoom(Duration.ZERO)).isFalse();

            one.countDown();
            assertThat(threads.awaitRoom(LONG)).isTrue();
            threads.expectEnd();
            accepting.countDown();
            other.countDown();
        }
    }

    /** Or one thread that hangs would keep everybody away. */
    @Test
    void itWaitsNoLongerThanAMoment() throws Exception {
        try (var threads = new RpcThreads(0)) {
            threads.awaitRoom();
            assertThat(threads.awaitRoom(Duration.ZERO)).isFalse();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
