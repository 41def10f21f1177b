package dev.vpccni.acceptance.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.acceptance.lab.DaemonUnderTest;
import dev.vpccni.acceptance.lab.Ended;
import dev.vpccni.acceptance.lab.LabUnderTest;
import dev.vpccni.acceptance.lab.NetConf;
import dev.vpccni.acceptance.lab.Plugin;
import dev.vpccni.acceptance.lab.Plugin.Complaint;
import dev.vpccni.acceptance.lab.Plugin.Container;
import dev.vpccni.acceptance.lab.Residue;
import dev.vpccni.acceptance.lab.WantedLab;
import java.time.Duration;
import java.util.SortedMap;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A node whose EC2, credentials, metadata or disk fail says so, to the operator and to the runtime,
 * leaves nothing behind, and goes on by itself when they are back.
 */
class BadSurroundingsTest {

    private static final Duration SOON = Duration.ofSeconds(60);

    /** How long a pod waits in these tests, where nothing comes; see {@code shim.c}. */
    private static final String SHORT = "3000";

    private static final String STATE = "/run/aws-node";

    private static LabUnderTest lab;

    @BeforeAll
    static void start() throws Exception {
        // No spare interface, so that the pool has nothing to do while the kernel is compared.
        lab =
                LabUnderTest.up(
                        WantedLab.nodes(4, "c5.large")
                                .with("WARM_IP_TARGET", "1")
                                .with("MINIMUM_IP_TARGET", "5")
                                .withoutDaemons());
    }

    @AfterAll
    static void stop() throws Exception {
        lab.close();
    }

    @Test
    void ec2CannotBeReached() throws Exception {
        String node = "node-1";
        var plugin = new Plugin(lab, node);
        Container pod = plugin.container("no-ec2");
        String endpoint = variable(node, "AWS_ENDPOINT_URL_EC2");
        String host = endpoint.replaceAll("http://|:\\d+/?$|/$", "");
        must(node, "ip", "route", "add", "unreachable", host);
        try (var daemon = DaemonUnderTest.start(lab, node);
                var waiting = Executors.newVirtualThreadPerTaskExecutor()) {
            lab.await(
                    "a line that names " + endpoint,
                    SOON,
                    () -> !daemon.lines("warn", endpoint).isEmpty());
            assertThat(daemon.lines("warn", endpoint)).as("said once").hasSize(1);

            Residue before = Residue.of(lab, node);
            Complaint refused = Complaint.of(plugin.run(brief(pod, "ADD"), NetConf.of("1.0.0")));
            assertThat(refused.code()).isEqualTo(11);
            assertThat(refused.text()).contains(endpoint).contains("again by itself");
            Complaint status = Complaint.of(plugin.run("STATUS", NetConf.of("1.1.0")));
            assertThat(status.code()).isEqualTo(50);
            assertThat(status.text()).contains(endpoint);
            assertThat(Residue.of(lab, node)).isEqualTo(before);

            // A pod that is patient gets its address when EC2 is back.
            Callable<Ended> add = () -> plugin.run(pod.variables("ADD"), NetConf.of("1.0.0"));
            var patient = waiting.submit(add);
            must(node, "ip", "route", "del", "unreachable", host);
            assertThat(patient.get().status()).as(patient.get().out()).isZero();
            plugin.must("DEL", pod, NetConf.of("1.0.0"));
        }
    }

    @Test
    void credentialsAreMissing() throws Exception {
        String node = "node-2";
        var plugin = new Plugin(lab, node);
        Container pod = plugin.container("no-credentials");
        try (var daemon = DaemonUnderTest.start(lab, node, "AWS_PROFILE=absent")) {
            lab.await(
                    "a line about credentials",
                    SOON,
                    () -> !daemon.lines("warn", "credentials", "absent").isEmpty());
            assertThat(daemon.lines("warn", "credentials", "absent")).as("said once").hasSize(1);
            assertThat(daemon.lines("warn", "does not accept the credentials"))
                    .as("the remedy, said once")
                    .hasSize(1);

            Residue before = Residue.of(lab, node);
            Complaint refused = Complaint.of(plugin.run(brief(pod, "ADD"), NetConf.of("1.0.0")));
            assertThat(refused.code()).isEqualTo(11);
            assertThat(refused.text()).contains("credentials").contains("role").contains("absent");
            plugin.must("DEL", pod, NetConf.of("1.0.0"));
            assertThat(Residue.of(lab, node)).isEqualTo(before);
        }
    }

