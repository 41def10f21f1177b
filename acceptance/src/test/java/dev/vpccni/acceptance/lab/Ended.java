package dev.vpccni.acceptance.lab;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A program that ran.
 *
 * @param status its exit status
 * @param out what it printed
 * @param err what it said on standard error
 */
public record Ended(int status, String out, String err) {

    /** Runs a program with nothing on its standard input. */
    public static Ended of(ProcessBuilder builder) throws IOException, InterruptedException {
        return of(builder, "");
    }

    /** Runs a program with {@code input} on its standard input. */
    public static Ended of(ProcessBuilder builder, String input)
            throws IOException, InterruptedException {
        Path errors = Files.createTempFile("vpccni-test", ".err");
        Path text = Files.writeString(Files.createTempFile("vpccni-test", ".in"), input);
        try {
            Process process =
                    builder.redirectInput(text.toFile()).redirectError(errors.toFile()).start();
            String out;
            try (InputStream output = process.getInputStream()) {
                out = new String(output.readAllBytes(), StandardCharsets.UTF_8);
            }
            return new Ended(process.waitFor(), out, Files.readString(errors));
        } finally {
            Files.delete(text);
            Files.delete(errors);
        }
    }
}
