package dev.vpccni.daemon.shadow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.ipam.ledger.Checkpoint;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.node.shadow.OtherDaemon;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is made of what listens at upstream's introspection, whoever that is. */
class UpstreamDaemonTest {

    /** As the specification has it, with a pod, an address that cools down, and an excluded ENI. */
    private static final String ENIS =
            """
            {"0":{"TotalIPs":2,"AssignedIPs":1,"ENIs":{
            "eni-0abc":{"ID":"eni-0abc","IsPrimary":true,"IsTrunk":false,"IsEFA":false,
            "DeviceNumber":0,"AvailableIPv4Cidrs":{
            "10.0.12.34/32":{"Cidr":{"IP":"10.0.12.34","Mask":"/////w=="},"IPAddresses":{
            "10.0.12.34":{"Address":"10.0.12.34",
            "IPAMKey":{"networkName":"aws-cni","containerID":"","ifName":""},
            "IPAMMetadata":{"k8sPodNamespace":"default","k8sPodName":"web-0","interfacesCount":1},
            "AssignedTime":"2025-08-20T14:26:40.123456789Z","UnassignedTime":"0001-01-01T00:00:00Z"}},
            "IsPrefix":false,"AddressFamily":""},
            "10.0.12.35/32":{"Cidr":{"IP":"10.0.12.35","Mask":"/////w=="},"IPAddresses":{
            "10.0.12.35":{"Address":"10.0.12.35",
            "IPAMKey":{"networkName":"","containerID":"","ifName":""},"IPAMMetadata":{},
            "AssignedTime":"2025-08-20T14:26:40Z","UnassignedTime":"2025-08-20T14:30:00.5+02:00"}},
            "IsPrefix":false,"AddressFamily":""},
            "10.0.12.40/32":{"Cidr":{"IP":"10.0.12.40","Mask":"/////w=="},"IPAddresses":{},
            "IsPrefix":false,"AddressFamily":""}},
            "IPv6Cidrs":{},"IsExcludedForPodIPs":false,"RouteTableID":254,"SubnetID":"subnet-0123"},
            "eni-0def":{"ID":"eni-0def","IsPrimary":false,"AvailableIPv4Cidrs":{},"IPv6Cidrs":{},
            "IsExcludedForPodIPs":true}}}}
            """;

    private static final String NETWORK =
            """
            {"AWS_EXTERNAL_SERVICE_CIDRS":null,"AWS_VPC_CNI_NODE_PORT_SUPPORT":true,
            "AWS_VPC_ENI_MTU":9001,"AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS":["10.2.0.0/16","10.1.0.0/16"],
            "AWS_VPC_K8S_CNI_VETHPREFIX":"eni","unheard":{"of":1}}
            """;
    private static final String IPAMD = "{\"WARM_ENI_TARGET\":1,\"WARM_IP_TARGET\":0}";

    private final Map<String, String> pages =
            new TreeMap<>(
                    Map.of(
                            "/v1/enis", ENIS,
                            "/v1/networkutils-env-settings", NETWORK,
                            "/v1/ipamd-env-settings", IPAMD));
    private ServerSocket server;

    /** What becomes of a request. */
    private interface Answer {
        void give(Socket client, String path) throws IOException;
    }

    @BeforeEach
    void listen() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void end() throws IOException {
        server.close();
    }

    @Test
    void whatUpstreamTellsIsUnderstood() throws Exception {
        serve(this::page);

        OtherDaemon.Told told = daemon().ask();

        assertThat(told.interfaces()).containsExactly(new InterfaceId("eni-0abc"));
        assertThat(told.assigned()).containsExactly(Ipv4Address.parse("10.0.12.34"));
        assertThat(told.released())
                .containsExactly(
                        new Checkpoint.Cooling(
                                Ipv4Address.parse("10.0.12.35"),
                                Instant.parse("2025-08-20T12:30:00.5Z")));
        assertThat(told.settings())
                .containsEntry("WARM_ENI_TARGET", "1")
                .containsEntry("AWS_EXTERNAL_SERVICE_CIDRS", "")
                .containsEntry("AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS", "10.1.0.0/16,10.2.0.0/16")
                .containsEntry("AWS_VPC_CNI_NODE_PORT_SUPPORT", "true")
                .containsEntry("AWS_VPC_ENI_MTU", "9001")
                .doesNotContainKey("unheard");
    }

    @Test
    void aDaemonWithoutInterfacesTellsOfNone() throws Exception {
        pages.put("/v1/enis", "{}");
        serve(this::page);

        assertThat(daemon().ask().interfaces()).isEmpty();
    }

