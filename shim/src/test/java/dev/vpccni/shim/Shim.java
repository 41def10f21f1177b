package dev.vpccni.shim;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardCopyOption.COPY_ATTRIBUTES;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** One build of the plugin, and how to execute it. */
enum Shim {
    /** What is shipped. */
    STATIC("aws-cni"),
    /** The same source with the address and undefined-behaviour sanitizers. */
    SANITIZED("aws-cni-sanitized");

    private static final int SECONDS_MAX = 20;

    private final String file;

    Shim(String file) {
        this.file = file;
    }

    Path path() {
        Path path = Path.of("target", file).toAbsolutePath();
        assertThat(path).isExecutable();
        return path;
    }

    /** Executes the plugin with {@code environment} and nothing else in it. */
    Outcome run(Map<String, String> environment, byte[] input) throws Exception {
        return run(List.of(path().toString()), environment, input);
    }

    /** Returns the plugin under its other name. */
    Path asEgress(Path folder) throws IOException {
        Path path = folder.resolve("egress-cni");
        return Files.exists(path) ? path : Files.copy(path(), path, COPY_ATTRIBUTES);
    }

    /** Executes {@code command}, which ends in the plugin. */
    Outcome run(List<String> command, Map<String, String> environment, byte[] input)
            throws Exception {
        Path out = Files.createTempFile("vpccni-test-", ".out");
        Path err = Files.createTempFile("vpccni-test-", ".err");
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        long begun = System.nanoTime();
        Process process = builder.start();
        try (OutputStream stdin = process.getOutputStream()) {
            stdin.write(input);
        } catch (IOException e) {
            // It may end without having read everything, as VERSION does.
        }
        try {
            assertThat(process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)).isTrue();
            long millis = (System.nanoTime() - begun) / 1_000_000;
            return new Outcome(process.exitValue(), text(out), text(err), millis);
        } finally {
            process.destroyForcibly();
            Files.delete(out);
            Files.delete(err);
        }
    }

    /** An answer is passed on as it is, whatever its bytes. */
    private static String text(Path file) throws IOException {
        return new String(Files.readAllBytes(file), UTF_8);
    }

    /** What came of an execution. */
    record Outcome(int exit, String stdout, String stderr, long millis) {

        /** Checks that one error was printed, with this code and message. */
        void isError(int code, String message) {
            assertThat(stdout)
                    .startsWith("{\n    \"code\": " + code + ",\n    \"msg\": \"")
                    .contains(message)
                    .endsWith("\"\n}");
            assertThat(stderr).isEmpty();
            assertThat(exit).isEqualTo(1);
        }

        void isSuccess(String output) {
            assertThat(stderr).isEmpty();
            assertThat(stdout).isEqualTo(output);
            assertThat(exit).isZero();
        }
    }

    /** An environment as a runtime makes it, changed by pairs of name and value. */
    static Map<String, String> environment(String command, String... changes) {
        Map<String, String> environment = new TreeMap<>();
        environment.put("CNI_COMMAND", command);
        environment.put("CNI_CONTAINERID", "fb2fb429dbe1");
        environment.put("CNI_IFNAME", "eth0");
        environment.put("CNI_PATH", "/opt/cni/bin");
        environment.put("CNI_ARGS", "IgnoreUnknown=1;K8S_POD_NAME=web");
        for (int i = 0; i < changes.length; i += 2) {
            environment.put(changes[i], changes[i + 1]);
        }
        return environment;
    }

    static byte[] config() {
        return "{\"cniVersion\":\"1.1.0\",\"name\":\"aws-cni\"}".getBytes(UTF_8);
    }

    static byte[] filled(int length) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) ' ');
        return bytes;
    }

    static List<String> listed(Path folder) throws IOException {
        List<String> names = new ArrayList<>();
        try (var files = Files.list(folder)) {
            files.map(file -> file.getFileName().toString()).sorted().forEach(names::add);
        }
        return names;
    }
}
