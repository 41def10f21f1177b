package dev.vpccni.acceptance.operation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.acceptance.lab.Ended;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code scripts/setup} on computers that have a JDK 25, or may have one, or cannot. */
class SetUpTest {

    private static final Path HOME = Path.of("..").toAbsolutePath().normalize();
    private static final String JDK = "openjdk-25-jdk-headless";

    @TempDir private Path folder;

    @BeforeEach
    void prepare() throws IOException {
        Files.createDirectories(folder.resolve("bin"));
        Files.copy(HOME.resolve("scripts/setup"), folder.resolve("setup"));
        for (String there : List.of("mvn", "musl-gcc", "gcc", "nft", "iptables", "nsenter")) {
            program(there, "exit 0");
        }
        program("apt-get", "echo \"$@\" >>'" + asked() + "'\n[ $1 != install ] || touch here");
        jdk(false);
        packages("");
        user(0);
    }

    @Test
    void installsTheDistributionsJdk() throws Exception {
        packages(JDK);

        Ended ended = run();

        assertThat(ended.status).as(ended.text).isZero();
        assertThat(ended.text).contains("set-up: JDK 25 at /jdk; installed").contains(JDK);
        assertThat(Files.readString(asked())).contains("update\n").contains(JDK + "\n");
    }

    @Test
    void saysWhereThereIsOneIfTheDistributionHasNone() throws Exception {
        Ended ended = run();

        assertThat(ended.status).isEqualTo(1);
        assertThat(ended.text.lines())
                .singleElement()
                .asString()
                .startsWith("set-up: no JDK 25 here, and none in this distribution: unpack one");
        assertThat(Files.readString(asked())).isEqualTo("update\n");
    }

    @Test
    void tellsAUserWhatToRun() throws Exception {
        packages(JDK);
        user(1000);

        Ended ended = run();

        assertThat(ended.status).isEqualTo(1);
        assertThat(ended.text).contains("run: sudo apt-get install").contains(JDK);
        assertThat(asked()).doesNotExist();
    }

    @Test
    void leavesAJdkThatIsThereAlone() throws Exception {
        packages(JDK);
        jdk(true);

        Ended ended = run();

        assertThat(ended.status).as(ended.text).isZero();
        assertThat(ended.text).contains("JDK 25 at /jdk").doesNotContain(JDK);
    }

    @Test
    void installsWhatForeignClientsNeedForTheTestsAlone() throws Exception {
        jdk(true);
        program("python3", "exit 1");

        assertThat(run().text).contains("JDK 25 at /jdk").doesNotContain("python");
        Ended ended = run("tests");

        assertThat(ended.status).as(ended.text).isZero();
        assertThat(ended.text).contains("installed").contains("python3-venv");
    }

    private Path asked() {
        return folder.resolve("asked");
    }

    private void packages(String known) throws IOException {
        program("apt-cache", "[ \"$2\" = '" + known + "' ]");
    }

    private void user(int id) throws IOException {
        program("id", "echo " + id);
    }

    /** Before, or after something was installed. */
    private void jdk(boolean before) throws IOException {
        write(
                folder.resolve("find-jdk"),
                (before ? "true" : "[ -e here ]") + " && echo /jdk && exit 0\nexit 1");
    }

    private void program(String name, String script) throws IOException {
        write(folder.resolve("bin").resolve(name), script);
    }

    private static void write(Path file, String script) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private record Ended(int status, String text) {}

    private Ended run(String... arguments) throws IOException, InterruptedException {
        Path out = folder.resolve("out");
        var command = new ArrayList<>(List.of("sh", folder.resolve("setup").toString()));
        command.addAll(List.of(arguments));
        var builder =
                new ProcessBuilder(command)
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(out.toFile());
        builder.environment().put("PATH", folder.resolve("bin") + ":" + System.getenv("PATH"));
        Process process = builder.start();
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        return new Ended(process.exitValue(), Files.readString(out, UTF_8));
    }
}
