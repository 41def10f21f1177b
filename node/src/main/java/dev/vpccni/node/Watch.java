package dev.vpccni.node;

import dev.vpccni.ipam.ledger.AddressUse;
import dev.vpccni.ipam.ledger.HeldInterface;
import dev.vpccni.ipam.ledger.InterfaceStage;
import dev.vpccni.ipam.ledger.Slot;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.node.port.Ec2Exception;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.HostNetwork;
import dev.vpccni.node.port.Metadata;
import dev.vpccni.node.port.MetadataException;
import dev.vpccni.node.port.Tempo;
import dev.vpccni.node.settings.NodeSettings;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Looks every 75 seconds whether the world is still as the ledger says: at the kernel, and with one
 * request of metadata, in turn at each interface, the VPC's blocks and the security groups. EC2 is
 * asked only if something is off.
 */
final class Watch {

    /** With the session token's renewal every five minutes, at most one request a minute. */
    private static final Duration PERIOD = Duration.ofSeconds(75);

    private final Metadata metadata;
    private final HostNetwork host;
    private final LedgerKeeper keeper;
    private final Observer observer;
    private final Current current;
    private final NodeSettings settings;
    private final Explanations explanations;
    private final Tempo tempo;
    private int turn;
    private SortedSet<Ipv4Address> lastOdd = new TreeSet<>();

    Watch(
            Metadata metadata,
            HostNetwork host,
            LedgerKeeper keeper,
            Observer observer,
            Current current,
            NodeSettings settings,
            Explanations explanations,
            Tempo tempo) {
        this.metadata = metadata;
        this.host = host;
        this.keeper = keeper;
        this.observer = observer;
        this.current = current;
        this.settings = settings;
        this.explanations = explanations;
        this.tempo = tempo;
    }

    /** Works until it is interrupted. */
    void run() throws InterruptedException {
        while (true) {
            tempo.pause(PERIOD);
            try {
                boolean odd = observer.glance();
                odd |= askMetadata();
                if (odd) {
                    observer.compare();
                }
            } catch (MetadataException | Ec2Exception | HostException | IOException e) {
                explanations.add("look again later", String.valueOf(e.getMessage()));
            }
        }
    }

    /** Makes one request, and tells whether EC2 should be asked about the answer. */
    private boolean askMetadata() throws MetadataException, HostException, InterruptedException {
        List<HeldInterface> interfaces =
                keeper.ledger().interfaces().stream()
                        .filter(held -> held.facts().role().serves())
                        .toList();
        int now = turn++ % (interfaces.size() + 2);
        if (now < interfaces.size()) {
            return differs(interfaces.get(now));
        }
        if (now == interfaces.size()) {
            watchCidrs();
        } else {
            current.groups(metadata.securityGroups());
        }
        return false;
    }

    private boolean differs(HeldInterface held) throws MetadataException, InterruptedException {
        SortedSet<Ipv4Address> shown = new TreeSet<>(metadata.addresses(held.facts().mac()));
        shown.remove(held.facts().primaryAddress());
        HeldInterface latest = keeper.ledger().find(held.id());
        if (latest == null || latest.stage() != InterfaceStage.SERVING || latest.arriving() > 0) {
            return false;
        }
        SortedSet<Ipv4Address> odd = new TreeSet<>(shown);
        for (Slot slot : latest.slots()) {
            if (slot.use() instanceof AddressUse.Leaving) {
                odd.remove(slot.address());
            } else if (!odd.remove(slot.address())) {
                odd.add(slot.address());
            }
        }
        // What EC2 has settled once it need not settle again.
        boolean news = !odd.isEmpty() && !odd.equals(lastOdd);
        lastOdd = odd;
        return news;
    }

    private void watchCidrs() throws MetadataException, HostException, InterruptedException {
        List<Ipv4Cidr> shown = metadata.vpcCidrs();
        if (!shown.equals(current.vpcCidrs())) {
            host.setUpNode(settings.kernel().nodeSetup(current.instance().identity(), shown));
            // Only now: what failed is tried again.
            current.vpcCidrs(shown);
            explanations.add("translate for " + shown, "the VPC's blocks have changed");
        }
    }
}