    @Test
    void nobodyThereIsSaidWithTheAddress() throws Exception {
        int port = server.getLocalPort();
        server.close();

        assertThatThrownBy(() -> daemon().ask())
                .isInstanceOf(IOException.class)
                .hasMessageContaining(port + "/v1/enis")
                .hasMessageContaining("refused");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "{\"0\":1}",
                "{\"0\":{\"ENIs\":{\"eni-1\":1}}}",
                "{\"0\":{\"ENIs\":{\"\":{}}}}",
                "{\"0\":{\"ENIs\":{\"eni-1\":{\"AvailableIPv4Cidrs\":{\"a\":{\"IPAddresses\":{\"b\":"
                        + "{\"Address\":\"no address\"}}}}}}}}",
                "",
                "{",
                "<html>"
            })
    void whatMakesNoSenseIsSaidToMakeNone(String enis) throws Exception {
        pages.put("/v1/enis", enis);
        serve(this::page);

        assertThatThrownBy(() -> daemon().ask())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot be understood");
    }

    @Test
    void anErrorOfItsIsSaid() throws Exception {
        serve((client, _) -> write(client, "HTTP/1.0 500 Internal Server Error\r\n\r\noops"));

        assertThatThrownBy(() -> daemon().ask()).hasMessageContaining("500");
    }

    @Test
    void whatSpeaksSomethingElseIsSaidTo() throws Exception {
        serve((client, _) -> write(client, "SSH-2.0-OpenSSH_9.9\r\n"));

        assertThatThrownBy(() -> daemon().ask()).hasMessageContaining("does not speak HTTP");
    }

    /** Of a gigabyte as much is read as would be too much, and no more. */
    @Test
    void anAnswerWithoutEndIsLeft() throws Exception {
        var written = new AtomicLong();
        byte[] chunk = new byte[1 << 16];
        serve((client, _) -> {
            OutputStream out = client.getOutputStream();
            out.write("HTTP/1.0 200 OK\r\n\r\n".getBytes(UTF_8));
            for (int i = 0; i < 1 << 14; i++) {
                out.write(chunk);
                written.addAndGet(chunk.length);
            }
        });

        assertThatThrownBy(() -> daemon().ask()).hasMessageContaining("more than");
        assertThat(written.get()).isLessThan(32L << 20);
    }

    /** Its clock passes a second with each look at it, so that nobody has to wait. */
    @Test
    void anAnswerThatTricklesHasATimeForAllOfIt() throws Exception {
        serve((client, _) -> {
            OutputStream out = client.getOutputStream();
            for (int i = 0; i < 1 << 20; i++) {
                out.write('H');
                out.flush();
            }
        });
        var clock = new AtomicLong();

        assertThatThrownBy(() ->
                        new IntrospectionClient(
                                        address(),
                                        Duration.ofSeconds(60),
                                        () -> clock.addAndGet(1_000_000_000L))
                                .get("/v1/enis"))
                .hasMessageContaining("no answer from")
                .hasMessageContaining("within 60 s");
    }

    @Test
    void whoeverNeverAnswersIsNotWaitedFor() throws Exception {
        serve((client, _) -> client.getInputStream().readAllBytes());

        assertThatThrownBy(() ->
                        new IntrospectionClient(address(), Duration.ofMillis(200), System::nanoTime)
                                .get("/v1/enis"))
                .hasMessageContaining("no answer from");
    }

    private UpstreamDaemon daemon() {
        return UpstreamDaemon.at(address(), System::nanoTime);
    }

    private InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getLocalPort());
    }

    private void page(Socket client, String path) throws IOException {
        write(client, "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\n" + pages.get(path));
    }

    private static void write(Socket client, String text) throws IOException {
        client.getOutputStream().write(text.getBytes(UTF_8));
    }

    private void serve(Answer answer) {
        var _ =
                Thread.ofVirtual()
                        .start(() -> {
                            while (!server.isClosed()) {
                                try (Socket client = server.accept()) {
                                    String request = line(client);
                                    answer.give(client, request.split(" ", -1)[1]);
                                } catch (IOException _) {
                                    // who asked has left, or the test has ended
                                }
                            }
                        });
    }

    /** Reads the whole request, since a connection that is closed before resets the other end. */
    private static String line(Socket client) throws IOException {
        var text = new StringBuilder();
        while (!text.toString().endsWith("\r\n\r\n")) {
            int read = client.getInputStream().read();
            if (read < 0) {
                throw new IOException("no request");
            }
            text.append((char) read);
        }
        return text.toString().lines().findFirst().orElse("");
    }
}
