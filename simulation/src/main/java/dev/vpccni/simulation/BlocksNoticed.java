package dev.vpccni.simulation;

import dev.vpccni.model.IpFamily;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.node.Node;
import dev.vpccni.simulation.cloud.SimulatedCloud;
import dev.vpccni.simulation.host.SimulatedNode;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** By when a node translates by all blocks that the VPC has. */
final class BlocksNoticed {

    /** Each fifth minute, when the watch has its next turn, which EC2 may put off. */
    static final Duration NOTICED = Duration.ofSeconds(375);

    private final SimulatedNode node;
    private final SimulatedCloud cloud;
    private long deadline;

    BlocksNoticed(SimulatedNode node, SimulatedCloud cloud) {
        this.node = node;
        this.cloud = cloud;
    }

    /** Returns what is wrong, or null; time does not count while the node cannot know or act. */
    @Nullable String look(long now) {
        List<Ipv4Cidr> wanted = cloud.blocks();
        List<Ipv4Cidr> known = node.kernel().untranslated();
        if (known.equals(wanted) || !isAble()) {
            deadline = now + NOTICED.toNanos();
            return null;
        }
        return now <= deadline
                ? null
                : node.instance() + " translates by " + known + ", and the VPC has " + wanted;
    }

    private boolean isAble() {
        Node serving = node.serving();
        return serving != null
                && serving.connected()
                && !node.kernel().refuses()
                && cloud.metadataAnswers()
                && node.settings().addressing().family() == IpFamily.IPV4;
    }
}
