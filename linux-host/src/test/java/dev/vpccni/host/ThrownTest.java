package dev.vpccni.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.host.kernel.Thrown;
import dev.vpccni.linux.Descriptor;
import dev.vpccni.model.MacAddress;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.HostFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

class ThrownTest {

    @Test
    void anAnswerOfTheKernelOrTheDiskIsAFailureOfTheStep() throws Exception {
        var refused = new HostException(new HostFailure.Refused("a step", 1), "no", null);
        assertThat(Thrown.by("step", new ExecutionException(refused))).isSameAs(refused);
        assertThat(Thrown.by("step", new ExecutionException(new IOException("lost"))))
                .hasMessage("step: lost")
                .extracting(HostException::failure)
                .isEqualTo(new HostFailure.Refused("step", 0));
    }

    @Test
    void whatIsNoAnswerStaysWhatItIs() {
        for (Throwable fault :
                List.of(
                        new OutOfMemoryError("no thread"),
                        new IllegalStateException("a bug"),
                        new InterruptedException())) {
            assertThatThrownBy(() -> Thrown.by("step", new ExecutionException(fault)))
                    .isSameAs(fault);
        }
    }

    /** A watch that swallows it would be begun again and again. */
    @Test
    void aFaultOfAWatchReachesWhoeverWaits() throws Exception {
        Descriptor closed = Descriptor.open(Path.of("/proc/self/ns/net"));
        closed.close();
        var watch = new LinkMonitor(closed);
        assertThatThrownBy(() -> watch.await(new MacAddress(1), Duration.ofSeconds(5)))
                .isInstanceOf(IllegalStateException.class);
    }
}
