package dev.vpccni.node.pool;

import dev.vpccni.ipam.scale.SubnetRoom;
import dev.vpccni.model.BlockKind;
import dev.vpccni.model.IpFamily;
import dev.vpccni.model.SubnetId;
import dev.vpccni.node.explanation.Explanations;
import dev.vpccni.node.instance.Current;
import dev.vpccni.node.instance.Instance;
import dev.vpccni.node.instance.SubnetTags;
import dev.vpccni.node.port.Ec2Exception;
import dev.vpccni.node.port.Ec2Failure;
import dev.vpccni.node.port.Ec2Reader;
import dev.vpccni.node.port.ObservedSubnet;
import dev.vpccni.node.port.Tempo;
import dev.vpccni.node.work.Retry;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which subnets may have interfaces of this node, and how much room they have. Safe for use by many
 * threads.
 */
public final class Subnets {

    /** How long a subnet that is full is left alone at first, and at most. */
    private static final Duration FIRST_REST = Duration.ofSeconds(15);

    private static final Duration LONGEST_REST = Duration.ofMinutes(2);

    /** Single addresses serve meanwhile, and only EC2's refusal tells that it has no prefix yet. */
    private static final Duration LONGEST_PREFIX_REST = Duration.ofMinutes(5);

    /** How long EC2 is not asked for subnets after it was not allowed. */
    private static final Duration DENIED_REST = Duration.ofMinutes(5);

    /** What a subnet that has rested is asked for: enough for an interface with one address. */
    private static final int FIRST_AGAIN = 2;

    private static final int FIRST_PREFIX_AGAIN = 1;

    private final Ec2Reader ec2;
    private final Tempo tempo;
    private final Retry retry;
    private final Instance instance;
    private final Current current;
    private final Explanations explanations;
    private final SortedMap<SubnetId, Integer> described = new TreeMap<>();
    private final SortedMap<SubnetId, Refused> refusals = new TreeMap<>();
    private final SortedMap<SubnetId, Refused> fragmented = new TreeMap<>();
    private List<ObservedSubnet> usable = List.of();
    private @Nullable List<ObservedSubnet> inZone;
    private boolean wanted;
    private long askedAt;
    private boolean asked;
    private boolean ownShown;
    private volatile boolean denied;
    private volatile Runnable exclusionListener = () -> {};
    private @Nullable Ec2Exception problem;

    /**
     * @param current what is known of the instance, kept up to date here as far as subnets go
     */
    public Subnets(
            Ec2Reader ec2, Tempo tempo, Retry retry, Current current, Explanations explanations) {
        this.ec2 = ec2;
        this.tempo = tempo;
        this.retry = retry;
        this.current = current;
        this.instance = current.instance(); // Its VPC, zone and own subnet do not change.
        this.explanations = explanations;
        askedAt = tempo.nanos() - LONGEST_REST.toNanos();
    }

    /**
     * A subnet that could not give what was asked.
     *
     * @param times how often in a row
     * @param left how many it may be asked for until it has rested; then it is asked for a few, and
     *     when it gives them nothing is known of it
     * @param rested in the time of {@link Tempo#instant}
     */
    private record Refused(int times, int left, Instant rested) {}

    /**
     * Asks EC2 how much room there is, unless it was asked within {@code age} or may not be asked.
     *
     * @return whether it answered
     */
    public boolean refresh(Duration age) throws InterruptedException {
        synchronized (this) {
            long elapsed = tempo.nanos() - askedAt;
            Duration rest = denied ? DENIED_REST : age;
            boolean any = instance.settings().subnetDiscovery() || wanted;
            if (!any || elapsed < rest.toNanos()) {
                return false;
            }
            askedAt = tempo.nanos();
            asked = true;
        }
        try {
            List<ObservedSubnet> shown =
                    retry.repeatable(() ->
                            ec2.subnets(instance.identity().vpc(), instance.identity().zone()));
            learn(shown);
            denied = false;
            note(null);
            if (current.learn(shown)) {
                exclusionListener.run();
            }
            return true;
        } catch (Ec2Exception e) {
            forget();
            if (e.failure() instanceof Ec2Failure.Denied(String permission)) {
                if (!denied) {
                    explanations.add(
                            "make interfaces in the node's own subnet only",
                            "subnets cannot be listed without " + permission);
                }
                denied = true;
            } else {
                explanations.add("go on without a list of subnets", String.valueOf(e.getMessage()));
                note(e);
            }
            return false;
        }
    }

