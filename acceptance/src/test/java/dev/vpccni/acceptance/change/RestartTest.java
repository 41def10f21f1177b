package dev.vpccni.acceptance.change;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.acceptance.lab.LabUnderTest;
import dev.vpccni.acceptance.lab.Notifications;
import dev.vpccni.acceptance.lab.WantedLab;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A daemon that starts on a healthy node changes nothing, not even for a moment: the kernel tells
 * whoever listens of each change, and tells of none.
 */
class RestartTest {

    private static final String LEGACY = "node-1";
    private static final String NFT = "node-2";

    /** Nine fit the primary interface of a c5.large; two more lie on the next. */
    private static final int PODS = 11;

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String BEGIN = "31001";
    private static final String END = "31002";

    /** Of iptables-legacy the kernel tells nothing: what writes its tables is noted instead. */
    private static final String NOTE_RESTORES =
            """
            rm /usr/sbin/iptables-legacy-restore
            cat >/usr/sbin/iptables-legacy-restore <<'END'
            #!/bin/sh
            echo "$*" >>/run/aws-node/restores
            exec /usr/sbin/xtables-legacy-multi iptables-legacy-restore "$@"
            END
            chmod 755 /usr/sbin/iptables-legacy-restore
            iptables-legacy -t mangle -N KUBE-IPTABLES-HINT
            """;

    private static final String RESTORES = "cat /run/aws-node/restores; rm /run/aws-node/restores";

    @TempDir private Path folder;

    @Test
    void theKernelTellsOfNoChange() throws Exception {
        try (var lab = LabUnderTest.up(WantedLab.nodes(2, "c5.large").withoutDaemons())) {
            assertThat(lab.exec(LEGACY, "sh", "-euc", NOTE_RESTORES).err()).isEmpty();
            for (String node : List.of(LEGACY, NFT)) {
                lab.daemon(node, "start");
                lab.added(node, PODS);
                awaitLook(lab, node, 0);
            }
            assertThat(lab.exec(LEGACY, "sh", "-c", RESTORES).out()).contains("--noflush");
            for (String node : List.of(LEGACY, NFT)) {
                isSilent(lab, node);
            }
            assertThat(lab.exec(LEGACY, "sh", "-c", RESTORES).out()).isEmpty();
            lab.removeAll();
        }
    }

    private void isSilent(LabUnderTest lab, String node) throws Exception {
        try (var routing = Notifications.ofRouting(lab, node, folder);
                var filter = Notifications.ofPacketFilter(lab, node, folder)) {
            long looks = looks(node);
            routing.mark(BEGIN);
            filter.mark(BEGIN);

            lab.daemon(node, "kill");
            lab.daemon(node, "start");
            awaitLook(lab, node, looks);
            // It has compared everything once when it brings back the same a second time.
            for (int time = 0; time < 2; time++) {
                lab.exec(node, "ip", "rule", "del", "pref", "1024");
                lab.await(
                        "the rule",
                        PATIENCE,
                        () -> lab.exec(node, "ip", "rule").out().contains("1024:"));
            }

            routing.mark(END);
            filter.mark(END);
            assertThat(routing.between(BEGIN, END))
                    .as("routing of " + node)
                    .hasSize(4)
                    .allMatch(line -> line.contains("1024:"));
            assertThat(filter.between(BEGIN, END)).as("packet filter of " + node).isEmpty();
        }
    }

    /** The doctor's look is the last thing that a start does. */
    private static void awaitLook(LabUnderTest lab, String node, long before) throws Exception {
        lab.await("the doctor's look on " + node, PATIENCE, () -> looks(node) > before);
    }

    /** Returns how many lines there are of what the doctor has seen, be it nothing. */
    private static long looks(String node) throws Exception {
        return Files.readAllLines(LabUnderTest.log(node, "ipamd.log")).stream()
                .filter(line -> line.contains("doctor: "))
                .count();
    }
}
