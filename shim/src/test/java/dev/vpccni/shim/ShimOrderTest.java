package dev.vpccni.shim;

import static dev.vpccni.shim.ScriptedDaemon.order;
import static dev.vpccni.shim.ScriptedDaemon.reply;
import static dev.vpccni.shim.Shim.config;
import static dev.vpccni.shim.Shim.environment;
import static dev.vpccni.shim.Shim.filled;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What the plugin sets inside the pod on the daemon's word. Needs root: it enters a namespace. */
final class ShimOrderTest {

    private static final String DAD = "net/ipv6/conf/lo/accept_dad";
    private static final int EINVAL = 22;
    private static final int EISDIR = 21;
    private static final int EPROTO = 71;

    private final String namespace = "vpccni-test-" + ProcessHandle.current().pid() + "-order";
    private final ArrayBlockingQueue<Report> reports = new ArrayBlockingQueue<>(8);

    @TempDir Path folder;

    private record Report(String magic, int version, int failure, int done) {}

    @BeforeEach
    void addNamespace() throws Exception {
        var _ = run("ip", "netns", "add", namespace);
    }

    @AfterEach
    void deleteNamespace() throws Exception {
        var _ = run("ip", "netns", "del", namespace);
    }

    @ParameterizedTest
    @EnumSource
    void setsWhatItIsToldInThePodAndNowhereElse(Shim shim) throws Exception {
        String before = run("sysctl", "-n", DAD);
        try (ScriptedDaemon _ = serve(ordering(order(2, DAD + "=7,")))) {
            shim.run(with("ADD"), config()).isSuccess("done");
        }

        assertThat(report()).isEqualTo(new Report("VCND", 2, 0, 1));
        assertThat(inside(DAD)).isEqualTo("7");
        assertThat(run("sysctl", "-n", DAD)).isEqualTo(before);
    }

    @ParameterizedTest
    @EnumSource
    void carriesOutOneOrderAfterAnother(Shim shim) throws Exception {
        try (ScriptedDaemon _ =
                serve(ordering(order(2, DAD + "=7,"), order(2, ""), order(2, DAD + "=9,")))) {
            shim.run(with("CHECK"), config()).isSuccess("done");
        }

        assertThat(inside(DAD)).isEqualTo("9");
        assertThat(reports).extracting(Report::done).containsExactly(1, 0, 1);
    }

    static Stream<Arguments> settings() {
        return Stream.of(
                Arguments.of("net/ipv6/conf/nobody/accept_dad=1," + DAD + "=7,", 0, 2),
                Arguments.of(DAD + "=7," + DAD + "=many," + DAD + "=9,", EINVAL, 1),
                Arguments.of(DAD + "=7,net/ipv6/conf=1,", EISDIR, 1),
                Arguments.of(DAD + "=7,kernel/hostname=x,", EPROTO, 1),
                Arguments.of(DAD + "=7,net/../kernel/hostname=x,", EPROTO, 1),
                Arguments.of(DAD + "=7,net/" + "x".repeat(5_000) + "=1,", EPROTO, 1),
                Arguments.of(DAD + "=7," + DAD + ",", EPROTO, 1));
    }

    @ParameterizedTest
    @MethodSource("settings")
    void stopsAtWhatCannotBeSetAndSaysWhy(String settings, int failure, int done) throws Exception {
        String host = run("hostname");
        for (Shim shim : Shim.values()) {
            try (ScriptedDaemon _ = serve(ordering(order(2, settings)))) {
                shim.run(with("ADD"), config()).isSuccess("done");
            }
            assertThat(report()).isEqualTo(new Report("VCND", 2, failure, done));
            assertThat(inside(DAD)).isEqualTo("7");
        }
        assertThat(run("hostname")).isEqualTo(host);
    }

