package dev.vpccni.acceptance.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.acceptance.lab.DaemonUnderTest;
import dev.vpccni.acceptance.lab.ForgedRequest;
import dev.vpccni.acceptance.lab.LabUnderTest;
import dev.vpccni.acceptance.lab.NetConf;
import dev.vpccni.acceptance.lab.Plugin;
import dev.vpccni.acceptance.lab.Plugin.Complaint;
import dev.vpccni.acceptance.lab.Plugin.Container;
import dev.vpccni.acceptance.lab.Residue;
import dev.vpccni.acceptance.lab.WantedLab;
import dev.vpccni.linux.Descriptor;
import dev.vpccni.linux.ErrnoException;
import dev.vpccni.linux.Sockets;
import dev.vpccni.linux.namespace.NamespaceThread;
import dev.vpccni.linux.namespace.NetworkNamespace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the daemon may do in upstream's container, and what nobody can make it do. */
class RightsTest {

    private static final String NODE = "node-1";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Path SOCKET =
            Path.of(
                    "/run/vpc-cni-lab",
                    LabUnderTest.name(),
                    "nodes",
                    NODE,
                    "run/aws-node/cni.sock");

    /** Beside what each daemon of a lab lacks, this one may not set parameters of the network. */
    private static final List<String> STARTER =
            List.of(
                    "unshare",
                    "--mount",
                    "sh",
                    "-euc",
                    "mount -o remount,bind,ro /proc/sys/net; exec \"$@\"",
                    "sh");

    /** Capabilities of upstream's manifest, and reading: 12, 13 and 2 of capabilities(7). */
    private static final String RIGHTS = "0000000000003004";

    private static LabUnderTest lab;
    private static DaemonUnderTest daemon;
    private static Plugin plugin;

    @BeforeAll
    static void start() throws Exception {
        lab = LabUnderTest.up(WantedLab.nodes(1, "c5.large").withoutDaemons());
        daemon = DaemonUnderTest.startBy(STARTER, lab, NODE);
        plugin = new Plugin(lab, NODE);
        lab.await(
                "a daemon that is ready",
                PATIENCE,
                () -> plugin.run("STATUS", NetConf.of("1.1.0")).status() == 0);
    }

    @AfterAll
    static void stop() throws Exception {
        daemon.close();
        lab.close();
    }

    @Test
    void netAdminAndNetRawAreEnough() throws Exception {
        Container pod = plugin.container("pod");
        String result = plugin.must("ADD", pod, NetConf.of("1.0.0"));
        plugin.must("CHECK", pod, NetConf.after("1.0.0", result));
        Residue.awaitSpareInterface(lab, NODE); // The next test finds a node at rest.
        plugin.must("DEL", pod, NetConf.after("1.0.0", result));
        plugin.remove(pod);
    }

    @Test
    void theDoctorNeedsNoMore() throws Exception {
        lab.await("the doctor's look", PATIENCE, () -> !daemon.lines("doctor: ").isEmpty());
        assertThat(daemon.lines("doctor: cannot look")).isEmpty();
    }

    @Test
    void itHasNoMore() throws Exception {
        Path process = lab.daemonProcess(NODE);
        assertThat(Files.readAllLines(process.resolve("status")))
                .contains("CapPrm:\t" + RIGHTS, "CapEff:\t" + RIGHTS, "CapBnd:\t" + RIGHTS)
                .contains("CapInh:\t0000000000000000", "CapAmb:\t0000000000000000");
        assertThat(Files.readAllLines(process.resolve("mountinfo")))
                .map(line -> List.of(line.split(" ")))
                .filteredOn(words -> words.get(5).startsWith("rw"))
                .map(words -> words.get(4))
                .filteredOn(point -> !point.matches("/(proc|sys|dev)(/.*)?"))
                .containsOnly(
                        "/run/aws-node",
                        "/run/cni",
                        "/run/xtables.lock",
                        "/etc/cni/net.d",
                        "/var/log/aws-routed-eni");
    }

    @Test
    void theNodesOwnNamespaceIsNoPods() throws Exception {
        Residue before = Residue.awaitNoPods(lab, NODE);
        try (var thread = NamespaceThread.start("forger");
                Descriptor node = Descriptor.open(lab.namespace(NODE));
                Descriptor socket = thread.inside(node, RightsTest::socket)) {
            Complaint refused = add("forged", node, socket);
            assertThat(refused.code()).isEqualTo(8);
            assertThat(refused.text()).contains("/run/netns/forged");
        }
        assertThat(Residue.of(lab, NODE)).isEqualTo(before);
    }

    @Test
    void descriptorsOfTwoNamespacesAreNoPods() throws Exception {
        Residue before = Residue.awaitNoPods(lab, NODE);
        try (var thread = NamespaceThread.start("forger");
                Descriptor pod = NetworkNamespace.createAnonymous();
                Descriptor node = Descriptor.open(lab.namespace(NODE));
                Descriptor nodes = thread.inside(node, RightsTest::socket);
                Descriptor pods = thread.inside(pod, RightsTest::socket);
                Descriptor file = Descriptor.open(Path.of("/etc/hostname"))) {
            assertThat(add("forged", pod, nodes))
                    .matches(refused -> refused.code() == 3)
                    .matches(refused -> refused.details().contains("is another one's"));
            assertThat(add("forged", node, pods).code()).isEqualTo(3);
            assertThat(add("forged", file, pods)).matches(refused -> refused.code() == 3);
            assertThat(add("forged", pod, file))
                    .matches(refused -> refused.code() == 3)
                    .matches(refused -> refused.details().contains("no socket"));
        }
        assertThat(Residue.of(lab, NODE)).isEqualTo(before);
    }

    private static Complaint add(String name, Descriptor... descriptors) throws Exception {
        var forged = new Container(name, name + "0123456789", "/run/netns/" + name);
        return Complaint.of(
                ForgedRequest.send(
                        SOCKET, forged.variables("ADD"), NetConf.of("1.0.0"), descriptors));
    }

    private static Descriptor socket() throws ErrnoException {
        return Descriptor.own(
                Sockets.socket(Sockets.AF_NETLINK, Sockets.SOCK_RAW | Sockets.SOCK_CLOEXEC, 0));
    }
}
