package dev.vpccni.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SegmentPoolTest {

    private final SegmentPool pool = new SegmentPool(64, 2);

    @Test
    void lendsTheSameBuffersAgain() {
        Set<Long> addresses = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            try (SegmentPool.Loan one = pool.borrow();
                    SegmentPool.Loan other = pool.borrow()) {
                assertThat(one.segment().address()).isNotEqualTo(other.segment().address());
                addresses.add(one.segment().address());
                addresses.add(other.segment().address());
            }
        }
        assertThat(addresses).hasSize(2);
    }

    @Test
    void freesWhatItLendsBeyondThose() {
        try (SegmentPool.Loan one = pool.borrow();
                SegmentPool.Loan two = pool.borrow()) {
            SegmentPool.Loan three = pool.borrow();
            MemorySegment buffer = three.segment();
            buffer.fill((byte) 3);
            assertThat(one.segment().asOverlappingSlice(buffer)).isEmpty();
            assertThat(two.segment().asOverlappingSlice(buffer)).isEmpty();
            three.close();
            assertThatIllegalStateException().isThrownBy(() -> buffer.get(JAVA_BYTE, 0));
        }
    }

    @Test
    void takesABufferBackOnce() {
        SegmentPool.Loan loan = pool.borrow();
        loan.close();
        loan.close();
        assertThatIllegalStateException().isThrownBy(loan::segment);
        try (SegmentPool.Loan one = pool.borrow();
                SegmentPool.Loan other = pool.borrow()) {
            assertThat(one.segment().address()).isNotEqualTo(other.segment().address());
        }
    }
}
