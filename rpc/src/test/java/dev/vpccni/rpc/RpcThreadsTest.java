package dev.vpccni.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class RpcThreadsTest {

    private static final Duration LONG = Duration.ofMinutes(1);

    /** Of one connection: its two, one that accepts, and 16 of connections that end. */
    private static final int MOST = 2 + 1 + 16;

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

    /** A thread that is late for its next task takes room, too; a busy machine has many of them. */
    @Test
    void thereAreNoMoreThreadsHoweverMuchThereIsToDo() throws Exception {
        try (var threads = new RpcThreads(1)) {
            var end = new Semaphore(0);
            var begun = new Semaphore(0);
            for (int i = 0; i < MOST; i++) {
                threads.transport(() -> take(begun, end));
            }
            assertThat(begun.tryAcquire(MOST, 1, TimeUnit.MINUTES)).isTrue();
            Thread next =
                    Thread.ofPlatform().start(() -> threads.transport(() -> take(begun, end)));
            awaitWaiting(next);

            assertThat(begun.availablePermits()).isZero();

            threads.expectEnd();
            end.release();
            assertThat(next.join(LONG)).isTrue();
            assertThat(begun.tryAcquire(1, TimeUnit.MINUTES)).isTrue();
            end.release(MOST);
        }
    }

    private static void take(Semaphore begun, Semaphore end) {
        begun.release();
        end.acquireUninterruptibly();
    }

    private static void awaitWaiting(Thread thread) throws InterruptedException {
        long deadline = System.nanoTime() + LONG.toNanos();
        while (thread.getState() != Thread.State.TIMED_WAITING) {
            assertThat(thread.isAlive()).as("it has handed over its task").isTrue();
            assertThat(System.nanoTime()).isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(1);
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
