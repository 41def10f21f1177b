package dev.vpccni.linux.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.linux.Descriptor;
import dev.vpccni.linux.namespace.NamespaceThread;
import dev.vpccni.linux.namespace.NetworkNamespace;
import dev.vpccni.linux.netlink.NetlinkSocket;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A fresh network namespace with a name, so that ip(8) can look at it too. */
final class TestNamespace implements AutoCloseable {

    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final String name =
            "vpccni-test-" + ProcessHandle.current().pid() + "-" + NUMBER.incrementAndGet();
    private final Path path = Path.of("/run/netns", name);
    private final Descriptor descriptor;
    private final NamespaceThread thread;
    private final Rtnetlink rtnetlink;

    TestNamespace() throws IOException {
        NetworkNamespace.create(path);
        descriptor = Descriptor.open(path);
        thread = NamespaceThread.start(name);
        rtnetlink = new Rtnetlink(thread.openInside(descriptor, NetlinkSocket.NETLINK_ROUTE));
    }

    Rtnetlink rtnetlink() {
        return rtnetlink;
    }

    Descriptor descriptor() {
        return descriptor;
    }

    NamespaceThread thread() {
        return thread;
    }

    /** Makes a link that is up, and sees a carrier, and returns its index. */
    int link(String link) throws IOException {
        rtnetlink.createVeth(VethEnd.named(link), VethEnd.named(link + "-peer"));
        KernelLink made = rtnetlink.link(link);
        rtnetlink.setUp(made.peerIndex());
        return made.index();
    }

    /** Makes a link that is up, with routes to 10.9.0.0/24, and returns its index. */
    int linkWithNetwork(String link) throws IOException {
        int index = link(link);
        rtnetlink.addAddress(KernelAddress.of(IpPrefix.parse("10.9.0.1/24"), index));
        return index;
    }

    /** Returns what ip(8) prints about this namespace; it must succeed. */
    String ip(String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of("ip", "-n", name));
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().put("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
        return output;
    }

    @Override
    public void close() throws IOException {
        rtnetlink.close();
        thread.close();
        descriptor.close();
        NetworkNamespace.remove(path);
    }
}
