package dev.vpccni.node.port;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class Ec2ExceptionTest {

    @Test
    void onlyALostAnswerMayHaveHappened() {
        assertThat(exception(new Ec2Failure.Ambiguous()).mayHaveHappened()).isTrue();
        assertThat(exception(new Ec2Failure.Throttled()).mayHaveHappened()).isFalse();
    }

    @Test
    void whatFollowsALostAnswerMayHaveHappenedAndIsOfTheSameKind() {
        Ec2Exception last = exception(new Ec2Failure.Throttled());

        Ec2Exception after = last.afterLostAnswer();

        assertThat(after.mayHaveHappened()).isTrue();
        assertThat(after.failure()).isEqualTo(new Ec2Failure.Throttled());
        assertThat(after.action()).isEqualTo("Action");
        assertThat(after)
                .hasMessage("Action: why, after an attempt whose answer was lost")
                .hasCause(last);
    }

    private static Ec2Exception exception(Ec2Failure failure) {
        return new Ec2Exception("Action", failure, "why", null);
    }
}