    /**
     * Tells whether what tags say should be looked at before an interface is made, because that was
     * done longer than {@code age} ago.
     */
    synchronized boolean isOlder(Duration age) {
        boolean decide =
                wanted
                        || (instance.settings().subnetDiscovery()
                                && !instance.addressing().customNetworking());
        Duration rest = denied ? DENIED_REST : age;
        return asked && decide && tempo.nanos() - askedAt >= rest.toNanos();
    }

    /** Tells whether tags keep pods from a subnet, as far as that is known. */
    synchronized boolean isAnyExcluded() {
        return current.instance().excludesAny() || candidates().isEmpty();
    }

    /** Calls {@code listener} when tags keep pods from another subnet than before. */
    public void onExclusion(Runnable listener) {
        exclusionListener = listener;
    }

    /** Returns why {@link #refresh} last got no answer; null if it did, or may do without. */
    public synchronized @Nullable Ec2Exception problem() {
        return problem;
    }

    /**
     * Returns which subnets interfaces may be made in, the roomiest first. Where no other is known
     * that may have some, it is the node's own, unless EC2 shows that its tags forbid it.
     */
    public synchronized List<SubnetId> candidates() {
        return usable.isEmpty() && !ownShown
                ? List.of(instance.identity().subnet())
                : usable.stream().map(ObservedSubnet::id).toList();
    }

    /**
     * Returns the subnets in the node's zone, whatever their tags say, the roomiest first; null
     * where EC2 has not said. From the first question on it is asked.
     */
    synchronized @Nullable List<ObservedSubnet> inZone() {
        wanted = true;
        List<ObservedSubnet> shown = inZone;
        if (shown == null) {
            return null;
        }
        // What was given since counts: the list may be as old as a minute.
        Comparator<ObservedSubnet> byRoom =
                Comparator.comparingInt(
                        subnet -> described.getOrDefault(subnet.id(), subnet.availableAddresses()));
        return shown.stream().sorted(byRoom.reversed()).toList();
    }

    /** Tells whether somebody wants to know the subnets in the node's zone, and nobody does. */
    synchronized boolean isAwaited() {
        return wanted && inZone == null;
    }

    /** Returns why EC2 has not said, as the end of a sentence. */
    synchronized String silence() {
        if (denied) {
            return ": let the node's role use ec2:DescribeSubnets";
        }
        return problem == null ? "" : ": " + problem.getMessage();
    }

    /** Returns what each subnet can give at {@code now}; one that is missing has enough. */
    public synchronized SortedMap<SubnetId, SubnetRoom> rooms(Instant now) {
        var rooms = new TreeMap<SubnetId, SubnetRoom>();
        described.keySet().forEach(id -> rooms.put(id, room(id, now)));
        refusals.keySet().forEach(id -> rooms.put(id, room(id, now)));
        fragmented.keySet().forEach(id -> rooms.put(id, room(id, now)));
        return rooms;
    }

    /**
     * Notes that {@code subnet} has no whole prefix left, or not so many as were asked for.
     *
     * @param asked how many prefixes
     */
    synchronized void fragmented(SubnetId subnet, int asked) {
        Instant now = tempo.instant();
        Refused before = fragmented.get(subnet);
        int times = before == null ? 1 : before.times;
        if (before != null && !now.isBefore(before.rested)) {
            times++;
        }
        Instant rested = now.plus(retry.after(times, FIRST_REST, LONGEST_PREFIX_REST));
        fragmented.put(subnet, new Refused(times, asked / 2, rested));
    }

