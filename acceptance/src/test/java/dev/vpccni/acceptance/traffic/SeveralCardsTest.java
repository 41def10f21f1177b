package dev.vpccni.acceptance.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.acceptance.lab.Attached;
import dev.vpccni.acceptance.lab.Conversation;
import dev.vpccni.acceptance.lab.Ended;
import dev.vpccni.acceptance.lab.LabUnderTest;
import dev.vpccni.acceptance.lab.NodeStatus;
import dev.vpccni.acceptance.lab.WantedLab;
import dev.vpccni.json.JsonObject;
import dev.vpccni.linux.namespace.NamespaceThread;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Pods with an address on each of four network cards, by packets: each address of theirs reaches
 * each of the others, whatever becomes of the daemon.
 */
class SeveralCardsTest {

    private static final String NODE = "node-1";
    private static final String OTHER = "node-2";
    private static final int CARDS = 4;

    private static final int PORT = 9_000;
    private static final int ATTEMPTS = 5;
    private static final int ATTEMPT_MILLIS = 1_000;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int PACKETS = 20;
    private static final int CROWD = 20;

    private static final Pattern ADDRESS = Pattern.compile("\\d+: (\\S+) +inet ([0-9.]+)/32");

    private static LabUnderTest lab;
    private static NamespaceThread thread;

    @BeforeAll
    static void start() throws Exception {
        lab =
                LabUnderTest.up(
                        WantedLab.nodes(2, "p4d.24xlarge")
                                .with("ENABLE_MULTI_NIC", "true")
                                .with("WARM_IP_TARGET", "2"));
        thread = NamespaceThread.start("cards");
    }

    @AfterAll
    static void stop() throws Exception {
        if (thread != null) {
            thread.close();
        }
        if (lab != null) {
            lab.close();
        }
    }

    @Test
    void eachAddressReachesEachOther() throws Exception {
        wide(NODE, "near", 2);
        wide(OTHER, "far", 1);
        lab.add(OTHER, 1, "plain");
        assertThat(addresses("plain")).hasSize(1);

        for (String asked : List.of("near-2", "far", "plain")) {
            for (String own : addresses("near-1")) {
                for (String address : addresses(asked)) {
                    reaches("near-1", own, asked, address);
                    reaches(asked, address, "near-1", own);
                }
            }
        }
        List<String> first = addresses("near-1");
        for (String own : first) {
            Ended ended = lab.exec("near-1", "ping", "-n", "-c1", "-w5", "-I", own, node());
            assertThat(ended.status()).as("%s to the node: %s", own, ended).isZero();
        }
        removed("near-1", "near-2", "far", "plain");
    }

    @Test
    void noneOfThemNoticesThatTheDaemonDies() throws Exception {
        wide(NODE, "stayer", 1);
        wide(OTHER, "peer", 1);
        List<String> before = addresses("stayer");
        try (var first = Conversation.start(lab, "peer", before.getFirst());
                var last = Conversation.start(lab, "peer", before.getLast())) {
            lab.daemon(NODE, "kill");
            lab.daemon(NODE, "start");
            assertThat(first.unanswered(PACKETS)).isEmpty();
            assertThat(last.unanswered(PACKETS)).isEmpty();
        }

        Ended again = Attached.of(lab, NODE, "stayer").plugin(lab, "ADD");
        assertThat(again.status()).as("%s", again).isZero();
        assertThat(JsonObject.parse(again.out()).objects("ips"))
                .extracting(ip -> ip.string("address").replace("/32", ""))
                .isEqualTo(before);
        for (int card = 0; card < CARDS; card++) {
            reaches("stayer", before.get(card), "peer", addresses("peer").get(card));
        }
        removed("stayer", "peer");
    }

    /** Somebody removes the pod meanwhile. */
    @Test
    void aDelWithoutADaemonLetsGoOfAllOfThem() throws Exception {
        wide(NODE, "leaver", 1);
        List<String> before = addresses("leaver");
        lab.daemon(NODE, "kill");
        lab.remove(List.of("leaver"));

        lab.daemon(NODE, "start");

        lab.await("the DEL is made up for", PATIENCE, () -> used(NODE, "leaver").isEmpty());
        noTrace(before);
    }

    /** Those that it did not answer the runtime lets go of, and the plugin keeps that for later. */
    @Test
    void aCrashWhileTheyComeLeavesNoHalves() throws Exception {
        try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<JsonObject> coming = tasks.submit(() -> added(NODE, "crowd", CROWD));
            lab.await("the first of them", PATIENCE, () -> !counted("crowd").isEmpty());
            lab.daemon(NODE, "kill");
            assertThat(coming.get().objects("pods")).hasSize(CROWD);
        }
        lab.daemon(NODE, "start");

