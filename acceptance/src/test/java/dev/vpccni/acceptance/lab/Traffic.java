package dev.vpccni.acceptance.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.linux.namespace.NamespaceThread;
import dev.vpccni.model.IpAddress;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Packets between the pods and nodes of a lab and the servers around its VPC: by TCP who saw whom,
 * measured once for everybody; by ICMP and UDP when asked.
 */
public final class Traffic implements AutoCloseable {

    private static final int UDP_PORT = 9_000;
    private static final int UDP_PATIENCE_MILLIS = 1_000;
    private static final int UDP_ATTEMPTS = 5;

    private final LabUnderTest lab;
    private final List<End> ends;
    private final Map<String, Map<String, String>> seen;
    private final NamespaceThread thread;

    private Traffic(
            LabUnderTest lab,
            List<End> ends,
            Map<String, Map<String, String>> seen,
            NamespaceThread thread) {
        this.lab = lab;
        this.ends = List.copyOf(ends);
        this.seen = seen;
        this.thread = thread;
    }

    /**
     * A pod or a node.
     *
     * @param node the node itself, or the one that the pod is on
     * @param device of the interface that its address is on
     */
    public record End(String name, String node, String address, long device) {

        public boolean isNode() {
            return name.equals(node);
        }
    }

    /** One end that asks another. */
    public record Pair(End from, End to) {

        public boolean onOneNode() {
            return from.node().equals(to.node());
        }

        @Override
        public String toString() {
            return from.name() + " to " + to.name();
        }
    }

    /** Lets everybody ask everybody, once. */
    public static Traffic measure(LabUnderTest lab) throws Exception {
        var ends = new ArrayList<End>();
        for (NodeStatus node : lab.status()) {
            String own = "";
            for (NodeStatus.Eni eni : node.enis()) {
                for (NodeStatus.Slot slot : eni.addresses()) {
                    if (slot.state().equals("primary") && eni.primary()) {
                        own = slot.address(); // The last one: of IPv6, where there is any.
                    } else if (slot.state().equals("assigned")) {
                        ends.add(new End(slot.pod(), node.name(), slot.address(), eni.device()));
                    }
                }
            }
            ends.add(new End(node.name(), node.name(), own, 0));
        }
        return new Traffic(lab, ends, lab.connectivity(), NamespaceThread.start("traffic"));
    }

    /** Returns the pods. */
    public List<End> pods() {
        return ends.stream().filter(end -> !end.isNode()).toList();
    }

    /** Returns node {@code name}. */
    public End node(String name) {
        return ends.stream().filter(end -> end.name().equals(name)).findFirst().orElseThrow();
    }

    /** Returns every two ends of which {@code which} holds. There is at least one such pair. */
    public List<Pair> pairs(Predicate<Pair> which) {
        var pairs = new ArrayList<Pair>();
        for (End from : ends) {
            for (End to : ends) {
                var pair = new Pair(from, to);
                if (!from.equals(to) && which.test(pair)) {
                    pairs.add(pair);
                }
            }
        }
        assertThat(pairs).as("pairs of this kind").isNotEmpty();
        return pairs;
    }

    /** Returns the address that {@code to} saw {@code from} connect from; empty if none. */
    public String seenByTcp(String from, String to) {
        return seen.getOrDefault(from, Map.of()).getOrDefault(to, "");
    }

    /**
     * Asserts that the other end sees the one that asks with the asker's own address: by TCP for
     * all of {@code pairs}, by ICMP and UDP for the first of them.
     */
    public void arrivesUntouched(List<Pair> pairs) throws Exception {
        for (Pair pair : pairs) {
            assertThat(seenByTcp(pair.from().name(), pair.to().name()))
                    .as("what TCP from %s showed", pair)
                    .isEqualTo(pair.from().address());
        }
        Pair first = pairs.getFirst();
        ping(first.from().name(), first.to().address());
        assertThat(
                        seenByUdp(
                                first.from().name(),
                                lab.namespace(first.to().name()),
                                first.to().address()))
                .as("what UDP from %s showed", first)
                .isEqualTo(first.from().address());
    }

    /** Asserts that a packet and its echo pass, at the full size of a VPC's frames if asked. */
    public void ping(String from, String address, String... options) throws Exception {
        var words = new ArrayList<>(List.of("ping", "-n", "-c", "1", "-w", "5"));
        words.addAll(List.of(options));
        words.add(address);
        Ended ended = lab.exec(from, words.toArray(String[]::new));
        assertThat(ended.status()).as("ping from %s: %s", from, ended).isZero();
    }

    /**
     * Returns the address that a server saw a datagram come from, after its answer came back.
     *
     * @param server the namespace to serve in
     * @param address of the server
     */
    public String seenByUdp(String from, Path server, String address) throws Exception {
        return seenByUdp(lab.namespace(from), server, address);
    }

    /**
     * Returns the address that a server saw a datagram come from, after its answer came back.
     *
     * @param from the namespace to ask from
     * @param server the namespace to serve in
     * @param address of the server
     */
    public String seenByUdp(Path from, Path server, String address) throws Exception {
        DatagramSocket listening =
                thread.inside(
                        server, () -> new DatagramSocket(new InetSocketAddress(address, UDP_PORT)));
        DatagramSocket asking = thread.inside(from, () -> new DatagramSocket());
        try (listening;
                asking) {
            listening.setSoTimeout(UDP_PATIENCE_MILLIS);
            asking.setSoTimeout(UDP_PATIENCE_MILLIS);
            for (int attempt = 0; attempt < UDP_ATTEMPTS; attempt++) {
                asking.send(packet("?", new InetSocketAddress(address, UDP_PORT)));
                String answer = exchange(listening, asking);
                if (!answer.isEmpty()) {
                    return answer;
                }
            }
            return "";
        }
    }

    @Override
    public void close() {
        thread.close();
    }

    /** Empty if something was lost on the way. */
    private static String exchange(DatagramSocket listening, DatagramSocket asking)
            throws IOException {
        try {
            var question = new DatagramPacket(new byte[1], 1);
            listening.receive(question);
            var client = (InetSocketAddress) question.getSocketAddress();
            IpAddress seen = IpAddress.of(client.getAddress().getAddress());
            listening.send(packet(seen.toString(), client));
            var answer = new DatagramPacket(new byte[64], 64);
            asking.receive(answer);
            return new String(answer.getData(), 0, answer.getLength(), StandardCharsets.US_ASCII);
        } catch (SocketTimeoutException lost) {
            return "";
        }
    }

    private static DatagramPacket packet(String text, InetSocketAddress to) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        return new DatagramPacket(bytes, bytes.length, to);
    }
}