    @ParameterizedTest
    @EnumSource
    void setsNothingOfATextWithoutAnEnd(Shim shim) throws Exception {
        try (ScriptedDaemon _ = serve(ordering(order(2, DAD + "=7," + DAD + "=9")))) {
            shim.run(with("ADD"), config()).isSuccess("done");
        }
        assertThat(report()).isEqualTo(new Report("VCND", 2, EPROTO, 0));
        assertThat(inside(DAD)).isNotEqualTo("7");
    }

    static Stream<Arguments> badOrders() {
        byte[] announced = order(2, "");
        ByteBuffer.wrap(announced).order(ByteOrder.nativeOrder()).putInt(8, 1 << 21);
        return Stream.of(
                Arguments.of("of version 1", "ADD", order(1, DAD + "=7,")),
                Arguments.of("of version 3", "ADD", order(3, DAD + "=7,")),
                Arguments.of("too long", "ADD", announced),
                Arguments.of("cut", "ADD", order(2, DAD + "=7,")),
                Arguments.of("for the node", "STATUS", order(2, DAD + "=7,")));
    }

    /** An order to a plugin that has entered no pod's namespace would change the node's. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("badOrders")
    void obeysNoBadOrder(String name, String command, byte[] order) throws Exception {
        int length = name.equals("cut") ? order.length - 3 : order.length;
        String before = run("sysctl", "-n", DAD);
        for (Shim shim : Shim.values()) {
            ScriptedDaemon.Script script =
                    (connection, daemon) -> {
                        daemon.readRequest(connection);
                        ScriptedDaemon.write(connection, Arrays.copyOf(order, length));
                    };
            try (ScriptedDaemon _ = serve(script)) {
                shim.run(with(command), config())
                        .isError(command.equals("ADD") ? 11 : 50, "did not answer");
            }
        }
        assertThat(inside(DAD)).isNotEqualTo("7");
        assertThat(run("sysctl", "-n", DAD)).isEqualTo(before);
    }

    @ParameterizedTest
    @EnumSource
    void takesTheLargestOrder(Shim shim) throws Exception {
        byte[] text = filled(1 << 20);
        text[text.length - 1] = 0;
        byte[] order = reply(2, 0, text.length, text);
        order[3] = 'S';
        try (ScriptedDaemon _ = serve(ordering(order))) {
            shim.run(with("ADD"), config()).isSuccess("done");
        }
        assertThat(report()).isEqualTo(new Report("VCND", 2, EPROTO, 0));
    }

    private ScriptedDaemon.Script ordering(byte[]... orders) {
        byte[] answer = "done".getBytes(UTF_8);
        return (connection, daemon) -> {
            daemon.readRequest(connection);
            for (byte[] order : orders) {
                ScriptedDaemon.write(connection, order);
                ByteBuffer report = ScriptedDaemon.read(connection, 12);
                byte[] magic = new byte[4];
                report.get(0, magic);
                reports.add(
                        new Report(
                                new String(magic, UTF_8),
                                report.getShort(4),
                                report.getShort(6),
                                report.getInt(8)));
            }
            ScriptedDaemon.write(connection, reply(1, 0, answer.length, answer));
        };
    }

    private Report report() throws InterruptedException {
        return Objects.requireNonNull(reports.poll(10, TimeUnit.SECONDS), "no report");
    }

    private ScriptedDaemon serve(ScriptedDaemon.Script script) throws IOException {
        Files.deleteIfExists(folder.resolve("cni.sock"));
        return new ScriptedDaemon(folder.resolve("cni.sock"), script);
    }

    private Map<String, String> with(String command) {
        return environment(
                command,
                "CNI_NETNS",
                "/run/netns/" + namespace,
                "VPC_CNI_SOCKET",
                folder.resolve("cni.sock").toString(),
                "VPC_CNI_SPOOL",
                folder.resolve("spool").toString());
    }

    private String inside(String parameter) throws Exception {
        return run("ip", "netns", "exec", namespace, "sysctl", "-n", parameter);
    }

    private static String run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output.strip();
    }
}
