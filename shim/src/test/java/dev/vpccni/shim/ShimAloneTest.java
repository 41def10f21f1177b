package dev.vpccni.shim;

import static dev.vpccni.shim.Shim.config;
import static dev.vpccni.shim.Shim.environment;
import static dev.vpccni.shim.Shim.filled;
import static dev.vpccni.shim.Shim.listed;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.cni.CniVersion;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What the plugin says when there is no daemon, or when it needs none. */
final class ShimAloneTest {

    @TempDir Path folder;

    @ParameterizedTest
    @EnumSource
    void tellsItsVersions(Shim shim) throws Exception {
        String versions = "\"" + String.join("\",\"", CniVersion.texts()) + "\"";
        shim.run(Map.of("CNI_COMMAND", "VERSION"), config())
                .isSuccess("{\"cniVersion\":\"1.1.0\",\"supportedVersions\":[" + versions + "]}\n");
    }

    @ParameterizedTest
    @EnumSource
    void introducesItselfWhenNothingIsAsked(Shim shim) throws Exception {
        Shim.Outcome outcome = shim.run(Map.of(), new byte[0]);
        assertThat(outcome.exit()).isZero();
        assertThat(outcome.stdout()).isEmpty();
        assertThat(outcome.stderr())
                .matches(
                        "AWS CNI v[^\n]+\nCNI protocol versions supported: "
                                + String.join(", ", CniVersion.texts())
                                + "\n");
    }

    @ParameterizedTest
    @CsvSource({
        "ADD, '', CNI_COMMAND, required env variables [CNI_NETNS] missing",
        "ADD, '', CNI_PATH, 'required env variables [CNI_NETNS,CNI_PATH] missing'",
        "DEL, '', CNI_IFNAME, required env variables [CNI_IFNAME] missing",
        "CHECK, '', CNI_CONTAINERID, 'required env variables [CNI_CONTAINERID,CNI_NETNS] missing'",
        "GC, '', CNI_PATH, required env variables [CNI_PATH] missing",
        "STATUS, '', CNI_PATH, required env variables [CNI_PATH] missing",
        "DEL, -x, CNI_CONTAINERID, invalid CNI_CONTAINERID: -x",
        "DEL, a/b, CNI_CONTAINERID, invalid CNI_CONTAINERID: a/b",
        "DEL, a:b, CNI_IFNAME, invalid CNI_IFNAME: a:b",
        "DEL, .., CNI_IFNAME, invalid CNI_IFNAME: ..",
        "DEL, abcdefghijklmnop, CNI_IFNAME, invalid CNI_IFNAME: abcdefghijklmnop",
        "DEL, 'a\"\u0001\\b', CNI_IFNAME, 'a\\\"\\u0001\\\\b'",
        "PLAY, x, X, unknown CNI_COMMAND: PLAY",
    })
    void checksItsEnvironment(String command, String value, String variable, String message)
            throws Exception {
        for (Shim shim : Shim.values()) {
            Map<String, String> environment = environment(command);
            if (!variable.equals("CNI_COMMAND")) {
                environment.put(variable, value);
            }
            if (value.contains("\"")) {
                environment.put(variable, value + "/");
            }
            shim.run(environment, config()).isError(4, message);
        }
    }

    @ParameterizedTest
    @EnumSource
    void asksToTryAgainWhenNobodyListens(Shim shim) throws Exception {
        String socket = folder.resolve("cni.sock").toString();
        shim.run(environment("GC", "VPC_CNI_SOCKET", socket), config()).isError(11, socket);
        shim.run(environment("STATUS", "VPC_CNI_SOCKET", socket), config()).isError(50, socket);
        String tooLong = folder.resolve("x".repeat(200)).toString();
        shim.run(environment("STATUS", "VPC_CNI_SOCKET", tooLong), config()).isError(50, "long");
    }

