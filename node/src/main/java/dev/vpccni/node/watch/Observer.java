package dev.vpccni.node.watch;

import dev.vpccni.model.Cidr;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.MacAddress;
import dev.vpccni.node.instance.Instance;
import dev.vpccni.node.port.Ec2;
import dev.vpccni.node.port.Ec2Exception;
import dev.vpccni.node.port.Ec2Failure;
import dev.vpccni.node.port.Ec2Reader;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.HostNetwork;
import dev.vpccni.node.port.ObservedInterface;
import dev.vpccni.node.port.Tempo;
import dev.vpccni.node.work.Retry;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Compares the ledgers of all network cards with EC2 and the kernel, of which each is asked once
 * for all. One task at a time calls this.
 */
public final class Observer {

    private final Ec2 ec2;
    private final HostNetwork host;
    private final List<CardObserver> cards;
    private final Supplier<Instance> instance;
    private final Tempo tempo;
    private final Retry retry;
    private SortedSet<MacAddress> elsewhere = new TreeSet<>();

    /**
     * @param cards those that hold a card's ledger against what is shown
     * @param instance what is known of the instance now
     */
    public Observer(
            Ec2 ec2,
            HostNetwork host,
            List<CardObserver> cards,
            Supplier<Instance> instance,
            Tempo tempo,
            Retry retry) {
        this.ec2 = ec2;
        this.host = host;
        this.cards = List.copyOf(cards);
        this.instance = instance;
        this.tempo = tempo;
        this.retry = retry;
    }

    /**
     * Looks at the kernel only.
     *
     * @return whether EC2 should be asked
     */
    boolean glance() throws HostException, IOException, InterruptedException {
        Instant at = tempo.instant();
        HostNetwork.Observation kernel = host.observe();
        boolean askEc2 = false;
        for (CardObserver card : cards) {
            askEc2 |= card.glance(at, kernel);
        }
        return askEc2;
    }

    /**
     * Asks EC2 and the kernel.
     *
     * @param metadata blocks that metadata showed just now
     * @return whether EC2 has to be asked once more, a moment later, to be believed
     * @throws Ec2Exception also if EC2's answer is older than the instance, which has its primary
     *     interface all its life
     */
    public boolean compare(SortedSet<Cidr> metadata)
            throws Ec2Exception, HostException, IOException, InterruptedException {
        Instant at = tempo.instant();
        List<ObservedInterface> shown = attached(ec2, instance.get(), retry);
        elsewhere =
                shown.stream()
                        .filter(this::isElsewhere)
                        .map(ObservedInterface::mac)
                        .collect(Collectors.toCollection(TreeSet::new));
        HostNetwork.Observation kernel = host.observe();
        boolean askAgain = false;
        for (CardObserver card : cards) {
            askAgain |= card.compare(at, shown, metadata, kernel);
        }
        return askAgain;
    }

    /**
     * Asks EC2 for the interfaces of {@code instance}.
     *
     * @throws Ec2Exception also if EC2's answer is older than the instance
     */
    public static List<ObservedInterface> attached(Ec2Reader ec2, Instance instance, Retry retry)
            throws Ec2Exception, InterruptedException {
        List<ObservedInterface> shown =
                retry.repeatable(() -> ec2.describeAttached(instance.identity().instance()));
        InterfaceId primary = instance.identity().primaryInterface();
        if (shown.stream().noneMatch(one -> one.id().equals(primary))) {
            throw new Ec2Exception(
                    "DescribeNetworkInterfaces",
                    new Ec2Failure.Unavailable(),
                    "the primary interface " + primary + " is not shown yet",
                    null);
        }
        return shown;
    }

    /**
     * Returns which interfaces EC2 showed, when it was asked last, on network cards of which nobody
     * here keeps a ledger.
     */
    SortedSet<MacAddress> elsewhere() {
        return elsewhere;
    }

    private boolean isElsewhere(ObservedInterface shown) {
        ObservedInterface.Attachment attachment = shown.attachment();
        return attachment != null
                && cards.stream().noneMatch(card -> card.card() == attachment.card());
    }

    /** Tells whether EC2 has interfaces otherwise than they should be, since it was asked last. */
    boolean lacksUpkeep() {
        return cards.stream().anyMatch(CardObserver::lacksUpkeep);
    }

    /** Makes the kernel serve each secondary interface of the ledgers, as after a restart. */
    public void setUpInterfaces() throws InterruptedException {
        for (CardObserver card : cards) {
            card.setUpInterfaces();
        }
    }
}
