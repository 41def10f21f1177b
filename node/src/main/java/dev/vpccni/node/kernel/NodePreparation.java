package dev.vpccni.node.kernel;

import dev.vpccni.dataplane.NodeSetup;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.HostNetwork;
import dev.vpccni.node.port.HostNetwork.Part;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * Prepares the node's part of the kernel, and remembers whether that worked: without its rules a
 * pod would be connected, and not reach far. Safe for use by many threads.
 */
public final class NodePreparation {

    private final HostNetwork host;
    private final Map<Part, String> problems = new ConcurrentSkipListMap<>();
    private volatile @Nullable NodeSetup wanted;
    private volatile boolean prepared;

    /** Creates it with nothing prepared, and no problem known. */
    public NodePreparation(HostNetwork host) {
        this.host = host;
    }

    /**
     * Makes the node's part of the kernel what {@code setup} says, and has it stay so.
     *
     * @throws HostException if the kernel refuses; {@link #problem} says so until it is done
     */
    public void apply(NodeSetup setup) throws HostException, InterruptedException {
        wanted = setup;
        var _ = setUp(EnumSet.allOf(Part.class), setup);
        prepared = true;
    }

    /**
     * Makes {@code parts} again what they should be, if they have been that before.
     *
     * @return what was not so, each in one phrase
     * @throws HostException if the kernel refuses; {@link #problem} says so until it is done
     */
    public List<String> restore(Set<Part> parts) throws HostException, InterruptedException {
        var restored = new ArrayList<String>();
        NodeSetup done = null;
        NodeSetup now = prepared ? wanted : null;
        // Whoever has changed the wish meanwhile may have been here before.
        while (now != null && !now.equals(done)) {
            restored.addAll(setUp(parts, now));
            done = now;
            now = wanted;
        }
        return restored;
    }

    private List<String> setUp(Set<Part> parts, NodeSetup setup)
            throws HostException, InterruptedException {
        var changed = new ArrayList<String>();
        for (Part part : parts) {
            try {
                changed.addAll(setUp(part, setup));
                problems.remove(part);
            } catch (HostException e) {
                problems.put(part, String.valueOf(e.getMessage()));
                throw e;
            }
        }
        return changed;
    }

    private List<String> setUp(Part part, NodeSetup setup)
            throws HostException, InterruptedException {
        return switch (part) {
            case ROUTING -> host.setUpNode(setup);
            case PACKET_FILTER -> host.setUpPacketFilter(setup);
        };
    }

    /** Returns what the kernel refused when it was asked last, or null. */
    public @Nullable String problem() {
        return problems.values().stream().findFirst().orElse(null);
    }
}
