package dev.vpccni.node.watch;

import dev.vpccni.ipam.ledger.Block;
import dev.vpccni.ipam.ledger.BlockStage;
import dev.vpccni.ipam.ledger.HeldInterface;
import dev.vpccni.ipam.ledger.InterfaceStage;
import dev.vpccni.ipam.ledger.Ledger;
import dev.vpccni.ipam.reconcile.Reconciler;
import dev.vpccni.model.BlockKind;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.IpFamily;
import dev.vpccni.model.MacAddress;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.node.explanation.Explanations;
import dev.vpccni.node.instance.Current;
import dev.vpccni.node.kernel.NodePreparation;
import dev.vpccni.node.ledger.LedgerKeeper;
import dev.vpccni.node.pool.CardPool;
import dev.vpccni.node.pool.CardPools;
import dev.vpccni.node.port.Ec2Exception;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.Metadata;
import dev.vpccni.node.port.MetadataException;
import dev.vpccni.node.port.Tempo;
import dev.vpccni.node.settings.NodeSettings;
import dev.vpccni.node.work.Retry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Looks every 75 seconds whether the world is still as the ledger says: at the kernel, and with one
 * request of metadata at the security groups every other time, and in between at each interface and
 * the list of them in turn; at all interfaces while pods find no address, and where it is others
 * who give the node its addresses. The VPC's blocks have a request of their own every fourth time.
 * EC2 is asked only if something is off, or somebody here has a reason to ({@link #askEc2}).
 */
public final class Watch {

    /** With the look at the VPC's blocks every five minutes, at most one request a minute. */
    private static final Duration PERIOD = Duration.ofSeconds(75);

    /** How often in a row EC2 is asked once more because one answer is not enough. */
    private static final int REPEATED_MAX = 12;

    /** Between two attempts to look at the kernel and metadata, at first. */
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

    /** Between two attempts to ask EC2, at most. */
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(2);

    private final Metadata metadata;
    private final VpcBlocks blocks;
    private final CardPools cards;
    private final Observer observer;
    private final Current current;
    private final NodeSettings settings;
    private final Explanations explanations;
    private final Tempo tempo;
    private final Retry retry;
    private final Tempo.Signal bell;
    private volatile boolean ec2Wanted;
    private volatile boolean kernelWanted;
    private volatile boolean suspicious;
    private volatile boolean linksChanged;
    private boolean hinted;
    private long soon = Long.MAX_VALUE;
    private int repeated;
    private int failures;
    private long glanceAgain = Long.MAX_VALUE;
    private int failedGlances;
    private int turn;
    private SortedSet<Cidr> shown = new TreeSet<>();
    private final SortedMap<InterfaceId, SortedSet<Cidr>> lastOdd = new TreeMap<>();
    private SortedSet<MacAddress> lastUnknown = new TreeSet<>();

    /**
     * @param current what is known of the instance, kept up to date here
     */
    public Watch(
            Metadata metadata,
            NodePreparation nodeSetup,
            CardPools cards,
            Observer observer,
            Current current,
            NodeSettings settings,
            Explanations explanations,
            Tempo tempo,
            Retry retry) {
        this.metadata = metadata;
        this.cards = cards;
        this.observer = observer;
        this.current = current;
        this.settings = settings;
        this.explanations = explanations;
        this.tempo = tempo;
        this.retry = retry;
        blocks = new VpcBlocks(metadata, nodeSetup, current, settings, explanations, tempo);
        bell = tempo.signal();
    }

    /** Has EC2 asked soon, because it refused something that the ledger does not explain. */
    public void askEc2() {
        ec2Wanted = true;
        bell.raise();
    }

    /**
     * Has the kernel looked at now, and in metadata at every interface when it is its turn, because
     * pods wait on a node that seems full: one may be gone, or somebody may have changed
     * interfaces.
     */
    public void lookClosely() {
        suspicious = true;
        kernelWanted = true;
        bell.raise();
    }

    /** Has the kernel looked at now, and metadata, because a link has come or gone. */
    public void linksChanged() {
        linksChanged = true;
        bell.raise();
    }

    /** Works until it is interrupted. */
    public void run() throws InterruptedException {
        long nextTurn = tempo.nanos() + PERIOD.toNanos();
        while (true) {
            long next = Math.min(nextTurn, Math.min(soon, glanceAgain));
            var _ = bell.await(Duration.ofNanos(Math.max(1, next - tempo.nanos())));
            boolean inTurn = tempo.nanos() >= nextTurn;
            if (tempo.nanos() >= soon) {
                ec2Wanted = true;
                soon = Long.MAX_VALUE;
            }
            if (tempo.nanos() >= glanceAgain) {
                linksChanged = true;
                glanceAgain = Long.MAX_VALUE;
            }
            shown = new TreeSet<>();
            tryToGlance(inTurn);
            if (inTurn) {
                blocks.lookIfDue(); // Before EC2, which may take its time.
            }
            if (ec2Wanted) {
                ec2Wanted = false;
                tryToCompare();
            }
            if (inTurn) {
                nextTurn = tempo.nanos() + PERIOD.toNanos();
            }
        }
    }

    private void tryToGlance(boolean inTurn) throws InterruptedException {
        boolean changed = linksChanged;
        linksChanged = false;
        try {
            if (inTurn || kernelWanted || changed) {
                kernelWanted = false;
                // Somebody who doubts the kernel again and again is no reason to ask EC2 as often.
                ec2Wanted |= observer.glance() && (inTurn || changed);
            }
            hinted |= changed && showsUnknown();
            hinted |= inTurn && askMetadata(shown);
            hinted |= inTurn && looksAtAll() && askOfAll(shown);
            ec2Wanted |= hinted || (inTurn && observer.lacksUpkeep());
            failedGlances = 0;
        } catch (MetadataException | HostException | IOException e) {
            Duration pause = retry.after(++failedGlances, FIRST_PAUSE, Reconciler.SETTLING);
            glanceAgain = tempo.nanos() + pause.toNanos();
            explanations.add(
                    "look at the kernel and metadata again", String.valueOf(e.getMessage()));
        }
    }

    private void tryToCompare() throws InterruptedException {
        try {
            // What metadata knows before EC2 shows it is looked for once more.
            boolean again = observer.compare(shown) || hinted;
            hinted = false;
            repeated = again ? repeated + 1 : 0;
            failures = 0;
            if (again && repeated <= REPEATED_MAX) {
                soon = tempo.nanos() + Reconciler.SETTLING.toNanos();
            }
        } catch (Ec2Exception | HostException | IOException e) {
            Duration pause = retry.after(++failures, Reconciler.SETTLING, LONGEST_PAUSE);
            soon = tempo.nanos() + pause.toNanos();
            explanations.add("compare with EC2 again", String.valueOf(e.getMessage()));
        }
    }

    /**
     * Makes one request, and tells whether EC2 should be asked about the answer.
     *
     * @param addresses to which the addresses are added that it showed
     */
    private boolean askMetadata(SortedSet<Cidr> addresses)
            throws MetadataException, InterruptedException {
        List<OnCard> interfaces = serving();
        int now = turn++;
        if (now % 2 == 0) {
            return changesGroups();
        }
        int which = now / 2 % (interfaces.size() + 1);
        return which < interfaces.size()
                ? differs(interfaces.get(which), addresses)
                : showsUnknown();
    }

    /** Where nothing is asked of EC2, what others give comes unannounced, and pods need it. */
    private boolean looksAtAll() {
        return suspicious || !settings.cloud().provisioning();
    }

    private boolean askOfAll(SortedSet<Cidr> addresses)
            throws MetadataException, InterruptedException {
        suspicious = false;
        boolean news = false;
        for (OnCard each : serving()) {
            news |= differs(each, addresses);
        }
        return news;
    }

    /** An interface, and who keeps the ledger that it is in. */
    private record OnCard(LedgerKeeper keeper, HeldInterface held) {}

    private List<OnCard> serving() {
        var serving = new ArrayList<OnCard>();
        for (CardPool pool : cards.all()) {
            for (HeldInterface held : pool.keeper().ledger().interfaces()) {
                if (held.facts().role().managed()) {
                    serving.add(new OnCard(pool.keeper(), held));
                }
            }
        }
        return serving;
    }

    /** Tells whether metadata shows an interface that nobody knew of. */
    private boolean showsUnknown() throws MetadataException, InterruptedException {
        SortedSet<MacAddress> unknown = new TreeSet<>(metadata.macs());
        unknown.removeAll(observer.elsewhere());
        int beingMade = 0;
        for (CardPool pool : cards.all()) {
            Ledger ledger = pool.keeper().ledger();
            ledger.interfaces().forEach(held -> unknown.remove(held.facts().mac()));
            beingMade += ledger.creates().size();
        }
        if (unknown.size() <= beingMade) {
            return false; // Those that are being made here.
        }
        boolean news = !lastUnknown.containsAll(unknown);
        lastUnknown = unknown;
        return news;
    }

    private boolean changesGroups() throws MetadataException, InterruptedException {
        List<SecurityGroupId> groups = metadata.securityGroups();
        boolean changed = !groups.equals(current.groups());
        current.groups(groups);
        return changed;
    }

    /**
     * Tells whether metadata shows other addresses on an interface than its ledger has.
     *
     * @param addresses to which the addresses are added that it shows
     */
    private boolean differs(OnCard which, SortedSet<Cidr> addresses)
            throws MetadataException, InterruptedException {
        LedgerKeeper keeper = which.keeper;
        HeldInterface held = which.held;
        SortedSet<Cidr> odd = shownOn(which);
        addresses.addAll(odd);
        odd.remove(held.facts().primaryAddress().only());
        HeldInterface latest = keeper.ledger().find(held.id());
        if (latest == null
                || latest.stage() != InterfaceStage.SERVING
                || latest.arriving().count() > 0) {
            return false;
        }
        for (Block block : latest.blocks()) {
            if (block.stage() == BlockStage.LEAVING) {
                odd.remove(block.cidr());
            } else if (!odd.remove(block.cidr())) {
                odd.add(block.cidr());
            }
        }
        odd.removeIf(block -> keeper.ledger().hasLeft(block, tempo.instant()));
        // What EC2 has settled once it need not settle again.
        SortedSet<Cidr> before = lastOdd.put(held.id(), odd);
        lastOdd.keySet().removeIf(this::isUnknown);
        return !odd.isEmpty() && !odd.equals(before);
    }

    private boolean isUnknown(InterfaceId id) {
        return cards.all().stream().allMatch(pool -> pool.keeper().ledger().find(id) == null);
    }

    /** One request, and one more where there are prefixes, or are to be. */
    private SortedSet<Cidr> shownOn(OnCard which) throws MetadataException, InterruptedException {
        HeldInterface held = which.held;
        MacAddress mac = held.facts().mac();
        IpFamily family = current.instance().family();
        var shownHere = new TreeSet<Cidr>();
        if (family == IpFamily.IPV4) {
            metadata.addresses(mac).forEach(address -> shownHere.add(address.only()));
        }
        boolean prefixes =
                which.keeper.ledger().preferred() == BlockKind.PREFIX
                        || held.blocks().stream().anyMatch(b -> b.kind() == BlockKind.PREFIX);
        if (prefixes) {
            shownHere.addAll(metadata.prefixes(mac, family));
        }
        return shownHere;
    }
}
