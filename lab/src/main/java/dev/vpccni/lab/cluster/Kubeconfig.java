package dev.vpccni.lab.cluster;

import dev.vpccni.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** Files that say where a cluster is and who one is to it; JSON is YAML, too. */
final class Kubeconfig {

    private static final String NAME = "lab";

    private Kubeconfig() {}

    /**
     * Writes one, which only root may read, and which needs no other file.
     *
     * @param server such as {@code https://10.0.0.5:6443}
     * @param user the name of the user's certificate
     */
    static void write(Path file, Certificates certificates, String server, String user)
            throws IOException {
        Map<String, Object> cluster =
                Map.of(
                        "server",
                        server,
                        "certificate-authority-data",
                        encoded(certificates.authority()));
        Map<String, Object> client =
                Map.of(
                        "client-certificate-data",
                        encoded(certificates.certificate(user)),
                        "client-key-data",
                        encoded(certificates.key(user)));
        Map<String, Object> text =
                Map.of(
                        "apiVersion",
                        "v1",
                        "kind",
                        "Config",
                        "clusters",
                        List.of(Map.of("name", NAME, "cluster", cluster)),
                        "users",
                        List.of(Map.of("name", user, "user", client)),
                        "contexts",
                        List.of(
                                Map.of(
                                        "name",
                                        NAME,
                                        "context",
                                        Map.of("cluster", NAME, "user", user))),
                        "current-context",
                        NAME);
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.deleteIfExists(file);
        Files.createFile(
                file,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, Json.indented(text, 2) + "\n");
    }

    private static String encoded(Path file) throws IOException {
        return Base64.getEncoder().encodeToString(Files.readAllBytes(file));
    }
}
