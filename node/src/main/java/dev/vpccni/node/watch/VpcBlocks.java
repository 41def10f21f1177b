package dev.vpccni.node.watch;

import dev.vpccni.model.IpFamily;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.node.explanation.Explanations;
import dev.vpccni.node.instance.Current;
import dev.vpccni.node.kernel.NodePreparation;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.Metadata;
import dev.vpccni.node.port.MetadataException;
import dev.vpccni.node.port.Tempo;
import dev.vpccni.node.settings.NodeSettings;
import java.time.Duration;
import java.util.List;

/**
 * Looks every five minutes which blocks the VPC has, and makes the kernel translate by them: what
 * pods send to a block that the node does not know of leaves with the node's address. One task at a
 * time calls this.
 */
final class VpcBlocks {

    /** Beside one request in 75 seconds for everything else, this makes one a minute. */
    static final Duration PERIOD = Duration.ofMinutes(5);

    private final Metadata metadata;
    private final NodePreparation nodeSetup;
    private final Current current;
    private final NodeSettings settings;
    private final Explanations explanations;
    private final Tempo tempo;
    private long due;
    private boolean halfDone;

    /**
     * @param current what is known of the instance, whose blocks were read just now
     */
    VpcBlocks(
            Metadata metadata,
            NodePreparation nodeSetup,
            Current current,
            NodeSettings settings,
            Explanations explanations,
            Tempo tempo) {
        this.metadata = metadata;
        this.nodeSetup = nodeSetup;
        this.current = current;
        this.settings = settings;
        this.explanations = explanations;
        this.tempo = tempo;
        due = tempo.nanos() + PERIOD.toNanos();
    }

    /**
     * Makes one request if it is time. One that fails is made again whenever this is called, until
     * it has worked: whoever calls decides how soon that is.
     */
    void lookIfDue() throws InterruptedException {
        long now = tempo.nanos();
        // Of IPv6 nothing is translated.
        if (now < due || current.instance().family() != IpFamily.IPV4) {
            return;
        }
        try {
            follow(metadata.vpcCidrs());
            due = now + PERIOD.toNanos();
        } catch (MetadataException | HostException e) {
            explanations.add("look at the VPC's blocks again", String.valueOf(e.getMessage()));
        }
    }

    private void follow(List<Ipv4Cidr> shown) throws HostException, InterruptedException {
        if (!halfDone && shown.equals(current.vpcCidrs())) {
            return;
        }
        // Blocks that are as before again, after others reached half of the kernel, are news to it.
        halfDone = true;
        nodeSetup.apply(settings.nodeSetup(current.instance().identity(), shown));
        halfDone = false;
        current.vpcCidrs(shown);
        explanations.add("translate for " + shown, "the VPC's blocks have changed");
    }
}
