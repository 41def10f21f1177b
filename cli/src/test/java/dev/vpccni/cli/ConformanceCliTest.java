package dev.vpccni.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is wrong with a command line is said before anything is made. */
final class ConformanceCliTest {

    private final StringWriter err = new StringWriter();

    @TempDir private Path folder;

    @Test
    void aPluginAndItsConfigurationAreNeeded() throws IOException {
        assertThat(run("--plugin", "/bin/true")).isEqualTo(2);
        assertThat(err.toString()).contains("Missing required option: '--config=FILE'");
        assertThat(run("--plugin", "/no/such", "--config", config("{\"name\":\"n\"}")))
                .isEqualTo(2);
        assertThat(err.toString()).contains("/no/such is no executable file");
        assertThat(run("--plugin", "/bin/true", "--config", "/no/such")).isEqualTo(2);
        assertThat(err.toString()).contains("cannot read /no/such");
    }

    @Test
    void aListHasToHaveThePlugin() throws IOException {
        String list = config("{\"name\":\"n\",\"plugins\":[{\"type\":\"bridge\"}]}");
        assertThat(run("--plugin", "/bin/true", "--config", list)).isEqualTo(2);
        assertThat(err.toString()).contains("plugins has none of type \"true\"");
    }

    @Test
    void valuesThatCannotBeAreNamed() throws IOException {
        String config = config("{\"name\":\"n\"}");
        assertThat(run("--plugin", "/bin/true", "--config", config, "--only", "del.nothing"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("no such requirement: del.nothing");
        assertThat(run("--plugin", "/bin/true", "--config", config, "--deadline", "0"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("a deadline is of 1 to 3600 seconds");
        assertThat(run("--plugin", "/bin/true", "--config", config("[]"))).isEqualTo(2);
        assertThat(err.toString()).contains("the configuration: ");
    }

    private String config(String text) throws IOException {
        return Files.writeString(Files.createTempFile(folder, "config", ".json"), text).toString();
    }

    private int run(String... arguments) {
        var all = new ArrayList<>(List.of("conformance"));
        all.addAll(List.of(arguments));
        return Main.commandLine()
                .setErr(new PrintWriter(err, true))
                .execute(all.toArray(String[]::new));
    }
}
