package dev.vpccni.acceptance.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.acceptance.lab.CommandLine;
import dev.vpccni.acceptance.lab.Ended;
import dev.vpccni.acceptance.lab.LabUnderTest;
import dev.vpccni.acceptance.lab.NodeStatus;
import dev.vpccni.json.JsonObject;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a stranger's script can rely on: the command line, its output, and where things lie. */
class OutsideUseTest {

    private static final String LAB = System.getProperty("vpccni.lab", "vpccni-test") + "-out";
    private static final long PATIENCE_SECONDS = 60;

    /** Nothing but reading what others own, since a checkout may lie in root's home. */
    private static final String READ_ONLY = "--%s=-all,+dac_read_search";

    private final CommandLine program = CommandLine.of(LAB);

    @TempDir private Path folder;

    @AfterEach
    void down() throws Exception {
        program.must("lab", "down");
    }

    /** A lab without daemons is a place for any daemon that does as upstream's does. */
    @Test
    void aLabForAnotherDaemon() throws Exception {
        program.must(
                "lab",
                "up",
                "--nodes",
                "2",
                "--instance-type",
                "t3.medium",
                "--env",
                "WARM_IP_TARGET=2",
                "--env",
                "GREETING=hello world",
                "--daemon",
                "none");
        upstreamsPlaces();
        cloudFromInside();
        JsonObject alone = program.json("lab", "status", "-o", "json");
        assertThat(alone.objects("nodes")).hasSize(2);
        NodeStatus bare = NodeStatus.all(alone).getFirst();
        assertThat(bare.enis())
                .singleElement()
                .satisfies(eni -> {
                    assertThat(eni.primary()).isTrue();
                    assertThat(eni.addresses())
                            .singleElement()
                            .satisfies(slot -> {
                                assertThat(slot.state()).isEqualTo("primary");
                                assertThat(slot.pod()).isEmpty();
                            });
                });

        Process daemon = startDaemon("node-1");
        try {
            onNode(
                    "for i in {1..600}; do [ -S /var/run/aws-node/cni.sock ] && break; sleep 0.1; done");
            podsOfTheOtherDaemon(daemon);
        } finally {
            daemon.destroy();
            assertThat(daemon.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        }
        program.must("lab", "down");
        assertThat(Ended.of(new ProcessBuilder("ip", "netns")).out()).doesNotContain(LAB);
        Ended none = program.run("lab", "status", "-o", "json");
        assertThat(none.status()).isEqualTo(1);
        assertThat(none.out()).isEmpty();
        assertThat(none.err().lines()).singleElement().asString().contains("vpc-cni lab up");
    }

    private void upstreamsPlaces() throws Exception {
        assertThat(onNode("printenv GREETING WARM_IP_TARGET")).isEqualTo("hello world\n2\n");
        onNode("test -d /var/run/aws-node && test -x /opt/cni/bin/aws-cni");
        onNode("test -x /opt/cni/bin/portmap && test -d /var/log/aws-routed-eni");
        JsonObject list = JsonObject.parse(onNode("cat /etc/cni/net.d/10-aws.conflist"));
        assertThat(list.string("name")).isEqualTo("aws-cni");
        var plugins = new ArrayList<String>();
        for (JsonObject plugin : list.objects("plugins")) {
            plugins.add(plugin.string("type"));
        }
        assertThat(plugins).containsExactly("aws-cni", "portmap");
        // What is written there stays there.
        onNode("touch /etc/vpccni-test-mark /opt/vpccni-test-mark /var/vpccni-test-mark");
        for (String place : List.of("/etc", "/opt", "/var")) {
            assertThat(Path.of(place, "vpccni-test-mark")).doesNotExist();
        }
        Ended failing =
                program.run("lab", "exec", "node-1", "--", "sh", "-c", "echo no >&2; exit 7");
        assertThat(failing).isEqualTo(new Ended(7, "", "no\n"));
    }

    private void cloudFromInside() throws Exception {
        String request =
                "PUT /latest/api/token HTTP/1.0\\r\\nX-aws-ec2-metadata-token-ttl-seconds: 60\\r\\n"
                        + "Content-Length: 0\\r\\n\\r\\n";
        assertThat(
                        onNode(
                                "exec 3<>/dev/tcp/169.254.169.254/80; printf '%s' >&3; cat <&3"
                                        .formatted(request)))
                .startsWith("HTTP/1.1 200");
        assertThat(
                        onNode(
                                "at=${AWS_ENDPOINT_URL_EC2#http://}; at=${at%/};"
                                        + " exec 3<>/dev/tcp/${at%:*}/${at##*:};"
                                        + " printf 'GET /?Action=DescribeVpcs HTTP/1.0\\r\\n\\r\\n' >&3;"
                                        + " cat <&3"))
                .startsWith("HTTP/1.1 ");
        assertThat(onNode("printenv AWS_REGION")).matches("[a-z]+-[a-z]+-[0-9]\n");
    }

    private Process startDaemon(String node) throws Exception {
        String daemon = LabUnderTest.home().resolve("bin/vpc-cni").toString();
        var builder =
                program.process("lab", "exec", node, "--", daemon, "daemon")
                        .redirectOutput(folder.resolve("daemon.out").toFile())
                        .redirectErrorStream(true);
        return builder.start();
    }

    private void podsOfTheOtherDaemon(Process daemon) throws Exception {
        JsonObject added =
                program.json("lab", "pod", "add", "--node", "node-1", "--count", "3", "-o", "json");
        assertThat(added.integer("failed")).isZero();
        var names = new ArrayList<String>();
        for (JsonObject pod : added.objects("pods")) {
            names.add(pod.string("name"));
        }
        assertThat(names).hasSize(3).doesNotHaveDuplicates();
        assertThat(daemon.isAlive()).isTrue();
        assertThat(onNode("ls /var/log/aws-routed-eni")).contains("ipamd.log");
        theLinesThatOperatorsLookFor();

        exactShape(program.must("lab", "status", "-o", "json"), names);
        calls();
        upstreamsSocket();

        program.must("lab", "exec", names.getFirst(), "--", "ip", "address", "show", "eth0");
        program.must("lab", "pod", "rm", names.getFirst());
        assertThat(program.run("lab", "pod", "rm", names.getFirst()).status()).isEqualTo(1);
        assertThat(states()).containsExactly("assigned", "assigned");
        program.must("lab", "pod", "rm", "--all");
        assertThat(states()).isEmpty();
        program.must("lab", "pod", "rm", "--all");
    }

    private void theLinesThatOperatorsLookFor() throws Exception {
        String lines =
                onNode(
                        """
                        cd /var/log/aws-routed-eni
                        for i in {1..600}; do
                            [ "$(grep -c 'add network response' plugin.log)" -ge 3 ] && break
                            sleep 0.1
                        done
                        grep -c 'Received CNI add request' plugin.log
                        grep -c 'Received add network response from ipamd' plugin.log
                        stat -c %a ipamd.log plugin.log
                        """);
        assertThat(lines).isEqualTo("3\n3\n600\n600\n");
    }

    private List<String> states() throws Exception {
        return NodeStatus.all(program.json("lab", "status", "-o", "json")).stream()
                .flatMap(node -> node.enis().stream())
                .flatMap(eni -> eni.addresses().stream())
                .map(NodeStatus.Slot::state)
                .filter("assigned"::equals)
                .toList();
    }

    /** Scripts read members by name, and break when one is called otherwise or missing. */
    private static void exactShape(String text, List<String> pods) throws Exception {
        JsonObject status = JsonObject.parse(text);
        assertThat(status.names()).containsExactly("nodes");
        var seen = new ArrayList<String>();
        for (JsonObject node : status.objects("nodes")) {
            assertThat(node.names()).containsExactly("name", "instanceType", "zone", "enis");
            assertThat(node.string("instanceType")).isEqualTo("t3.medium");
            for (JsonObject eni : node.objects("enis")) {
                assertThat(eni.names())
                        .containsExactly(
                                "id", "card", "device", "primary", "addresses", "prefixes");
                assertThat(eni.objects("prefixes")).isEmpty();
                for (JsonObject address : eni.objects("addresses")) {
                    assertThat(address.names()).containsExactly("address", "state", "pod");
                    assertThat(address.string("state"))
                            .isIn("primary", "assigned", "warm", "cooling");
                    assertThat(address.has("pod"))
                            .isEqualTo(address.string("state").equals("assigned"));
                    seen.add(address.string("pod", ""));
                }
            }
        }
        assertThat(seen).containsAll(pods);
    }

    private void calls() throws Exception {
        List<JsonObject> nodes = program.json("lab", "calls", "-o", "json").objects("nodes");
        assertThat(nodes).hasSize(2);
        JsonObject first = nodes.getFirst();
        assertThat(first.names()).contains("name", "ec2", "metadata");
        assertThat(first.string("name")).isEqualTo("node-1");
        assertThat(first.object("ec2").integer("AssignPrivateIpAddresses")).isPositive();
        assertThat(first.object("ec2").integer("DescribeNetworkInterfaces")).isPositive();
        assertThat(first.object("metadata").names()).isNotEmpty();
        assertThat(nodes.getLast().object("ec2").names()).isEmpty();
    }

    /** Upstream's clients speak HTTP/2 there: RFC 9113, 3.4, both sides begin with SETTINGS. */
    private void upstreamsSocket() throws Exception {
        assertThat(onNode("stat -c '%a %U %F' /var/run/aws-node/ipamd.sock"))
                .isEqualTo("660 root socket\n");
        Path socket = Path.of("/run/vpc-cni-lab", LAB, "nodes/node-1/run/aws-node/ipamd.sock");
        try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            byte[] settings = {0, 0, 0, 4, 0, 0, 0, 0, 0};
            channel.write(
                    ByteBuffer.wrap(
                            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
                                    .getBytes(StandardCharsets.US_ASCII)));
            channel.write(ByteBuffer.wrap(settings));
            var head = ByteBuffer.allocate(9);
            while (head.hasRemaining() && channel.read(head) >= 0) {}
            assertThat(head.get(3)).as("the type of the first frame").isEqualTo((byte) 4);
        }
    }