    /** Tells whether a subnet had no whole prefix, or too few, when it was asked last. */
    synchronized boolean isFragmented() {
        return !fragmented.isEmpty();
    }

    /**
     * Notes that {@code subnet} could not give what was asked.
     *
     * @param besides single addresses that were asked for, too
     */
    synchronized void refused(SubnetId subnet, BlockKind kind, int count, int besides) {
        int asked = addresses(kind, count) + besides;
        Instant now = tempo.instant();
        Refused before = refusals.get(subnet);
        int times = before == null ? 1 : before.times;
        if (before != null && !now.isBefore(before.rested)) {
            times++; // Smaller and smaller requests in one go are one refusal.
        }
        // Half of what was too much may not be; and below one, others have to give some back.
        int left = asked / 2;
        Instant rested = now.plus(retry.after(times, FIRST_REST, LONGEST_REST));
        refusals.put(subnet, new Refused(times, left, rested));
        // It said more than there is: where subnets can be described, they are before the next try.
        described.computeIfPresent(subnet, (_, said) -> Math.min(said, left));
    }

    private int addresses(BlockKind kind, int count) {
        return instance.family() == IpFamily.IPV6 ? 0 : (int) kind.size(IpFamily.IPV4) * count;
    }

    /**
     * Notes that {@code subnet} gave what was asked.
     *
     * @param besides single addresses that it gave, too
     */
    synchronized void gave(SubnetId subnet, BlockKind kind, int blocks, int besides) {
        int count = addresses(kind, blocks) + besides;
        if (kind == BlockKind.PREFIX) {
            fragmented.remove(subnet);
        }
        described.computeIfPresent(subnet, (_, left) -> Math.max(0, left - count));
        Refused refused = refusals.get(subnet);
        if (refused != null && tempo.instant().isBefore(refused.rested)) {
            int left = Math.max(0, refused.left - count);
            refusals.put(subnet, new Refused(1, left, refused.rested));
        } else {
            refusals.remove(subnet);
        }
    }

    /** What was said once is no reason not to ask a subnet itself. */
    private synchronized void forget() {
        described.clear();
    }

    private synchronized void note(@Nullable Ec2Exception found) {
        problem = found;
    }

    private synchronized void learn(List<ObservedSubnet> shown) {
        ownShown = shown.stream().anyMatch(this::isOwn);
        inZone =
                shown.stream()
                        .sorted(
                                Comparator.comparingInt(ObservedSubnet::availableAddresses)
                                        .reversed())
                        .toList();
        usable = inZone.stream().filter(this::isUsable).toList();
        // What is left of IPv4 says nothing of IPv6, of which there is always enough.
        if (instance.family() == IpFamily.IPV4) {
            shown.forEach(subnet -> described.put(subnet.id(), subnet.availableAddresses()));
        }
    }

    private SubnetRoom room(SubnetId id, Instant now) {
        Refused refused = refusals.get(id);
        Integer said = described.get(id);
        Refused broken = fragmented.get(id);
        Instant whole = null;
        int prefixes = Integer.MAX_VALUE;
        if (broken != null) {
            boolean rests = now.isBefore(broken.rested);
            whole = rests && broken.left == 0 ? broken.rested : null;
            prefixes = rests ? broken.left : FIRST_PREFIX_AGAIN;
        }
        int most = Integer.MAX_VALUE;
        if (refused != null && now.isBefore(refused.rested)) {
            if (refused.left == 0) {
                return new SubnetRoom(0, refused.rested, prefixes, whole);
            }
            most = refused.left;
        } else if (refused != null && said == null) {
            most = FIRST_AGAIN;
        }
        return new SubnetRoom(said == null ? most : Math.min(said, most), null, prefixes, whole);
    }

    private boolean isUsable(ObservedSubnet subnet) {
        return SubnetTags.admit(subnet, isOwn(subnet), instance.settings().clusterName());
    }

    private boolean isOwn(ObservedSubnet subnet) {
        return subnet.id().equals(instance.identity().subnet());
    }
}
