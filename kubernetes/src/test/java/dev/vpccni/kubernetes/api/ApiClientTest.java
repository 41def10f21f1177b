package dev.vpccni.kubernetes.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.kubernetes.fake.FakeApiServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ApiClientTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir Path folder;
    private FakeApiServer server;
    private ApiClient client;

    @BeforeEach
    void start() throws IOException {
        server = new FakeApiServer();
        client = new ApiClient(new ApiAccess.InCluster(server.url(), folder), "test", PATIENCE);
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    private String answer() throws Exception {
        try (ApiBody body = client.get("/version")) {
            body.expectWithin(PATIENCE);
            return new String(body.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private void inCluster(FakeApiServer with) {
        stop();
        server = with;
        client = new ApiClient(new ApiAccess.InCluster(with.url(), folder), "test", PATIENCE);
    }

    private void token(String text) throws IOException {
        Files.writeString(folder.resolve("token"), text + "\n");
    }

    /** Makes an authority's certificate and a server that shows it. */
    private SSLContext tls(String name) throws Exception {
        Path store = folder.resolve(name + ".p12");
        Path tool = Path.of(System.getProperty("java.home"), "bin", "keytool");
        keytool(
                tool,
                "-genkeypair",
                "-alias",
                "a",
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + name,
                "-ext",
                "san=ip:127.0.0.1",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                "secret");
        keytool(
                tool,
                "-exportcert",
                "-rfc",
                "-alias",
                "a",
                "-keystore",
                store.toString(),
                "-storepass",
                "secret",
                "-file",
                folder.resolve(name + ".crt").toString());
        KeyStore keys = KeyStore.getInstance(store.toFile(), "secret".toCharArray());
        var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, "secret".toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }

    private static void keytool(Path tool, String... arguments) throws Exception {
        var command = new ArrayList<String>();
        command.add(tool.toString());
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
    }

    @Test
    void aTokenThatIsReplacedIsUsedFromThenOn() throws Exception {
        token("old");
        server.admit("Bearer old"::equals);
        answer();
        token("new");
        server.admit("Bearer new"::equals);
        answer();

        assertThat(server.heard().getLast().token()).isEqualTo("Bearer new");
    }

    @Test
    void aTokenThatIsNotThereIsSaidAndMayCome() throws Exception {
        assertThatThrownBy(this::answer)
                .isInstanceOf(ApiException.class)
                .hasMessageContaining("token");
        token("late");
        answer();
        assertThat(server.heard().getLast().token()).isEqualTo("Bearer late");
    }

    @Test
    void aServerOfTheClustersAuthorityIsTrustedAndNoOther() throws Exception {
        token("t");
        SSLContext tls = tls("real");
        tls("other");
        Files.copy(folder.resolve("other.crt"), folder.resolve("ca.crt"));
        inCluster(new FakeApiServer(tls));
        assertThatThrownBy(this::answer)
                .isInstanceOf(ApiException.class)
                .hasMessageContaining("SSL");
        // The kubelet replaces it as it does the token.
        Files.delete(folder.resolve("ca.crt"));
        Files.copy(folder.resolve("real.crt"), folder.resolve("ca.crt"));
        assertThat(answer()).contains("items");
    }

    @Test
    void aKubeconfigNamesServerAuthorityAndToken() throws Exception {
        stop();
        server = new FakeApiServer(tls("real"));
        Path kubeconfig = folder.resolve("kubeconfig");
        client = new ApiClient(new ApiAccess.Kubeconfig(kubeconfig, ""), "test", PATIENCE);
        assertThatThrownBy(this::answer).hasMessageContaining("cannot be read");
        Files.writeString(
                kubeconfig,
                """
                apiVersion: v1
                kind: Config
                current-context: lab
                contexts: [{name: lab, context: {cluster: lab, user: node}}]
                clusters: [{name: lab, cluster: {server: "%s/", certificate-authority: %s}}]
                users: [{name: node, user: {token: abc}}]
                """
                        .formatted(server.url(), folder.resolve("real.crt")));
        answer();
        assertThat(server.heard().getLast().token()).isEqualTo("Bearer abc");
        assertThat(server.heard().getLast().path()).isEqualTo("/version");
    }

    @Test
    void aKubeconfigThatCannotBeUnderstoodIsSaid() throws Exception {
        Path kubeconfig = folder.resolve("kubeconfig");
        Files.writeString(kubeconfig, "]] nonsense: [");
        client.close();
        client = new ApiClient(new ApiAccess.Kubeconfig(kubeconfig, ""), "test", PATIENCE);
        assertThatThrownBy(this::answer).isInstanceOf(ApiException.class);
    }

    @Test
    void aKeyThatIsNotUnderstoodIsSaid() throws Exception {
        stop();
        server = new FakeApiServer(tls("real"));
        byte[] key = KeyPairGenerator.getInstance("EC").generateKeyPair().getPrivate().getEncoded();
        Path file = folder.resolve("client.key");
        Files.writeString(
                file,
                "-----BEGIN PRIVATE KEY-----\n"
                        + Base64.getMimeEncoder().encodeToString(key)
                        + "\n-----END PRIVATE KEY-----\n");
        Path kubeconfig = folder.resolve("kubeconfig");
        Files.writeString(
                kubeconfig,
                """
                apiVersion: v1
                kind: Config
                current-context: lab
                contexts: [{name: lab, context: {cluster: lab, user: me}}]
                clusters: [{name: lab, cluster: {server: "%1$s/", certificate-authority: %2$s}}]
                users: [{name: me, user: {client-certificate: %2$s, client-key: %3$s}}]
                """
                        .formatted(server.url(), folder.resolve("real.crt"), file));
        client = new ApiClient(new ApiAccess.Kubeconfig(kubeconfig, ""), "test", PATIENCE);
        assertThatThrownBy(this::answer)
                .isInstanceOf(ApiException.class)
                .hasMessageContaining("a client's key must be one of RSA");
    }

    @Test
    void whatIsClosedAsksNobody() throws Exception {
        token("t");
        client.close();
        assertThatThrownBy(this::answer).hasMessageContaining("the daemon ends");
        assertThat(server.heard()).isEmpty();
    }
}