    @Test
    void metadataIsDown() throws Exception {
        String node = "node-3";
        var plugin = new Plugin(lab, node);
        Container pod = plugin.container("no-metadata");
        must(node, "ip", "route", "add", "unreachable", "169.254.169.254");
        try (var daemon = DaemonUnderTest.start(lab, node);
                var waiting = Executors.newVirtualThreadPerTaskExecutor()) {
            lab.await(
                    "a line that names metadata's address",
                    SOON,
                    () -> !daemon.lines("warn", "metadata", "169.254.169.254").isEmpty());
            assertThat(daemon.lines("warn", "169.254.169.254")).as("said once").hasSize(1);

            Residue before = Residue.of(lab, node);
            Complaint refused = Complaint.of(plugin.run(brief(pod, "ADD"), NetConf.of("1.0.0")));
            assertThat(refused.code()).isEqualTo(11);
            assertThat(refused.text()).contains("metadata").contains("169.254.169.254");
            assertThat(Residue.of(lab, node)).isEqualTo(before);

            Callable<Ended> add = () -> plugin.run(pod.variables("ADD"), NetConf.of("1.0.0"));
            var patient = waiting.submit(add);
            must(node, "ip", "route", "del", "unreachable", "169.254.169.254");
            assertThat(patient.get().status()).as(patient.get().out()).isZero();
            plugin.must("DEL", pod, NetConf.of("1.0.0"));
        }
    }

    @Test
    void theDiskIsFull() throws Exception {
        String node = "node-4";
        var plugin = new Plugin(lab, node);
        Container pod = plugin.container("full-disk");
        Container other = plugin.container("other-pod");
        must(node, "mount", "-t", "tmpfs", "-o", "size=256k", "vpccni-test-disk", STATE);
        lab.daemon(node, "start");
        // Once a pod has had one, there are addresses.
        plugin.must("ADD", other, NetConf.of("1.0.0"));
        plugin.must("DEL", other, NetConf.of("1.0.0"));
        plugin.remove(other);
        Residue empty = Residue.awaitNoPods(lab, node);

        fill(node);
        Complaint refused = Complaint.of(plugin.run(pod.variables("ADD"), NetConf.of("1.0.0")));
        assertThat(refused.code()).isEqualTo(5);
        assertThat(refused.text()).contains("ipam.json").contains("No space left on device");
        assertThat(refused.details()).contains("again");
        assertThat(Residue.of(lab, node)).isEqualTo(empty);
        plugin.must("DEL", pod, NetConf.of("1.0.0"));
        assertThat(Residue.of(lab, node)).isEqualTo(empty);

        must(node, "rm", STATE + "/fill");
        String result = plugin.must("ADD", pod, NetConf.of("1.0.0"));
        plugin.must("CHECK", pod, NetConf.after("1.0.0", result));

        fill(node);
        Complaint kept =
                Complaint.of(plugin.run(pod.variables("DEL"), NetConf.after("1.0.0", result)));
        assertThat(kept.code()).isEqualTo(5);
        assertThat(kept.text()).contains("ipam.json").contains("No space left on device");

        lab.daemon(node, "stop");
        Complaint alone =
                Complaint.of(plugin.run(pod.variables("DEL"), NetConf.after("1.0.0", result)));
        assertThat(alone.code()).isEqualTo(5);
        assertThat(alone.text()).contains(STATE + "/spool").contains("No space left on device");
        must(node, "rm", STATE + "/fill");
        plugin.must("DEL", pod, NetConf.after("1.0.0", result));
        plugin.must("DEL", other, NetConf.of("1.0.0"));
        lab.daemon(node, "start");
        plugin.remove(pod);
        Residue.awaitSame(lab, node, empty);
        Container later = plugin.container("later-pod");
        plugin.must("ADD", later, NetConf.of("1.0.0"));
        plugin.must("DEL", later, NetConf.of("1.0.0"));
    }

    private static SortedMap<String, String> brief(Container pod, String command) {
        return pod.variables(command, "VPC_CNI_DEADLINE_MS", SHORT);
    }

    private static void fill(String node) throws Exception {
        Ended full = lab.exec(node, "dd", "if=/dev/zero", "of=" + STATE + "/fill", "bs=4k");
        assertThat(full.err()).contains("No space left on device");
    }

    private static void must(String node, String... words) throws Exception {
        Ended ended = lab.exec(node, words);
        assertThat(ended.status()).as(ended.err()).isZero();
    }

    private static String variable(String node, String name) throws Exception {
        return lab.exec(node, "printenv", name).out().strip();
    }
}
