package dev.vpccni.lab.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.json.JsonObject;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificatesTest {

    private static final String SERVER_USE = "1.3.6.1.5.5.7.3.1";
    private static final String CLIENT_USE = "1.3.6.1.5.5.7.3.2";

    @TempDir private Path folder = Path.of("");
    private Certificates certificates;

    @BeforeEach
    void create() throws Exception {
        certificates = Certificates.create(folder.resolve("pki"));
    }

    @Test
    void aServersCertificateIsTheAuthoritysAndNamesItsPlaces() throws Exception {
        certificates.server("api", List.of("IP:10.0.0.5", "DNS:kubernetes.default.svc"));

        X509Certificate server = read(certificates.certificate("api"));
        server.verify(read(certificates.authority()).getPublicKey());
        assertThat(server.getSubjectAlternativeNames())
                .extracting(name -> (Object) name.get(1))
                .containsExactlyInAnyOrder("10.0.0.5", "kubernetes.default.svc");
        assertThat(server.getExtendedKeyUsage()).containsExactly(SERVER_USE);
        assertThat(server.getBasicConstraints()).as("signs others").isNegative();
    }

    @Test
    void aClientsCertificateSaysWhoItIs() throws Exception {
        certificates.client("node", "system:node:ip-10-0-0-5.internal", "system:nodes");

        X509Certificate client = read(certificates.certificate("node"));
        client.verify(read(certificates.authority()).getPublicKey());
        assertThat(client.getSubjectX500Principal().getName())
                .isEqualTo("CN=system:node:ip-10-0-0-5.internal,O=system:nodes");
        assertThat(client.getExtendedKeyUsage()).containsExactly(CLIENT_USE);
    }

    @Test
    void nobodyElseReadsTheKeys() throws Exception {
        assertThat(
                        PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(folder.resolve("pki"))))
                .isEqualTo("rwx------");
    }

    @Test
    void aKubeconfigNeedsNoOtherFileAndIsTheOwnersOnly() throws Exception {
        certificates.client("admin", "admin", "system:masters");
        Path file = folder.resolve("sub/kubeconfig");

        Kubeconfig.write(file, certificates, "https://127.0.0.1:4711", "admin");

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        JsonObject text = JsonObject.parse(Files.readString(file));
        JsonObject cluster = text.objects("clusters").getFirst().object("cluster");
        assertThat(cluster.string("server")).isEqualTo("https://127.0.0.1:4711");
        assertThat(decoded(cluster, "certificate-authority-data"))
                .isEqualTo(Files.readString(certificates.authority()));
        JsonObject user = text.objects("users").getFirst().object("user");
        assertThat(decoded(user, "client-key-data"))
                .isEqualTo(Files.readString(certificates.key("admin")));
    }

    private static String decoded(JsonObject from, String name) throws Exception {
        return new String(Base64.getDecoder().decode(from.string(name)), StandardCharsets.UTF_8);
    }

    private static X509Certificate read(Path file) throws Exception {
        try (InputStream in = Files.newInputStream(file)) {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }
}
