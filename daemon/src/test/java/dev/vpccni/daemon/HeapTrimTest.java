package dev.vpccni.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

/** A heap that a burst has made grow shrinks again once nothing happens. */
final class HeapTrimTest {

    private static final long START = 12 << 20;

    private final FakeHeap heap = new FakeHeap();
    private long verbs;
    private final HeapTrim trim = new HeapTrim(heap, () -> verbs, new SetTempo(Instant.EPOCH, 0));

    private static final class FakeHeap implements HeapTrim.Heap {

        long committed = START;
        long live = START;
        int collections;

        @Override
        public long committed() {
            return committed;
        }

        @Override
        public void collect() {
            collections++;
            committed = live;
        }
    }

    @Test
    void itIsLeftAloneWhilePodsComeAndGo() {
        heap.committed = START + HeapTrim.GROWN;
        for (int i = 0; i < 100; i++) {
            verbs++;
            trim.look();
        }
        assertThat(heap.collections).isZero();

        trim.look();
        assertThat(heap.collections).isEqualTo(1);
        assertThat(heap.committed).isEqualTo(START);
    }

    @Test
    void aLittleGrowthIsNotWorthIt() {
        heap.committed = START + HeapTrim.GROWN - 1;
        trim.look();
        assertThat(heap.collections).isZero();
    }

    @Test
    void whatIsInUseIsNotCollectedForAgainAndAgain() {
        heap.live = START + 3 * HeapTrim.GROWN;
        heap.committed = heap.live;
        for (int i = 0; i < 100; i++) {
            trim.look();
        }
        assertThat(heap.collections).isEqualTo(1);

        heap.committed += HeapTrim.GROWN;
        trim.look();
        assertThat(heap.collections).isEqualTo(2);
    }

    /** The collector may have shrunk it by itself. */
    @Test
    void growthCountsFromTheLeastThatThereWas() {
        heap.committed = START - HeapTrim.GROWN;
        trim.look();
        heap.committed = START;
        trim.look();
        assertThat(heap.collections).isEqualTo(1);
    }
}
