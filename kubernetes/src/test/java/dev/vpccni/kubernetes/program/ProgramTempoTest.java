package dev.vpccni.kubernetes.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class ProgramTempoTest {

    @Test
    void aTaskThatEndsByAFaultEndsTheProgramWithAReason() throws Exception {
        List<String> log = new CopyOnWriteArrayList<>();
        var ended = new CountDownLatch(1);
        var tempo = new ProgramTempo(log::add, ended::countDown);
        tempo.start("fine", () -> {});
        tempo.start(
                "lease",
                () -> {
                    throw new IllegalStateException("unheard of");
                });
        assertThat(ended.await(1, TimeUnit.MINUTES)).isTrue();
        assertThat(log)
                .containsExactly(
                        "the task \"lease\" ended by java.lang.IllegalStateException: unheard of");
    }
}
