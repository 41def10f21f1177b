package dev.vpccni.daemon.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.cni.CniCommand;
import dev.vpccni.cni.CniError;
import dev.vpccni.daemon.timing.Latencies;
import dev.vpccni.linux.Descriptor;
import dev.vpccni.node.port.PodNamespace;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is for the chained plugin is told by its configuration, and goes nowhere else. */
@Timeout(60)
final class EgressRequestsTest {

    private static final Duration LONG = Duration.ofMinutes(5);
    private static final Limits PATIENT = Limits.of(LONG, LONG, 256, 1024, 512);
    private static final String CONFIG =
            "{\"cniVersion\":\"1.1.0\",\"name\":\"aws-cni\",\"type\":\"egress-cni\",\"enabled\":\"false\","
                    + "\"prevResult\":{\"cniVersion\":\"1.1.0\",\"ips\":[]}}";

    private final FakeVerbs verbs = new FakeVerbs();
    private final FakeEgressVerbs egress = new FakeEgressVerbs();
    private final Latencies latencies = new Latencies();
    private final FakeLog log = new FakeLog();

    @Test
    void eachVerbGoesToTheChainedPlugin() throws Exception {
        try (ServerUnderTest server = server()) {
            try (Client client = server.connect()) {
                assertThat(client.add(Client.frame("ADD", "c1", CONFIG, 2)).answer())
                        .isEqualTo("{\n    \"cniVersion\": \"1.1.0\",\n    \"ips\": []\n}");
            }
            try (Client client = server.connect()) {
                assertThat(client.add(Client.frame("CHECK", "c1", CONFIG, 2)).answer()).isEmpty();
            }
            for (String verb : new String[] {"DEL", "GC", "STATUS"}) {
                try (Client client = server.connect()) {
                    assertThat(client.send(Client.frame(verb, "c1", CONFIG, 0)).answer()).isEmpty();
                }
            }
        }
        assertThat(egress.calls)
                .containsExactly(
                        "ADD aws-cni/c1/eth0 /run/netns/c1",
                        "CHECK aws-cni/c1/eth0 /run/netns/c1",
                        "DEL aws-cni/c1/eth0",
                        "GC null",
                        "STATUS aws-cni");
        assertThat(verbs.calls).isEmpty();
        assertThat(latencies.count(CniCommand.ADD)).as("those of pods' addresses").isZero();
    }

    @Test
    void whatItRefusesIsAnswered() throws Exception {
        egress.error = new CniError.NotAvailable("no iptables", "install it");
        try (ServerUnderTest server = server();
                Client client = server.connect()) {
            assertThat(client.send(Client.frame("STATUS", "c1", CONFIG, 0)).code()).isEqualTo(50);
        }
    }

    @Test
    void theOtherPluginsRequestsStayItsOwn() throws Exception {
        try (ServerUnderTest server = server();
                Client client = server.connect()) {
            assertThat(client.send(Client.frame("DEL", "c1", 0)).answer()).isEmpty();
        }
        assertThat(verbs.calls).containsExactly("DEL aws-cni/c1/eth0");
        assertThat(egress.calls).isEmpty();
    }

    private ServerUnderTest server() throws Exception {
        return ServerUnderTest.of(
                new CniAnswerer(
                        verbs,
                        egress,
                        (path, namespace, socket, _) -> adopted(path, namespace, socket),
                        latencies,
                        log),
                PATIENT);
    }

    private static PodNamespace adopted(String path, Descriptor namespace, Descriptor socket) {
        return new PodNamespace() {
            @Override
            public String path() {
                return path;
            }

            @Override
            public void close() {
                namespace.close();
                socket.close();
            }
        };
    }
}
