package dev.vpccni.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs ip(8) and other programs as witnesses of what the kernel holds. */
final class Shell {

    private Shell() {}

    /** How a program ended. */
    record Outcome(int status, String output) {}

    /** Runs words separated by single spaces; output and complaints together. */
    static Outcome run(String command) {
        return run(List.of(command.split(" ", -1)));
    }

    static Outcome run(List<String> command) {
        try {
            var builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.environment().clear();
            builder.environment().put("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
            Process process = builder.start();
            process.getOutputStream().close();
            String output =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("does not end: " + command);
            }
            return new Outcome(process.exitValue(), output);
        } catch (IOException | InterruptedException e) {
            throw new AssertionError("cannot run " + command, e);
        }
    }

    /** Runs a program that must succeed, and returns what it prints. */
    static String demand(String command) {
        Outcome outcome = run(command);
        assertThat(outcome.status()).as("%s: %s", command, outcome.output()).isZero();
        return outcome.output();
    }
}