        var whole = new TreeMap<String, Integer>();
        for (JsonObject pod : lab.ask(Map.of("verb", "pods")).objects("pods")) {
            whole.put(pod.string("name"), CARDS);
        }
        lab.await("each has all or none", PATIENCE, () -> counted("crowd").equals(whole));
        removed(whole.keySet().toArray(String[]::new));
        assertThat(counted("crowd")).isEmpty();
    }

    /**
     * With the variable off, a pod's further addresses are nobody's, and all the same the pod's.
     */
    @Test
    void switchedOffAndOnAgainNoPodNotices() throws Exception {
        wide(NODE, "keeper", 1);
        wide(NODE, "goner", 1);
        wide(OTHER, "asker", 1);

        restarted("false");
        eachIsReached("keeper", "asker");
        removed("goner");

        restarted("true");
        assertThat(counted("keeper")).containsExactly(Map.entry("keeper", CARDS));
        eachIsReached("keeper", "asker");
        removed("keeper", "asker");
        assertThat(counted("keeper")).isEmpty();
    }

    private static void restarted(String everyCard) throws Exception {
        lab.daemon(NODE, "stop");
        lab.startDaemon(NODE, Map.of("ENABLE_MULTI_NIC", everyCard));
    }

    private static void eachIsReached(String pod, String asker) throws Exception {
        for (int card = 0; card < CARDS; card++) {
            reaches(asker, addresses(asker).get(card), pod, addresses(pod).get(card));
        }
    }

    private static JsonObject added(String node, String name, int count) throws Exception {
        return lab.ask(
                Map.of(
                        "verb",
                        "pod-add",
                        "node",
                        node,
                        "count",
                        (long) count,
                        "name",
                        name,
                        "annotations",
                        Map.of("k8s.amazonaws.com/nicConfig", "multi-nic-attachment")));
    }

    private static void wide(String node, String name, int count) throws Exception {
        JsonObject added = added(node, name, count);
        assertThat(added.integer("failed")).as("%s", added).isZero();
        for (int i = 1; i <= count; i++) {
            String pod = count == 1 ? name : name + "-" + i;
            assertThat(links(pod))
                    .extracting(link -> link.group(1))
                    .containsExactly("eth0", "mNicIf1", "mNicIf2", "mNicIf3");
            assertThat(used(node, pod))
                    .as("one on an interface of each card")
                    .containsExactlyInAnyOrderElementsOf(addresses(pod));
        }
    }

    /** Removes pods, of which nothing stays. */
    private static void removed(String... pods) throws Exception {
        var addresses = new ArrayList<String>();
        for (String pod : pods) {
            addresses.addAll(addresses(pod));
        }
        lab.remove(List.of(pods));
        noTrace(addresses);
    }

    private static void noTrace(List<String> addresses) throws Exception {
        for (String node : List.of(NODE, OTHER)) {
            String held =
                    lab.exec(node, "sh", "-c", "ip -4 rule; ip -4 route show table all").out();
            assertThat(addresses).noneMatch(address -> held.contains(address + " "));
            assertThat(addresses).noneMatch(address -> held.contains(address + "\n"));
        }
    }

    /** Returns what a node's status shows that a pod has. */
    private static List<String> used(String node, String pod) throws Exception {
        return lab.status(node).enis().stream()
                .flatMap(eni -> eni.addresses().stream())
                .filter(slot -> slot.pod().equals(pod))
                .map(NodeStatus.Slot::address)
                .toList();
    }

    /** Returns how many addresses each pod of the node has whose name begins with {@code name}. */
    private static SortedMap<String, Integer> counted(String name) throws Exception {
        var used = new TreeMap<String, Integer>();
        for (NodeStatus.Eni eni : lab.status(NODE).enis()) {
            for (NodeStatus.Slot slot : eni.addresses()) {
                if (slot.pod().startsWith(name)) {
                    used.merge(slot.pod(), 1, Integer::sum);
                }
            }
        }
        return used;
    }

    private static String node() throws Exception {
        return lab.status(NODE).enis().getFirst().addresses().getFirst().address();
    }

    /** Returns a pod's addresses, in the order of its links. */
    private static List<String> addresses(String pod) throws Exception {
        return links(pod).stream().map(link -> link.group(2)).toList();
    }

    private static List<MatchResult> links(String pod) throws Exception {
        Ended ended = lab.exec(pod, "ip", "-4", "-o", "address", "show", "scope", "global");
        assertThat(ended.status()).as("%s", ended).isZero();
        return ADDRESS.matcher(ended.out()).results().toList();
    }

    /** Asserts that a datagram arrives from {@code own}, and its answer there. */
    private static void reaches(String from, String own, String to, String address)
            throws Exception {
        Path server = lab.namespace(to);
        DatagramSocket listening =
                thread.inside(
                        server, () -> new DatagramSocket(new InetSocketAddress(address, PORT)));
        DatagramSocket asking =
                thread.inside(
                        lab.namespace(from),
                        () -> new DatagramSocket(new InetSocketAddress(own, 0)));
        try (listening;
                asking) {
            listening.setSoTimeout(ATTEMPT_MILLIS);
            asking.setSoTimeout(ATTEMPT_MILLIS);
            String seen = "";
            for (int attempt = 0; attempt < ATTEMPTS && seen.isEmpty(); attempt++) {
                asking.send(new DatagramPacket(new byte[1], 1, listening.getLocalSocketAddress()));
                seen = exchange(listening, asking);
            }
            assertThat(seen)
                    .as("who %s of %s is to %s of %s", own, from, address, to)
                    .isEqualTo(own);
        }
    }

    /** Returns whom the server saw, after its answer came back; empty if something was lost. */
    private static String exchange(DatagramSocket listening, DatagramSocket asking)
            throws IOException {
        try {
            var question = new DatagramPacket(new byte[1], 1);
            listening.receive(question);
            listening.send(new DatagramPacket(new byte[1], 1, question.getSocketAddress()));
            asking.receive(new DatagramPacket(new byte[1], 1));
            return question.getAddress().getHostAddress();
        } catch (SocketTimeoutException _) {
            return "";
        }
    }
}
