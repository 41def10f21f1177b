package dev.vpccni.acceptance.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.acceptance.lab.Ended;
import dev.vpccni.acceptance.lab.LabUnderTest;
import dev.vpccni.acceptance.lab.NetConf;
import dev.vpccni.acceptance.lab.Plugin;
import dev.vpccni.acceptance.lab.Plugin.Complaint;
import dev.vpccni.acceptance.lab.Plugin.Container;
import dev.vpccni.acceptance.lab.WantedLab;
import dev.vpccni.testing.HostileCallers;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A daemon with very many callers, or very large requests: it serves those who are honest. */
class ManyCallersTest {

    private static final String NODE = "node-1";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Long before an ADD that nobody waits for would end by itself. */
    private static final Duration SOON = Duration.ofSeconds(20);

    /** Far more than an ADD takes, and less than it took when each idle caller cost 2 s. */
    private static final long PROMPT_MILLIS = 5_000;

    /** An ADD that waits has a connection, a namespace and a socket in it. */
    private static final int FILES_EACH = 3;

    /** EC2's connections, and what the JVM opens when it first needs it. */
    private static final int SPARE_FILES = 12;

    private static final int SPARE_THREADS = 20;

    /** What each took outside the heap, 500 used up. */
    private static final int ADDS = 600;

    /** Fewer than all, for some are served from the pool. */
    private static final int WAITING = 590;

    private static final String MAKE_NAMESPACES =
            "mkdir /run/many; for i in $(seq %d); do ip netns add many-$i; done".formatted(ADDS);

    /** Prints the exit status of each. */
    private static final String ADD_TO_EACH =
            """
            for i in $(seq %d); do
                (echo '%s' | env -i CNI_COMMAND=ADD CNI_PATH=/opt/cni/bin CNI_IFNAME=eth0 \\
                    CNI_CONTAINERID=many$i CNI_NETNS=/run/netns/many-$i \\
                    CNI_ARGS="IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=many-$i" \\
                    /opt/cni/bin/aws-cni >/run/many/$i.out && echo 0 || echo $?) &
            done
            wait
            """
                    .formatted(ADDS, NetConf.of("1.0.0").strip());

    @Test
    void podsComeAndGoBesideCallersWhoSayNothing() throws Exception {
        try (var lab = LabUnderTest.up(WantedLab.nodes(1, "m5.large"))) {
            lab.added(NODE, 1); // the pool is there
            int threads = threads(lab);
            try (var hostile = HostileCallers.start(LabUnderTest.socket(NODE), 200, 20, 20)) {
                lab.await("all of them", PATIENCE, () -> hostile.connections() >= 240);
                for (int i = 0; i < 5; i++) {
                    assertThat(lab.added(NODE, 1)).allMatch(pod -> pod.millis() < PROMPT_MILLIS);
                }
                assertThat(threads(lab) - threads).isLessThan(SPARE_THREADS);
                lab.removeAll();
            }
            int calm = files(lab);
            lab.await("none of them is left", PATIENCE, () -> files(lab) <= calm);
        }
    }

    @Test
    void addsThatWaitForEc2AreServedWhenItIsBack() throws Exception {
        WantedLab wanted = WantedLab.nodes(1, "m5.24xlarge").with("WARM_IP_TARGET", "2");
        try (var lab = LabUnderTest.up(wanted);
                var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
            lab.added(NODE, 2);
            assertThat(lab.exec(NODE, "sh", "-euc", MAKE_NAMESPACES).err()).isEmpty();
            int before = files(lab);
            ec2(lab, "-I");

            Future<Ended> adds = tasks.submit(() -> lab.exec(NODE, "sh", "-euc", ADD_TO_EACH));
            lab.await("they wait", PATIENCE, () -> files(lab) >= before + WAITING * FILES_EACH);
            ec2(lab, "-D");

            assertThat(adds.get().out().lines()).hasSize(ADDS).containsOnly("0");
            Ended addresses = lab.exec(NODE, "sh", "-euc", "cat /run/many/*.out");
            assertThat(addresses.out().lines().filter(line -> line.contains("/32")).distinct())
                    .hasSize(ADDS);
            lab.await("no file is left", PATIENCE, () -> files(lab) <= before + SPARE_FILES);
        }
    }

