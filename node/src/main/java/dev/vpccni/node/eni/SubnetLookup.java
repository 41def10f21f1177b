package dev.vpccni.node.eni;

import dev.vpccni.model.Cidr;
import dev.vpccni.model.MacAddress;
import dev.vpccni.model.SubnetId;
import dev.vpccni.node.instance.Current;
import dev.vpccni.node.port.Ec2;
import dev.vpccni.node.port.Ec2Exception;
import dev.vpccni.node.port.Ec2Failure;
import dev.vpccni.node.port.Metadata;
import dev.vpccni.node.port.MetadataException;
import dev.vpccni.node.port.Tempo;
import dev.vpccni.node.work.Retry;
import java.time.Duration;
import java.util.List;

/**
 * Finds out about the subnet of an interface that this node has just attached, where nobody knew of
 * the subnet before: from EC2, or where EC2 may not be asked from metadata, which follows the
 * attachment.
 */
public final class SubnetLookup {

    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

    /** Metadata shows an interface within seconds. */
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final Ec2 ec2;
    private final Metadata metadata;
    private final Current current;
    private final Retry retry;
    private final Tempo tempo;

    /** Makes it of those who may know, and of the one who is to know. */
    public SubnetLookup(Ec2 ec2, Metadata metadata, Current current, Retry retry, Tempo tempo) {
        this.ec2 = ec2;
        this.metadata = metadata;
        this.current = current;
        this.retry = retry;
        this.tempo = tempo;
    }

    /**
     * Returns once the subnet is known.
     *
     * @param mac of the interface in it
     * @throws Ec2Exception if neither EC2 nor metadata says
     */
    void know(SubnetId subnet, MacAddress mac) throws Ec2Exception, InterruptedException {
        if (current.instance().subnets().containsKey(subnet)) {
            return;
        }
        try {
            current.learn(List.of(retry.repeatable(() -> ec2.subnet(subnet))));
        } catch (Ec2Exception e) {
            if (!(e.failure() instanceof Ec2Failure.Denied) || !asksMetadata(subnet, mac)) {
                throw e;
            }
        }
    }

    private boolean asksMetadata(SubnetId subnet, MacAddress mac) throws InterruptedException {
        long end = tempo.nanos() + PATIENCE.toNanos();
        while (true) {
            try {
                List<Cidr> cidrs = metadata.subnetCidrs(mac);
                if (!cidrs.isEmpty()) {
                    current.learn(subnet, cidrs);
                    return true;
                }
            } catch (MetadataException _) {
                // It may answer the next time.
            }
            if (tempo.nanos() >= end) {
                return false;
            }
            tempo.pause(LOOK_AGAIN);
        }
    }
}
