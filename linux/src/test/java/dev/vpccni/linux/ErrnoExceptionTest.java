package dev.vpccni.linux;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ErrnoExceptionTest {

    private final ErrnoException failure = new ErrnoException("delete rule", Errno.ENOENT, "");

    @Test
    void saysWhatWasAttemptedAndWhy() {
        assertThat(failure).hasMessage("delete rule: ENOENT");
        assertThat(failure.is(Errno.ENOENT)).isTrue();
        assertThat(failure.is(Errno.EEXIST)).isFalse();
    }

    /** It is an answer like any other, and must not cost more than one. */
    @Test
    void takesNoTraceOfTheStack() {
        assertThat(failure.getStackTrace()).isEmpty();
        assertThat(failure.during("unwire").getStackTrace()).isEmpty();
    }

    @Test
    void isTheCauseOfWhatItSpoils() {
        assertThat(failure.during("unwire")).hasCause(failure);
    }
}
