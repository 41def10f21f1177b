package dev.vpccni.daemon.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class AfterwardsTest {

    private final List<String> done = new ArrayList<>();

    @Test
    void isAtOnceWhereTheThreadWorksForNobody() {
        Afterwards.run(() -> done.add("a"));
        assertThat(done).containsExactly("a");
        Afterwards.catchUp();
        assertThat(done).containsExactly("a");
    }

    @Test
    void isInItsOrderAndAtTheEnd() {
        try (var _ = new WorkingForSomebody()) {
            Afterwards.run(() -> done.add("a"));
            Afterwards.run(() -> done.add("b"));
            assertThat(done).isEmpty();
        }
        assertThat(done).containsExactly("a", "b");
    }

    @Test
    void isOnceAndSoonerWhereTheWorkMayTakeLong() {
        try (var _ = new WorkingForSomebody()) {
            Afterwards.run(() -> done.add("a"));
            Afterwards.catchUp();
            assertThat(done).containsExactly("a");
            Afterwards.run(() -> done.add("b"));
            assertThat(done).containsExactly("a");
        }
        assertThat(done).containsExactly("a", "b");
    }

    @Test
    void isAlsoWhereTheWorkFails() {
        assertThatThrownBy(
                        () -> {
                            try (var _ = new WorkingForSomebody()) {
                                Afterwards.run(() -> done.add("a"));
                                throw new IllegalStateException("a bug");
                            }
                        })
                .hasMessage("a bug");
        assertThat(done).containsExactly("a");
    }

    @Test
    void isOverWithTheWork() {
        try (var _ = new WorkingForSomebody()) {
            done.add("work");
        }
        Afterwards.run(() -> done.add("a"));
        assertThat(done).containsExactly("work", "a");
    }

    @Test
    void isOverWithTheWorkAlsoWhereItFailsItself() {
        assertThatThrownBy(
                        () -> {
                            try (var _ = new WorkingForSomebody()) {
                                Afterwards.run(() -> {
                                    throw new IllegalStateException("a bug");
                                });
                            }
                        })
                .hasMessage("a bug");
        Afterwards.run(() -> done.add("a"));
        assertThat(done).containsExactly("a");
    }

    /** Such as a change of the ledger that a listener of another change makes. */
    @Test
    void losesNothingThatIsPutOffMeanwhile() {
        try (var _ = new WorkingForSomebody()) {
            Afterwards.run(() -> Afterwards.run(() -> done.add("a")));
            Afterwards.catchUp();
            Afterwards.run(() -> Afterwards.run(() -> done.add("b")));
        }
        assertThat(done).containsExactly("a", "b");
    }

    @Test
    void isOfEachThreadAlone() throws Exception {
        try (var _ = new WorkingForSomebody()) {
            Thread other = Thread.ofVirtual().start(() -> Afterwards.run(() -> done.add("other")));
            other.join();
            assertThat(done).containsExactly("other");
        }
    }
}
