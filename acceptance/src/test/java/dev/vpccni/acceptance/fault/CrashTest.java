package dev.vpccni.acceptance.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.acceptance.lab.Attached;
import dev.vpccni.acceptance.lab.Conversation;
import dev.vpccni.acceptance.lab.Ended;
import dev.vpccni.acceptance.lab.KernelWitness;
import dev.vpccni.acceptance.lab.LabUnderTest;
import dev.vpccni.acceptance.lab.LabUnderTest.PodOutcome;
import dev.vpccni.acceptance.lab.NodeStatus;
import dev.vpccni.acceptance.lab.NodeStatus.Slot;
import dev.vpccni.acceptance.lab.WantedLab;
import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** The daemon dies without a word, and comes back: to what it left, to a ruin, or to no cloud. */
class CrashTest {

    private static final String NODE = "node-1";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String CHECKPOINT = "/var/run/aws-node/ipam.json";

    /** How many pods come at once when the daemon is killed. */
    private static final int CROWD = 30;

    /** Fewer than are sent while the daemon starts twice. */
    private static final int PACKETS = 50;

    @Test
    void noPodNoticesAndNothingIsForgotten() throws Exception {
        try (var lab = LabUnderTest.up(WantedLab.nodes(1, "m5.4xlarge"))) {
            List<PodOutcome> talkers = lab.add(NODE, 4, "talker");
            List<PodOutcome> leavers = lab.add(NODE, 2, "leaver");
            try (var one = Conversation.start(lab, "talker-1", talkers.get(1).address());
                    var other = Conversation.start(lab, "talker-3", talkers.get(3).address())) {
                for (PodOutcome leaver : leavers) {
                    killUnderLoad(lab, "crowd-of-" + leaver.name());
                    leave(lab, leaver);
                }
                assertThat(one.unanswered(PACKETS)).isEmpty();
                assertThat(other.unanswered(PACKETS)).isEmpty();
            }
            SortedMap<String, String> running = KernelWitness.running(lab);
            talkers.forEach(pod -> assertThat(running).containsEntry(pod.name(), pod.address()));
            assertThat(assigned(lab)).isEqualTo(running);
            KernelWitness.assertEachHasItsOwn(lab, NODE, running);
            addAgain(lab, talkers.getFirst());

            lab.removeAll();
            assertThat(assigned(lab)).isEmpty();
            KernelWitness.assertEachHasItsOwn(lab, NODE, new TreeMap<>());
        }
    }

