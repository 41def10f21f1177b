package dev.vpccni.node.pod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.vpccni.cni.CniError;
import dev.vpccni.cni.CniException;
import dev.vpccni.node.fake.Nouns;
import dev.vpccni.node.ledger.BusyException;
import dev.vpccni.node.pool.NoAddressException;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.HostFailure;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FailuresTest {

    @ParameterizedTest
    @MethodSource("ofTheKernel")
    void whatTheKernelRefusedIsToldByItsKind(HostFailure failure, CniError expected) {
        var cause = new HostException(failure, "why", null);

        CniException told = Failures.of(cause);

        assertThat(told.error()).isEqualTo(expected);
        assertThat(told).hasCause(cause);
    }

    static Stream<Arguments> ofTheKernel() {
        return Stream.of(
                arguments(
                        new HostFailure.NoNamespace("/run/netns/x"),
                        new CniError.UnknownContainer("/run/netns/x", "why")),
                arguments(
                        new HostFailure.NodeNamespace("/proc/1/ns/net"),
                        new CniError.HostNamespace("/proc/1/ns/net")),
                arguments(
                        new HostFailure.NoLink(Nouns.mac(1)),
                        new CniError.TryAgainLater("why", "the interface is on its way")),
                arguments(
                        new HostFailure.InterfaceTaken("eth0"),
                        new CniError.Failed(
                                "the container has an interface eth0 already",
                                "let the runtime make a new sandbox")),
                arguments(
                        new HostFailure.Refused("step", 1),
                        new CniError.Failed("why", "see the daemon's log")));
    }

    @Test
    void withoutAnAddressTheRuntimeIsToldToTryAgain() {
        var cause = new NoAddressException("full", "make room");

        CniException told = Failures.of(cause);

        assertThat(told.error()).isEqualTo(new CniError.TryAgainLater("full", "make room"));
        assertThat(told).hasCause(cause);
    }

    @Test
    void aBusyDaemonIsNoBrokenDisk() {
        var cause = new BusyException(4096);

        CniException told = Failures.of(cause);

        assertThat(told.error())
                .isEqualTo(
                        new CniError.TryAgainLater(
                                "4096 requests are waiting already",
                                "the daemon is overloaded; try again"));
        assertThat(told).hasCause(cause);
    }

    @Test
    void aBrokenDiskIsNamed() {
        var cause = new IOException("No space left on device");

        CniException told = Failures.of(cause);

        assertThat(told.error())
                .isEqualTo(
                        new CniError.IoFailure("recording the address", "No space left on device"));
        assertThat(told).hasCause(cause);
    }

    @Test
    void anErrorIsToldAsItIs() {
        var error = new CniError.Failed("what", "why");

        assertThat(Failures.of(error).error()).isSameAs(error);
    }
}
