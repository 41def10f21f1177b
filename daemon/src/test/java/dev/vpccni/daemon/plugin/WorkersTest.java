package dev.vpccni.daemon.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.testing.SeededTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class WorkersTest {

    private static final int MOST = 2;
    private static final long LATE = 20;

    private final List<Integer> done = new ArrayList<>();
    private final List<Runnable> passedOn = new ArrayList<>();
    private final Workers workers = new Workers(MOST, Duration.ofNanos(LATE), passedOn::add);

    @Test
    void haveNothingToDoAtFirst() {
        assertThat(workers.hasFirst()).isFalse();
        assertThat(workers.first()).isNull();
        assertThat(workers.untilLate(5, 77)).isEqualTo(77);
        workers.lookAround(5);
        assertThat(passedOn).isEmpty();
    }

    @Test
    void areNoMoreThanTheyMayBe() {
        add(1, 0);
        add(2, 0);
        add(3, 0);
        run(workers.first());
        run(workers.first());
        assertThat(workers.hasFirst()).isFalse();
        assertThat(workers.first()).isNull();
        assertThat(done).containsExactly(1, 2);
    }

    @Test
    void goOnWithWhatCameMeanwhileInItsOrder() {
        add(1, 0);
        run(workers.first());
        add(2, 0);
        add(3, 0);
        run(workers.next());
        run(workers.next());
        assertThat(workers.next()).isNull();
        assertThat(done).containsExactly(1, 2, 3);
    }

    @Test
    void areFreeAgainOnceNothingIsLeft() {
        for (int i = 0; i < 10; i++) {
            add(i, 0);
            run(workers.first());
            assertThat(workers.next()).isNull();
        }
        assertThat(done).hasSize(10);
        add(10, 0);
        assertThat(workers.hasFirst()).isTrue();
    }

    @Test
    void saysWhenToLookAround() {
        add(1, 100);
        add(2, 110);
        assertThat(workers.untilLate(100, 77)).isEqualTo(LATE);
        assertThat(workers.untilLate(125, 77)).isEqualTo(-5);
        run(workers.first());
        assertThat(workers.untilLate(125, 77)).isEqualTo(5);
    }

    @Test
    void passOnWhatIsLateAndAllThatStandsBehindIt() {
        fill(0);
        add(1, 0);
        add(2, LATE - 1);
        workers.lookAround(LATE - 1);
        assertThat(passedOn).isEmpty();
        workers.lookAround(LATE);
        runPassedOn();
        assertThat(done).containsExactly(1, 2);
        assertThat(workers.next()).isNull();
    }

    @Test
    void passOnAtOnceWhatComesWhileTheyAreStuck() {
        fill(0);
        add(1, 0);
        workers.lookAround(LATE);
        add(2, LATE);
        assertThat(passedOn).hasSize(2);
        assertThat(workers.untilLate(LATE, 77)).isEqualTo(77);
    }

    @Test
    void areNotStuckAnyMoreOnceOneReturns() {
        fill(0);
        add(1, 0);
        workers.lookAround(LATE);
        assertThat(workers.next()).isNull();
        add(2, LATE);
        assertThat(passedOn).hasSize(1);
        run(workers.first());
        assertThat(done).containsExactly(2);
    }

    /** Whoever listens takes it the next moment. */
    @Test
    void passNothingOnWhileThereIsAWorker() {
        add(1, 0);
        run(workers.first());
        add(2, 0);
        workers.lookAround(10 * LATE);
        assertThat(passedOn).isEmpty();
        run(workers.first());
        assertThat(done).containsExactly(1, 2);
    }

    @Test
    void passOnEverythingAtTheEnd() {
        add(1, 0);
        run(workers.first());
        add(2, 0);
        add(3, 0);
        workers.passOn();
        runPassedOn();
        add(4, 0);
        assertThat(workers.next()).isNull();
        add(5, 0);
        assertThat(workers.first()).isNull();
        runPassedOn();
        assertThat(done).containsExactly(1, 2, 3, 4, 5);
    }

    /** Whatever comes when: each is done once, by no more at a time than may, and in time. */
    @SeededTest
    void doEachThingOnce(RandomGenerator random) {
        int working = 0;
        int added = 0;
        long now = 0;
        for (int step = 0; step < 200; step++) {
            now += random.nextInt(5);
            switch (random.nextInt(4)) {
                case 0, 1 -> add(added++, now);
                case 2 -> {
                    Runnable first = workers.first();
                    run(first);
                    working += first == null ? 0 : 1;
                }
                default -> {
                    if (working > 0) {
                        Runnable next = workers.next();
                        run(next);
                        working -= next == null ? 1 : 0;
                    }
                }
            }
            workers.lookAround(now);
            runPassedOn();
            assertThat(working).isBetween(0, MOST);
            if (working == MOST) {
                assertThat(workers.untilLate(now, 1)).isPositive();
                assertThat(workers.hasFirst()).isFalse();
            }
        }
        Runnable left = working > 0 ? workers.next() : workers.first();
        for (int i = 0; i < added && left != null; i++) {
            run(left);
            left = workers.next();
        }
        assertThat(done)
                .containsExactlyInAnyOrderElementsOf(IntStream.range(0, added).boxed().toList());
    }

    /** Threads that really run beside each other, and one that adds. */
    @SeededTest(runs = 20)
    void doEachThingOnceInManyThreads(RandomGenerator random) throws Exception {
        var counted = new Counted();
        var shared = new Workers(MOST, Duration.ofNanos(1 + random.nextInt(50_000)), Runnable::run);
        int count = 500;
        var adding =
                Thread.ofPlatform()
                        .start(() -> {
                            for (int i = 0; i < count; i++) {
                                int number = i;
                                shared.add(() -> counted.add(number), System.nanoTime());
                                shared.lookAround(System.nanoTime());
                            }
                        });
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i <= MOST; i++) {
            threads.add(Thread.ofPlatform().start(() -> work(shared, counted, count)));
        }
        adding.join();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(counted.numbers())
                .containsExactlyInAnyOrderElementsOf(IntStream.range(0, count).boxed().toList());
    }

    private static void work(Workers shared, Counted counted, int count) {
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (counted.size() < count && System.nanoTime() - end < 0) {
            for (Runnable next = shared.first(); next != null; next = shared.next()) {
                next.run();
            }
            Thread.onSpinWait();
        }
    }

    /** What was done, by many threads. */
    private static final class Counted {

        private final List<Integer> numbers = new ArrayList<>();

        synchronized void add(int number) {
            numbers.add(number);
        }

        synchronized int size() {
            return numbers.size();
        }

        synchronized List<Integer> numbers() {
            return List.copyOf(numbers);
        }
    }

    /** Has every worker do something that it does not return from. */
    private void fill(long now) {
        for (int i = 0; i < MOST; i++) {
            workers.add(() -> {}, now);
            assertThat(workers.first()).isNotNull();
        }
    }

    private void add(int number, long now) {
        workers.add(() -> done.add(number), now);
    }

    private static void run(@Nullable Runnable work) {
        if (work != null) {
            work.run();
        }
    }

    private void runPassedOn() {
        passedOn.forEach(Runnable::run);
        passedOn.clear();
    }
}