    private String onNode(String script) throws Exception {
        return program.must("lab", "exec", "node-1", "--", "bash", "-ec", script);
    }

    @Test
    void theEmulatorAloneAndWithoutRoot() throws Exception {
        var nobody =
                program.by(
                        "setpriv",
                        "--reuid=65534",
                        "--regid=65534",
                        "--clear-groups",
                        READ_ONLY.formatted("inh-caps"),
                        READ_ONLY.formatted("ambient-caps"),
                        READ_ONLY.formatted("bounding-set"));
        JsonObject first = endpoints(nobody, "7");
        JsonObject same = endpoints(nobody, "7");
        JsonObject other = endpoints(nobody, "8");
        for (JsonObject line : List.of(first, same, other)) {
            assertThat(line.string("ec2")).startsWith("http://127.0.0.1:");
            assertThat(line.objects("instances").getFirst().string("metadata"))
                    .startsWith("http://127.0.0.1:");
        }
        assertThat(identifiers(first))
                .isEqualTo(identifiers(same))
                .doesNotContainAnyElementsOf(identifiers(other));
    }

    /** Starts an emulator, asks it something, ends it, and returns the one line that it printed. */
    private static JsonObject endpoints(CommandLine program, String seed) throws Exception {
        Process emulator =
                program.process(
                                "emulator",
                                "--listen",
                                "127.0.0.1:0",
                                "--latency",
                                "instant",
                                "--seed",
                                seed)
                        .start();
        try (var out = emulator.inputReader();
                var err = emulator.errorReader()) {
            String line = out.readLine();
            assertThat(line).as("what it printed first").isNotNull();
            JsonObject endpoints = JsonObject.parse(line);
            var uri = URI.create(endpoints.string("ec2"));
            try (var connection = new Socket(uri.getHost(), uri.getPort())) {
                assertThat(connection.isConnected()).isTrue();
            }
            // The process's own destroy would close what is still to be read.
            emulator.toHandle().destroy();
            assertThat(emulator.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
            assertThat(out.readLine()).as("what it printed then").isNull();
            assertThat(err.readLine()).isNull();
            return endpoints;
        } finally {
            emulator.destroyForcibly();
        }
    }

    private static Set<String> identifiers(JsonObject line) throws Exception {
        var all = new TreeSet<>(Set.of(line.string("vpc")));
        for (String listing : List.of("subnets", "instances")) {
            for (JsonObject one : line.objects(listing)) {
                all.add(one.string("id"));
            }
        }
        return all;
    }

    @Test
    void eachCommandExplainsItself() throws Exception {
        for (String command :
                List.of(
                        "",
                        "lab",
                        "lab up",
                        "lab down",
                        "lab status",
                        "lab pod",
                        "lab pod add",
                        "lab pod rm",
                        "lab exec",
                        "lab calls",
                        "lab demo",
                        "emulator",
                        "daemon")) {
            String text = program.must((command + " --help").strip().split(" "));
            assertThat(text)
                    .as("help of " + command)
                    .contains(("Usage: vpc-cni " + command).strip());
        }
    }

    @Test
    void wrongOptionsAreNamed() throws Exception {
        wrong("frobnicate", "frobnicate");
        wrong("lab up --nodes 0", "1 to 100 nodes, not 0");
        wrong("lab up --nodes many", "many");
        wrong("lab up --instance-type m9.huge", "m9.huge");
        wrong("lab up --daemon theirs", "theirs");
        wrong("lab up --env LONELY", "LONELY");
        wrong("lab up --latency slow", "slow");
        wrong("lab status -o xml", "xml");
        wrong("lab pod add --count 2", "--node");
        wrong("lab pod rm", "--all");
        wrong("emulator --listen nowhere", "nowhere");
        wrong("daemon --frobnicate", "usage: vpc-cni daemon");
    }

    private void wrong(String arguments, String named) throws Exception {
        Ended ended = program.run(arguments.split(" "));
        assertThat(ended.status()).as(arguments + ": " + ended).isEqualTo(2);
        assertThat(ended.out()).as(arguments).isEmpty();
        assertThat(ended.err()).as(arguments).contains(named).doesNotContain("\tat ");
        assertThat(ended.err().lines().count())
                .as(arguments + ": " + ended.err())
                .isBetween(1L, 2L);
    }

    @Test
    void whereverItIsStartedFrom() throws Exception {
        Path link =
                Files.createSymbolicLink(
                        folder.resolve("vpc"), LabUnderTest.home().resolve("bin/vpc-cni"));
        var linked = new CommandLine(List.of(link.toString()), folder, LAB);
        assertThat(linked.must("--version")).startsWith("vpc-cni ");
        var near = new CommandLine(List.of("./vpc"), folder, LAB);
        assertThat(near.must("--version")).startsWith("vpc-cni ");
        var inside = new CommandLine(List.of("bin/vpc-cni"), LabUnderTest.home(), LAB);
        assertThat(inside.must("--version")).startsWith("vpc-cni ");
    }

    @Test
    void aLabNeedsRootAndSaysSo() throws Exception {
        Ended refused = program.by("setpriv", "--reuid=65534", "--clear-groups").run("lab", "up");
        assertThat(refused.status()).isEqualTo(1);
        assertThat(refused.err().lines()).singleElement().asString().contains("takes root");
    }
}
