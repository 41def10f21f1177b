package dev.vpccni.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.host.kernel.KernelStep;
import dev.vpccni.host.kernel.KernelThreads;
import dev.vpccni.linux.Descriptor;
import dev.vpccni.linux.route.KernelLink;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.HostFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class KernelThreadsTest {

    @Test
    void tasksRunInTheNamespace() throws Exception {
        try (var namespace = new TestNamespace("threads");
                Descriptor file = Descriptor.open(namespace.path());
                var threads = KernelThreads.start("test", 2, file)) {
            namespace.ip("link add marker type veth peer name other");

            List<KernelLink> links = threads.run(node -> KernelStep.ask("list", node::links));
            assertThat(links).extracting(KernelLink::name).contains("marker", "other");
        }
    }

    @Test
    void whoeverWantsClosedThreadsIsToldToEnd() throws Exception {
        var threads = KernelThreads.start("test", 1, null);
        var callers = KernelThreads.ofCallers(1);
        threads.close();
        callers.close();

        for (KernelThreads closed : List.of(threads, callers)) {
            assertThatThrownBy(() -> closed.run(node -> KernelStep.ask("list", node::links)))
                    .isInstanceOf(InterruptedException.class);
        }
    }

    @Test
    void whoeverWaitsForASocketWhileItIsClosedIsToldToEnd() throws Exception {
        var begun = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        var callers = KernelThreads.ofCallers(1);
        Thread first =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                callers.run(_ -> {
                                    begun.countDown();
                                    return goOn.await(10, TimeUnit.SECONDS);
                                });
                            } catch (HostException | InterruptedException e) {
                                throw new AssertionError(e);
                            }
                        });
        assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
        var second =
                new FutureTask<>(() -> {
                    try {
                        return callers.run(_ -> "ran");
                    } catch (InterruptedException _) {
                        return "told";
                    }
                });
        Thread.ofVirtual().start(second);

        callers.close();

        assertThat(second.get(10, TimeUnit.SECONDS)).isEqualTo("told");
        goOn.countDown();
        first.join();
    }

    @Test
    void aFailureReachesTheCaller() throws Exception {
        try (var threads = KernelThreads.start("test", 1, null)) {
            var failure = new HostException(new HostFailure.Refused("a step", 1), "no", null);

            assertThatThrownBy(() ->
                            threads.run(_ -> {
                                throw failure;
                            }))
                    .isSameAs(failure);
        }
    }

    @Test
    void aTaskThatHasBegunIsWaitedForAndTheInterruptionKept() throws Exception {
        var begun = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        try (var threads = KernelThreads.start("test", 1, null)) {
            var call =
                    new FutureTask<>(() -> {
                        String result =
                                threads.run(_ -> {
                                    begun.countDown();
                                    assertThat(goOn.await(10, TimeUnit.SECONDS)).isTrue();
                                    return "done";
                                });
                        return result + " " + Thread.interrupted();
                    });
            Thread caller = Thread.ofVirtual().start(call);
            assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
            caller.interrupt();
            goOn.countDown();

            assertThat(call.get(10, TimeUnit.SECONDS)).isEqualTo("done true");
        }
    }

    @Test
    void aTaskThatHasNotBegunNeverDoes() throws Exception {
        var begun = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        var ran = new AtomicBoolean();
        try (var threads = KernelThreads.start("test", 1, null)) {
            Thread first =
                    Thread.ofVirtual()
                            .start(() -> {
                                try {
                                    threads.run(_ -> {
                                        begun.countDown();
                                        return goOn.await(10, TimeUnit.SECONDS);
                                    });
                                } catch (HostException | InterruptedException e) {
                                    throw new IllegalStateException(e);
                                }
                            });
            assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
            Thread.currentThread().interrupt();

            assertThatThrownBy(() ->
                            threads.run(_ -> {
                                ran.set(true);
                                return "ran";
                            }))
                    .isInstanceOf(InterruptedException.class);
            goOn.countDown();
            first.join();
        }
        assertThat(ran).isFalse();
    }

    @Test
    void whatIsNoNamespaceIsNotEntered() throws Exception {
        try (Descriptor file = Descriptor.open(Path.of("/etc/hostname"))) {
            assertThatThrownBy(() -> KernelThreads.start("test", 1, file))
                    .isInstanceOf(IOException.class)
                    .hasRootCauseMessage("setns: EINVAL");
        }
    }
}