    /** Kills the daemon while pods come; those that it did not answer come to nothing. */
    private static void killUnderLoad(LabUnderTest lab, String crowd) throws Exception {
        int before = assigned(lab).size();
        try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<List<PodOutcome>> coming = tasks.submit(() -> lab.add(NODE, CROWD, crowd));
            lab.await("the first of them", PATIENCE, () -> assigned(lab).size() > before);
            lab.daemon(NODE, "kill");
            // What a runtime does after a failed ADD is DEL, and that succeeds in any case.
            assertThat(coming.get()).hasSize(CROWD).noneMatch(pod -> pod.error().contains("(del)"));
        }
    }

    /** A DEL without a daemon succeeds, and is made up for. */
    private static void leave(LabUnderTest lab, PodOutcome leaver) throws Exception {
        lab.remove(List.of(leaver.name()));
        assertThat(lab.exec(NODE, "ls", "/var/run/aws-node/spool").out()).isNotBlank();
        assertThat(assigned(lab)).containsEntry(leaver.name(), leaver.address());

        lab.daemon(NODE, "start");

        assertThat(assigned(lab)).doesNotContainKey(leaver.name());
        assertThat(lab.exec(NODE, "ls", "/var/run/aws-node/spool").out()).isBlank();
    }

    private static void addAgain(LabUnderTest lab, PodOutcome pod) throws Exception {
        Ended again = Attached.of(lab, NODE, pod.name()).plugin(lab, "ADD");
        assertThat(again.status()).as("%s %s", again.out(), again.err()).isZero();
        JsonObject result = JsonObject.parse(again.out());
        assertThat(result.objects("ips").getFirst().string("address"))
                .isEqualTo(pod.address() + "/32");
        assertThat(assigned(lab)).containsEntry(pod.name(), pod.address());
    }

    /** An instance of this type has room for 9 pods: 4 stay, and 5 come and go. */
    @Test
    void aCheckpointThatCannotBeReadIsSetAside() throws Exception {
        WantedLab wanted = WantedLab.nodes(1, "t3.small").with("IP_COOLDOWN_PERIOD", "1");
        try (var lab = LabUnderTest.up(wanted)) {
            lab.add(NODE, 4, "stayer");
            SortedMap<String, String> stayers = KernelWitness.running(lab);

            returnTo(lab, "head -c 300 $1 > $1.part && mv $1.part $1");
            assertThat(setAside(lab)).hasSize(1);
            survive(lab, stayers, "first");

            returnTo(lab, "echo '{\"version\":\"somebody-else/7\",\"allocations\":[]}' > $1");
            assertThat(setAside(lab)).hasSize(2);
            survive(lab, stayers, "second");

            lab.removeAll();
            KernelWitness.assertEachHasItsOwn(lab, NODE, new TreeMap<>());
            assertThat(lab.add(NODE, 9, "last")).allMatch(pod -> pod.error().isEmpty());
        }
    }

    private static void returnTo(LabUnderTest lab, String damage) throws Exception {
        lab.daemon(NODE, "kill");
        assertThat(lab.exec(NODE, "sh", "-c", damage, "sh", CHECKPOINT).status()).isZero();
        lab.daemon(NODE, "start");
    }

    private static List<String> setAside(LabUnderTest lab) throws Exception {
        String found = lab.exec(NODE, "sh", "-c", "ls " + CHECKPOINT + ".quarantined-*").out();
        return found.lines().toList();
    }

    /** Fills the node, by which an address that is taken for free would get a second owner. */
    private static void survive(LabUnderTest lab, SortedMap<String, String> stayers, String name)
            throws Exception {
        List<PodOutcome> more = lab.add(NODE, 5, name);
        assertThat(more).allMatch(pod -> pod.error().isEmpty());
        SortedMap<String, String> running = KernelWitness.running(lab);
        assertThat(running).hasSize(9).containsAllEntriesOf(stayers);
        KernelWitness.assertEachHasItsOwn(lab, NODE, running);
        for (String address : stayers.values()) {
            Ended ping = lab.exec(more.getFirst().name(), "ping", "-n", "-c", "1", address);
            assertThat(ping.status()).as(ping.out()).isZero();
        }
        lab.remove(more.stream().map(PodOutcome::name).toList());
    }

    /** Two interfaces with 3 addresses each, of which one is in use; a third would be possible. */
    @Test
    void podsComeFromThePoolWhileTheCloudIsAway() throws Exception {
        try (var lab = LabUnderTest.up(WantedLab.nodes(1, "t3.small"))) {
            lab.added(NODE, 1);
            lab.await("two interfaces in the ledger", PATIENCE, () -> interfaces(lab) == 2);
            String ec2 = lab.exec(NODE, "printenv", "AWS_ENDPOINT_URL_EC2").out().strip();
            String ec2Host = URI.create(ec2).getHost();
            lab.daemon(NODE, "kill");
            cut(lab, "add", "169.254.169.254");
            cut(lab, "add", ec2Host);

            lab.daemon(NODE, "start");
            lab.added(NODE, 3);
            lab.await("a word on it", PATIENCE, () -> said(lab, "cannot read the instance's") == 1);

            cut(lab, "del", "169.254.169.254");
            lab.await("a word on EC2", PATIENCE, () -> said(lab, "compare the ledger") == 1);
            lab.added(NODE, 2);
            try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
                // There is no address for this one before EC2 is back.
                Future<List<PodOutcome>> waiting = tasks.submit(() -> lab.add(NODE, 1, "patient"));
                cut(lab, "del", ec2Host);
                assertThat(waiting.get().getFirst().error()).isEmpty();
            }
            assertThat(lab.status(NODE).enis()).hasSize(3);
            assertThat(said(lab, "cannot read the instance's")).isEqualTo(1);
            assertThat(said(lab, "compare the ledger")).isEqualTo(1);
        }
    }

    private static int interfaces(LabUnderTest lab) throws Exception {
        JsonObject checkpoint = JsonObject.parse(lab.exec(NODE, "cat", CHECKPOINT).out());
        return checkpoint.object("vpcCni").objects("interfaces").size();
    }

    /** Makes an address unreachable from the node, or reachable again. */
    private static void cut(LabUnderTest lab, String action, String host) throws Exception {
        Ended rule =
                lab.exec(NODE, "ip", "rule", action, "unreachable", "to", host, "priority", "1");
        assertThat(rule.status()).as(rule.err()).isZero();
    }

    /** Returns how often the daemon's log has a line with {@code words}. */
    private static long said(LabUnderTest lab, String words) throws Exception {
        return lab.exec(NODE, "cat", "/var/log/aws-routed-eni/ipamd.log")
                .out()
                .lines()
                .filter(line -> line.contains(words))
                .count();
    }

    /** Returns who has which address, as the checkpoint says. */
    private static SortedMap<String, String> assigned(LabUnderTest lab)
            throws IOException, JsonException {
        var assigned = new TreeMap<String, String>();
        for (NodeStatus.Eni eni : lab.status(NODE).enis()) {
            for (Slot slot : eni.addresses()) {
                if (slot.state().equals("assigned")) {
                    assigned.put(slot.pod(), slot.address());
                }
            }
        }
        return assigned;
    }
}