    @Test
    void addsWhoseRuntimeIsKilledWhileTheyWaitLeaveNothing() throws Exception {
        WantedLab wanted = WantedLab.nodes(1, "m5.large").with("WARM_IP_TARGET", "1");
        try (var lab = LabUnderTest.up(wanted)) {
            lab.added(NODE, 1);
            var plugin = new Plugin(lab, NODE);
            Container sandbox = plugin.container("nobody");
            int before = files(lab);
            int threads = threads(lab);
            ec2(lab, "-I");
            List<Process> abandoned = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                Container other = sandbox.sibling("nobody-" + i);
                abandoned.add(plugin.start("ADD", other, NetConf.of("1.0.0")));
            }
            // One or another has got what was in the pool.
            lab.await("they wait", PATIENCE, () -> files(lab) >= before + 35 * FILES_EACH);
            long granted = granted(lab);
            for (Process each : abandoned) {
                LabUnderTest.program(each).destroyForcibly();
            }

            lab.await("no file is left", SOON, () -> files(lab) <= before + SPARE_FILES);
            ec2(lab, "-D");
            lab.added(NODE, 1);
            assertThat(granted(lab)).isEqualTo(granted + 1);
            assertThat(threads(lab) - threads).isLessThan(SPARE_THREADS);
        }
    }

    /** Annotations of 256 KiB, each byte of which comes as six. */
    @Test
    void aPodMayHaveAsManyAnnotationsAsKubernetesAllows() throws Exception {
        try (var lab = LabUnderTest.up(WantedLab.nodes(1, "m5.large"))) {
            var plugin = new Plugin(lab, NODE);
            Container pod = plugin.container("annotated");
            String result = plugin.must("ADD", pod, NetConf.annotated("\\u003c".repeat(256 << 10)));
            plugin.must("CHECK", pod, NetConf.after("1.0.0", result));
            plugin.must("DEL", pod, NetConf.annotated("\\u003c".repeat(256 << 10)));

            String begun = NetConf.annotated("");
            int most = (4 << 20) - begun.length();
            plugin.must("ADD", pod, NetConf.annotated("x".repeat(most)));
            plugin.must("DEL", pod, NetConf.annotated("x".repeat(most)));
            Complaint tooLong =
                    Complaint.of(
                            plugin.run(
                                    pod.variables("ADD"), NetConf.annotated("x".repeat(most + 1))));
            assertThat(tooLong.code()).isEqualTo(6);
            assertThat(tooLong.text()).contains("too long").contains("4 MiB");
        }
    }

    /** The daemon's heap has 64 MiB. */
    @Test
    void manyLargeRequestsAtOnceDoNotFillTheHeap() throws Exception {
        try (var lab = LabUnderTest.up(WantedLab.nodes(1, "m5.4xlarge"));
                var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
            lab.added(NODE, 100);
            var plugin = new Plugin(lab, NODE);
            Path process = lab.daemonProcess(NODE);
            Container sandbox = plugin.container("large");
            List<Future<String>> asked = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                Container other = sandbox.sibling("large-" + i);
                String input = NetConf.annotated("x".repeat(4_000_000));
                // Whichever the daemon does not come to in time is kept for later.
                asked.add(tasks.submit(() -> plugin.must("DEL", other, input)));
            }
            for (Future<String> each : asked) {
                assertThat(each.get()).isEmpty();
            }
            assertThat(lab.exec(NODE, "cat", "/var/log/aws-routed-eni/ipamd.log").out())
                    .containsPattern("DEL aws-cni/large-\\S+ .* done in");
            lab.added(NODE, 1);
            assertThat(lab.daemonProcess(NODE)).isEqualTo(process);
        }
    }

    private static String variable(LabUnderTest lab, String name) throws Exception {
        return lab.exec(NODE, "printenv", name).out().strip();
    }

    /** Has packets to EC2 dropped from now on, or no more. */
    private static void ec2(LabUnderTest lab, String option) throws Exception {
        String host = URI.create(variable(lab, "AWS_ENDPOINT_URL_EC2")).getHost();
        Ended ended = lab.exec(NODE, "iptables", option, "OUTPUT", "-d", host, "-j", "DROP");
        assertThat(ended.status()).as(ended.err()).isZero();
    }

    private static long granted(LabUnderTest lab) throws Exception {
        return lab.status(NODE).count("assigned");
    }

    /** Returns how many files the daemon has open. */
    private static int files(LabUnderTest lab) throws Exception {
        return entries(lab, "fd");
    }

    /** Returns how many threads the daemon has. */
    private static int threads(LabUnderTest lab) throws Exception {
        return entries(lab, "task");
    }

    private static int entries(LabUnderTest lab, String what) throws Exception {
        try (Stream<Path> entries = Files.list(lab.daemonProcess(NODE).resolve(what))) {
            return (int) entries.count();
        }
    }
}
