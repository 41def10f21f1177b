package dev.vpccni.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.kubernetes.fake.Eventually;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class CombinedTest {

    private final AtomicInteger part = new AtomicInteger();

    @Test
    void whatIsTheSameIsNoChange() {
        var combined = new Combined<>(part::get);
        assertThat(combined.refresh()).isFalse();
        part.set(7);
        assertThat(combined.value()).as("before anybody says so").isZero();
        assertThat(combined.refresh()).isTrue();
        assertThat(combined.value()).isEqualTo(7);
    }

    @Test
    void whoReadEarlierAndIsSlowLosesNobodysChange() throws Exception {
        var slow = new AtomicBoolean();
        var hasRead = new CountDownLatch(1);
        var goesOn = new CountDownLatch(1);
        var combined =
                new Combined<>(() -> {
                    int read = part.get();
                    if (slow.compareAndSet(true, false)) {
                        hasRead.countDown();
                        await(goesOn);
                    }
                    return read;
                });
        slow.set(true);
        Thread first = Thread.ofPlatform().start(combined::refresh);
        hasRead.await();
        part.set(7);
        Thread second = Thread.ofPlatform().start(combined::refresh);
        Eventually.await(
                "the second one has done what it can",
                () ->
                        switch (second.getState()) {
                            case BLOCKED, WAITING, TERMINATED -> true;
                            default -> false;
                        });
        goesOn.countDown();
        first.join();
        second.join();

        assertThat(combined.value()).isEqualTo(7);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
