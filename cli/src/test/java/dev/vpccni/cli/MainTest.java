package dev.vpccni.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class MainTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void everyCommandSaysWhatItIs() {
        var commands = new ArrayDeque<>(List.of(Main.commandLine()));
        int seen = 0;
        while (!commands.isEmpty()) {
            CommandLine command = commands.poll();
            commands.addAll(command.getSubcommands().values());
            assertThat(command.getCommandSpec().usageMessage().description())
                    .as(command.getCommandSpec().qualifiedName())
                    .isNotEmpty();
            command.getCommandSpec()
                    .options()
                    .forEach(option -> assertThat(option.description()).isNotEmpty());
            seen++;
        }
        assertThat(seen).isGreaterThan(15);
    }

    @Test
    void helpIsNoError() {
        assertThat(run("lab", "up", "--help")).isZero();
        assertThat(out.toString()).contains("--instance-type", "--env", "--latency", "c5.large");
        assertThat(run("daemon", "--help")).isZero();
        assertThat(out.toString()).contains("AWS_ENDPOINT_URL_EC2");
    }

    @Test
    void aWrongCommandLineIsNamedInOneLine() {
        assertThat(run("lab", "pod", "add")).isEqualTo(2);
        assertThat(err.toString().lines())
                .containsExactly(
                        "vpc-cni: Missing required option: '--node=NODE'",
                        "`vpc-cni lab pod add --help` says what there is");
    }

    @Test
    void badValuesAreNamed() {
        assertThat(run("lab", "status", "--lab", "No Such")).isEqualTo(2);
        assertThat(err.toString()).contains("vpc-cni: a lab's name is of a-z");
        assertThat(run("emulator", "--latency", "never")).isEqualTo(2);
        assertThat(err.toString()).contains("no such latency: never");
        assertThat(run("lab", "pod", "rm")).isEqualTo(2);
        assertThat(err.toString()).contains("name pods to stop, or stop them with --all");
    }

    @Test
    void aBranchControllerHasToKnowItsClusterAndLetsInterfacesRest() {
        assertThat(run("branch-controller")).isEqualTo(2);
        assertThat(err.toString()).contains("--cluster-name");
        assertThat(run("branch-controller", "--cluster-name=c", "--cooldown=29")).isEqualTo(2);
        assertThat(err.toString()).contains("vpc-cni: the cool-down is at least 30 s");
        assertThat(run("branch-controller", "--cluster-name=c", "--warm=-1")).isEqualTo(2);
        assertThat(err.toString()).contains("vpc-cni: of each set 0 to 100 wait");
    }

    @Test
    void theDoctorOfAFolderThatIsNotThereIsCalledWrongly() {
        assertThat(run("doctor", "--root", "/no/such/folder")).isEqualTo(2);
        assertThat(err.toString()).contains("vpc-cni: /no/such/folder is no folder");
        assertThat(run("doctor", "--list", "--nonesuch")).isEqualTo(2);
    }

    @Test
    void aClusterThatDoesNotAnswerIsOneLine(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("config");
        Files.writeString(
                file,
                """
                apiVersion: v1
                kind: Config
                current-context: nobody
                contexts: [{name: nobody, context: {cluster: nobody}}]
                clusters: [{name: nobody, cluster: {server: "https://127.0.0.1:1"}}]
                """);
        assertThat(run("doctor", "cluster", "--kubeconfig", file.toString())).isEqualTo(2);
        assertThat(err.toString().lines()).singleElement().asString().contains("does not answer");
        assertThat(run("addon", "--every", "0")).isEqualTo(2);
        assertThat(err.toString()).contains("vpc-cni: --every: from 1 to 1440 minutes");
    }

    @Test
    void aLabThatIsNotThereIsNamedInOneLine() {
        assertThat(run("lab", "status", "--lab", "test-nonesuch")).isEqualTo(1);
        assertThat(err.toString().lines())
                .containsExactly(
                        "vpc-cni: no lab \"test-nonesuch\" is up; `vpc-cni lab up` starts one");
    }

    private int run(String... arguments) {
        return Main.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }
}
