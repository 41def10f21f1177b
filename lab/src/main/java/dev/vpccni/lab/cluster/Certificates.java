package dev.vpccni.lab.cluster;

import dev.vpccni.emulator.fabric.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/**
 * The keys and certificates of a cluster: an authority of its own, and what it signs. They are
 * files in a folder that only root may read, and end with the lab.
 */
final class Certificates {

    /** Longer than any lab lives. */
    private static final String DAYS = "365";

    /** The authority's own certificate. */
    static final String AUTHORITY = "ca";

    /** The key that signs tokens of service accounts, and the one by which they are known. */
    static final String TOKENS = "tokens";

    /** openssl's own configuration is this computer's, and may say anything. */
    private static final String CONFIGURATION =
            """
            [req]
            distinguished_name = name
            [name]
            [authority]
            basicConstraints = critical,CA:TRUE
            keyUsage = critical,keyCertSign,cRLSign
            [server]
            basicConstraints = critical,CA:FALSE
            extendedKeyUsage = serverAuth
            [client]
            basicConstraints = critical,CA:FALSE
            extendedKeyUsage = clientAuth
            """;

    private final Path folder;

    private Certificates(Path folder) {
        this.folder = folder;
    }

    /**
     * Makes an authority, and the key that signs the tokens of service accounts.
     *
     * @param folder to be made
     */
    static Certificates create(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        var made = new Certificates(folder);
        Files.writeString(made.configuration(), CONFIGURATION);
        made.request(AUTHORITY, "authority", "/CN=lab", List.of());
        made.openssl(
                List.of(
                        "ecparam",
                        "-name",
                        "prime256v1",
                        "-genkey",
                        "-noout",
                        "-out",
                        made.key(TOKENS).toString()));
        made.openssl(
                List.of(
                        "ec",
                        "-in",
                        made.key(TOKENS).toString(),
                        "-pubout",
                        "-out",
                        made.certificate(TOKENS).toString()));
        return made;
    }

    /** Signs a certificate with which a server shows that it is one of {@code places}. */
    void server(String name, List<String> places) throws IOException {
        sign(name, "server", "/CN=" + name, List.of("-addext", subjects(places)));
    }

    /**
     * Signs a certificate with which a client shows who it is.
     *
     * @param name of the files
     * @param user as Kubernetes knows it
     * @param group that the user is in; empty for none
     */
    void client(String name, String user, String group) throws IOException {
        String subject = (group.isEmpty() ? "" : "/O=" + group) + "/CN=" + user;
        sign(name, "client", subject, List.of());
    }

    /**
     * Signs one for programs of anybody's: not all that read a kubeconfig know keys of elliptic
     * curves.
     */
    void person(String name, String user, String group) throws IOException {
        sign(name, "client", "/O=" + group + "/CN=" + user, List.of("-newkey", "rsa:2048"));
    }

    /** Returns the authority's certificate. */
    Path authority() {
        return certificate(AUTHORITY);
    }

    /** Returns a certificate, in PEM. */
    Path certificate(String name) {
        return folder.resolve(name + ".crt");
    }

    /** Returns the key of a certificate, in PEM. */
    Path key(String name) {
        return folder.resolve(name + ".key");
    }

    private Path configuration() {
        return folder.resolve("openssl.cnf");
    }

    private static String subjects(List<String> places) {
        return "subjectAltName=" + String.join(",", places);
    }

    private void sign(String name, String kind, String subject, List<String> more)
            throws IOException {
        var words = new ArrayList<>(more);
        words.addAll(List.of("-CA", authority().toString(), "-CAkey", key(AUTHORITY).toString()));
        request(name, kind, subject, words);
    }

    private void request(String name, String kind, String subject, List<String> more)
            throws IOException {
        var words =
                new ArrayList<>(
                        List.of(
                                "req",
                                "-x509",
                                "-nodes",
                                "-days",
                                DAYS,
                                "-config",
                                configuration().toString(),
                                "-extensions",
                                kind,
                                "-subj",
                                subject,
                                "-keyout",
                                key(name).toString(),
                                "-out",
                                certificate(name).toString()));
        if (!more.contains("-newkey")) {
            words.addAll(List.of("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"));
        }
        words.addAll(more);
        openssl(words);
    }

    private void openssl(List<String> words) throws IOException {
        var all = new ArrayList<>(List.of("openssl"));
        all.addAll(words);
        Program.of(all).run();
    }
}
