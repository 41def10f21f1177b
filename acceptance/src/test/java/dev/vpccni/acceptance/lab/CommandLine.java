package dev.vpccni.acceptance.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code bin/vpc-cni} as somebody's script uses it: a process, with hardly anything in its
 * environment.
 *
 * @param program the words before the first argument
 * @param directory where it is run
 * @param lab which lab its commands are about
 */
public record CommandLine(List<String> program, Path directory, String lab) {

    /** Returns the program of this checkout, run somewhere else. */
    public static CommandLine of(String lab) {
        Path program = LabUnderTest.home().resolve("bin/vpc-cni");
        return new CommandLine(List.of(program.toString()), Path.of("/"), lab);
    }

    /** Returns how it is run with {@code words} before it. */
    public CommandLine by(String... words) {
        var all = new ArrayList<>(List.of(words));
        all.addAll(program);
        return new CommandLine(all, directory, lab);
    }

    /** Returns the process that is to run. */
    public ProcessBuilder process(String... arguments) {
        var words = new ArrayList<>(program);
        words.addAll(List.of(arguments));
        var builder = new ProcessBuilder(words).directory(directory.toFile());
        builder.environment().clear();
        builder.environment().put("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        builder.environment().put("VPC_CNI_LAB", lab);
        return builder;
    }

    /** Runs it. */
    public Ended run(String... arguments) throws InterruptedException {
        try {
            return Ended.of(process(arguments));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs it; it must succeed, without a word on standard error. */
    public String must(String... arguments) throws InterruptedException {
        Ended ended = run(arguments);
        assertThat(ended.status()).as(String.join(" ", arguments) + ": " + ended).isZero();
        assertThat(ended.err()).as(String.join(" ", arguments)).isEmpty();
        return ended.out();
    }

    /** Runs it; it must succeed, and print one JSON object. */
    public JsonObject json(String... arguments) throws Exception {
        return JsonObject.parse(must(arguments));
    }
}