    @ParameterizedTest
    @EnumSource
    void keepsADel(Shim shim) throws Exception {
        Path spool = folder.resolve("state/spool");
        Map<String, String> environment = del(spool);
        for (int i = 0; i < 2; i++) {
            shim.run(environment, config()).isSuccess("");
            assertThat(listed(spool)).containsExactly("fb2fb429dbe1@eth0");
        }
        Path kept = spool.resolve("fb2fb429dbe1@eth0");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(kept)))
                .isEqualTo("rw-------");
        ByteBuffer frame = ByteBuffer.wrap(Files.readAllBytes(kept)).order(ByteOrder.nativeOrder());
        assertThat(frame.getShort(4)).isEqualTo((short) 1);
        assertThat(frame.getShort(6)).isEqualTo((short) 0);
        assertThat(frame.getInt(24)).isEqualTo(config().length);
        assertThat(ScriptedDaemon.HEADER + frame.getInt(20) + frame.getInt(24))
                .isEqualTo(frame.capacity());
    }

    /** Whoever reads the folder may be in any locale. */
    @ParameterizedTest
    @EnumSource
    void keepsADelUnderANameOfPlainLetters(Shim shim) throws Exception {
        Path spool = folder.resolve("spool");
        keep(shim, spool, "vrf-1_a.b@2".getBytes(UTF_8));
        keep(shim, spool, "größe".getBytes(UTF_8));
        keep(shim, spool, "ééééééé!".getBytes(UTF_8));
        keep(shim, spool, "a%b".getBytes(UTF_8));
        keep(shim, spool, new byte[] {'~', '*', 1, '\\', (byte) 0xff});
        assertThat(listed(spool))
                .containsExactly(
                        "fb2fb429dbe1@%7e%2a%01%5c%ff",
                        "fb2fb429dbe1@" + "%c3%a9".repeat(7) + "%21",
                        "fb2fb429dbe1@a%25b",
                        "fb2fb429dbe1@gr%c3%b6%c3%9fe",
                        "fb2fb429dbe1@vrf-1_a.b@2");
    }

    /** Lets a shell make the name, which may have bytes that no variable of a JVM can have. */
    private void keep(Shim shim, Path spool, byte[] interfaceName) throws Exception {
        var octal = new StringBuilder();
        for (byte b : interfaceName) {
            octal.append("\\0%03o".formatted(b & 0xff));
        }
        String script = "CNI_IFNAME=$(printf %b \"$1\") exec \"$0\"";
        List<String> command =
                List.of("/bin/sh", "-c", script, shim.path().toString(), octal.toString());
        shim.run(command, del(spool), config()).isSuccess("");
    }

    /** A runtime asks both plugins to undo what they did for the same interface. */
    @ParameterizedTest
    @EnumSource
    void neitherPluginReplacesWhatTheOtherKeeps(Shim shim) throws Exception {
        Path spool = folder.resolve("spool");
        List<String> egress = List.of(shim.asEgress(folder).toString());
        for (int i = 0; i < 2; i++) {
            shim.run(egress, del(spool), config()).isSuccess("");
            shim.run(del(spool), config()).isSuccess("");
        }
        assertThat(listed(spool))
                .containsExactly("fb2fb429dbe1@eth0", "fb2fb429dbe1@eth0+egress-cni");

        Map<String, String> environment = del(spool);
        environment.put("CNI_IFNAME", "eth0+egress-cni");
        shim.run(environment, config()).isSuccess("");
        assertThat(listed(spool)).hasSize(3);
    }

    @ParameterizedTest
    @EnumSource
    void tellsByWhichNameItIsCalled(Shim shim) throws Exception {
        Shim.Outcome outcome =
                shim.run(List.of(shim.asEgress(folder).toString()), Map.of(), new byte[0]);
        assertThat(outcome.stderr())
                .startsWith("egress CNI plugin v")
                .contains("\nCNI protocol versions supported: 0.1.0, ");
        assertThat(outcome.exit()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void keepsTheLongestNames(Shim shim) throws Exception {
        Path spool = folder.resolve("spool");
        Map<String, String> environment = del(spool);
        environment.put("CNI_CONTAINERID", "a".repeat(185));
        environment.put("CNI_IFNAME", "~".repeat(15));
        shim.run(List.of(shim.asEgress(folder).toString()), environment, config()).isSuccess("");
        assertThat(listed(spool)).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource
    void keepsNoMoreThanAFolderMayHold(Shim shim) throws Exception {
        Path many = Files.createDirectory(folder.resolve("many"));
        for (int i = 0; i < 10_000; i++) {
            Files.createFile(many.resolve("c" + i + "@eth0"));
        }
        shim.run(del(many), config()).isError(5, "uota exceeded");
        assertThat(many.toFile().list()).hasSize(10_000);

        Path large = Files.createDirectory(folder.resolve("large"));
        try (var file = new RandomAccessFile(large.resolve("c@eth0").toFile(), "rw")) {
            file.setLength(64 << 20);
        }
        shim.run(del(large), config()).isError(5, "uota exceeded");
        assertThat(listed(large)).containsExactly("c@eth0");
    }

    @ParameterizedTest
    @EnumSource
    void replacesWhatAnEarlierAttemptLeftHalfWritten(Shim shim) throws Exception {
        Path spool = folder.resolve("spool");
        Files.createDirectory(spool);
        Files.writeString(spool.resolve("fb2fb429dbe1@eth0"), "VC");
        Files.writeString(spool.resolve(".fb2fb429dbe1@eth0.1"), "V");
        shim.run(del(spool), config()).isSuccess("");
        assertThat(Files.size(spool.resolve("fb2fb429dbe1@eth0"))).isGreaterThan(100);
    }

    @ParameterizedTest
    @EnumSource
    void failsADelThatCannotBeKept(Shim shim) throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "");
        shim.run(del(file.resolve("spool")), config()).isError(5, "Not a directory");
        Map<String, String> longer = del(folder.resolve("spool"));
        longer.put("CNI_CONTAINERID", "a".repeat(201));
        shim.run(longer, config()).isError(5, "cannot be kept in " + folder.resolve("spool"));
    }

    @ParameterizedTest
    @EnumSource
    void leavesNothingOnAFullDisk(Shim shim) throws Exception {
        Path disk = Files.createDirectory(folder.resolve("disk"));
        Map<String, String> environment = del(disk.resolve("spool"));
        environment.put("PATH", System.getenv("PATH"));
        String script =
                "mount -t tmpfs -o size=16k none \"$1\" || exit 9; \"$0\"; s=$?; "
                        + "ls -A \"$1/spool\" >&2; exit $s";
        List<String> command = new ArrayList<>(List.of("unshare", "--mount", "sh", "-c", script));
        command.addAll(List.of(shim.path().toString(), disk.toString()));
        shim.run(command, environment, filled(64 << 10)).isError(5, "No space left on device");
    }

    @ParameterizedTest
    @EnumSource
    void limitsWhatItReads(Shim shim) throws Exception {
        Map<String, String> environment = del(folder.resolve("spool"));
        shim.run(environment, filled(4 << 20)).isSuccess("");
        Shim.Outcome tooLong = shim.run(environment, filled((4 << 20) + 1));
        tooLong.isError(6, "network config too long");
        assertThat(tooLong.stdout()).contains("4 MiB at most");
        environment.put("CNI_ARGS", "x".repeat(64 << 10));
        shim.run(environment, config()).isError(4, "environment too long at CNI_ARGS");
    }

    private Map<String, String> del(Path spool) {
        return environment(
                "DEL",
                "VPC_CNI_SOCKET",
                folder.resolve("cni.sock").toString(),
                "VPC_CNI_SPOOL",
                spool.toString());
    }
}
