package dev.vpccni.acceptance.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.acceptance.lab.Ended;
import dev.vpccni.acceptance.lab.LabUnderTest;
import dev.vpccni.acceptance.lab.Surroundings;
import dev.vpccni.acceptance.lab.WantedLab;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a root shell on a node does to the computer's plugins, devices and folders: nothing. */
class ContainmentTest {

    private static final String NODE = "node-1";

    /** A second one, which no test leaves without its devices. */
    private static final String OTHER = "node-2";

    /**
     * Does what is easily undone if it reaches the computer: lines of {@code touch PATH} and {@code
     * fill PATH}; says how many of either it could do.
     */
    private static final String GENTLY =
            """
            touched=0 filled=0
            while read -r what path; do
                case $what in
                touch) touch -d @86400 "$path" && touched=$((touched + 1)) ;;
                fill) { : >"$path/$0" || mkdir "$path/$0"; } && filled=$((filled + 1)) ;;
                esac
            done 2>/dev/null
            for plugin in /opt/cni/bin/*; do
                touch -d @86400 "$plugin"
            done
            echo $touched $filled
            """;

    /** Does what would break the computer; counts what it destroyed. */
    private static final String ROUGHLY =
            """
            exec 2>&1
            set -e
            destroyed=0
            for plugin in /opt/cni/bin/* /usr/lib/cni/*; do
                printf x >>"$plugin"
                cp -P "$plugin" /tmp/moved
                rm "$plugin"
                cp -P /tmp/moved "$plugin"
                chmod 0 "$plugin"
                destroyed=$((destroyed + 1))
            done
            cp -P /bin/true /dev/null
            for device in $(find /dev -path /dev/pts -prune -o \\( -type c -o -type b \\) -print); do
                chmod 0 "$device"
                mv "$device" "$device.moved"
                echo gone >"$device"
                destroyed=$((destroyed + 1))
            done
            rm -rf /usr/lib/cni /boot /home
            echo $destroyed
            """;

    /** Prints the kernel's variables that it can open to write, and how many it tried. */
    private static final String VARIABLES =
            """
            tried=0
            while read -r file; do
                tried=$((tried + 1))
                { : >>"$file"; } 2>/dev/null && echo "$file"
            done < <(find /proc /sys \\( -path '/proc/[0-9]*' -o -path /proc/sys/net \
                -o -path /sys/fs/cgroup \\) -prune -o -type f -print 2>/dev/null)
            echo $tried
            """;

    private static LabUnderTest lab;

    @BeforeAll
    static void start() throws Exception {
        lab = LabUnderTest.up(WantedLab.nodes(2, "c5.large").withoutDaemons());
    }

    @AfterAll
    static void stop() throws Exception {
        lab.close();
    }

    @Test
    void aRootShellChangesNoPluginDeviceOrFolderOfTheComputer() throws Exception {
        try (Surroundings computer = Surroundings.look()) {
            Ended gentle =
                    lab.execWith(computer.tasks(), NODE, "bash", "-c", GENTLY, computer.canary());
            assertThat(gentle.status()).as(gentle.err()).isZero();
            assertThat(computer.changes()).as("what changed on the computer").isEmpty();
            String[] done = gentle.out().strip().split(" ", -1);
            assertThat(Integer.parseInt(done[0]))
                    .as("files touched")
                    .isGreaterThan(Surroundings.plugins().size());
            assertThat(Integer.parseInt(done[1])).as("folders written to").isGreaterThan(100);

            // Only now that nothing reaches the computer.
            Ended rough = lab.exec(NODE, "bash", "-c", ROUGHLY);
            assertThat(rough.status()).as(rough.out()).isZero();
            assertThat(Integer.parseInt(rough.out().strip()))
                    .as("plugins and devices destroyed on the node")
                    .isGreaterThan(2 * Surroundings.plugins().size());
            assertThat(computer.changes()).as("what changed on the computer").isEmpty();
        }
    }

    @Test
    void noVariableOfTheKernelCanBeSetButThoseOfTheNodesNetwork() throws Exception {
        List<String> printed = lab.exec(OTHER, "bash", "-c", VARIABLES).out().lines().toList();
        assertThat(Integer.parseInt(printed.getLast())).as("files tried").isGreaterThan(1_000);
        assertThat(printed).as("files that can be written").hasSize(1);
        assertThat(lab.exec(OTHER, "sysctl", "-w", "net.ipv4.ip_forward=1"))
                .matches(ended -> ended.status() == 0);
    }

    @Test
    void noProcessOfTheComputerIsReached() throws Exception {
        Process stranger = new ProcessBuilder("sleep", "600.0625").start();
        try {
            String pid = Long.toString(stranger.pid());
            assertThat(lab.exec(OTHER, "pgrep", "-fx", "sleep 600[.]0625").out()).isEmpty();
            assertThat(lab.exec(OTHER, "bash", "-c", "kill -0 " + pid).status()).isNotZero();
            Path known = Path.of("/run/vpc-cni-lab", LabUnderTest.name(), "processes");
            assertThat(known).exists();
            assertThat(lab.exec(OTHER, "bash", "-c", "ls /proc/*/root" + known).out()).isEmpty();
            for (String kind : List.of("pid", "mnt", "ipc", "uts", "net")) {
                Path own = Path.of("/proc/self/ns", kind);
                assertThat(lab.exec(OTHER, "readlink", own.toString()).out().strip())
                        .isNotEqualTo(Files.readSymbolicLink(own).toString());
            }
        } finally {
            stranger.destroyForcibly();
        }
    }

    /** The first process of a node, which sleeps, and what an ended shell has left. */
    @Test
    void anOrphanThatEndsIsBuried() throws Exception {
        lab.exec(OTHER, "sh", "-c", "setsid sleep 0.1 & setsid sleep 600.125 >/dev/null 2>&1 &");
        lab.await(
                "one orphan to be gone",
                Duration.ofSeconds(10),
                () -> lab.exec(OTHER, "pgrep", "-c", "sleep").out().equals("2\n"));
    }

    @Test
    void noDeviceCanBeMade() throws Exception {
        Path device = Path.of("/dev/vpccni-test-" + ProcessHandle.current().pid());
        try {
            assertThat(lab.exec(OTHER, "mknod", device.toString(), "c", "1", "3").err())
                    .contains("Operation not permitted");
            assertThat(lab.exec(OTHER, "find", "/dev", "-type", "b").out()).isEmpty();
        } finally {
            Files.deleteIfExists(device);
        }
    }
}
