package dev.vpccni.node.pool;

import dev.vpccni.ipam.scale.SubnetRoom;
import dev.vpccni.model.SubnetId;
import dev.vpccni.node.explanation.Explanations;
import dev.vpccni.node.instance.Instance;
import dev.vpccni.node.port.Ec2;
import dev.vpccni.node.port.Ec2Exception;
import dev.vpccni.node.port.Ec2Failure;
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

    private static final String ROLE_TAG = "kubernetes.io/role/cni";
    private static final String CLUSTER_TAG = "cni.networking.k8s.aws/cluster/";

    /** How long a subnet that is full is left alone at first, and at most. */
    private static final Duration FIRST_REST = Duration.ofSeconds(15);

    private static final Duration LONGEST_REST = Duration.ofMinutes(2);

    /** How long EC2 is not asked for subnets after it was not allowed. */
    private static final Duration DENIED_REST = Duration.ofMinutes(5);

    /** What a subnet that has rested is asked for: enough for an interface with one address. */
    private static final int FIRST_AGAIN = 2;

    private final Ec2 ec2;
    private final Tempo tempo;
    private final Retry retry;
    private final Instance instance;
    private final Explanations explanations;
    private final SortedMap<SubnetId, Integer> described = new TreeMap<>();
    private final SortedMap<SubnetId, Refused> refusals = new TreeMap<>();
    private List<ObservedSubnet> usable = List.of();
    private long askedAt;
    private volatile boolean denied;
    private @Nullable Ec2Exception problem;

    /**
     * @param instance as it was known at the start: its VPC, zone and own subnet do not change
     */
    public Subnets(
            Ec2 ec2, Tempo tempo, Retry retry, Instance instance, Explanations explanations) {
        this.ec2 = ec2;
        this.tempo = tempo;
        this.retry = retry;
        this.instance = instance;
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
     * @return the subnets that exist, which may have interfaces or not
     */
    public List<ObservedSubnet> refresh(Duration age) throws InterruptedException {
        synchronized (this) {
            long elapsed = tempo.nanos() - askedAt;
            Duration rest = denied ? DENIED_REST : age;
            if (!instance.settings().subnetDiscovery() || elapsed < rest.toNanos()) {
                return List.of();
            }
            askedAt = tempo.nanos();
        }
        try {
            List<ObservedSubnet> shown =
                    retry.repeatable(() ->
                            ec2.subnets(instance.identity().vpc(), instance.identity().zone()));
            learn(shown);
            denied = false;
            note(null);
            return shown;
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
            return List.of();
        }
    }

    /** Returns why {@link #refresh} last got no answer; null if it did, or may do without. */
    public synchronized @Nullable Ec2Exception problem() {
        return problem;
    }

    /** Returns the subnet for the next interface: the roomiest that may be asked at {@code now}. */
    public synchronized SubnetId next(Instant now) {
        return usable.stream()
                .map(ObservedSubnet::id)
                .filter(id -> room(id, now).available(now) > 1)
                .findFirst()
                .orElse(instance.identity().subnet());
    }

    /** Returns what each subnet can give at {@code now}; one that is missing has enough. */
    public synchronized SortedMap<SubnetId, SubnetRoom> rooms(Instant now) {
        var rooms = new TreeMap<SubnetId, SubnetRoom>();
        described.keySet().forEach(id -> rooms.put(id, room(id, now)));
        refusals.keySet().forEach(id -> rooms.put(id, room(id, now)));
        return rooms;
    }

    /** Notes that {@code subnet} could not give {@code asked} addresses. */
    synchronized void refused(SubnetId subnet, int asked) {
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

    /** Notes that {@code subnet} gave {@code count} addresses. */
    synchronized void gave(SubnetId subnet, int count) {
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
        usable =
                shown.stream()
                        .filter(this::isUsable)
                        .sorted(
                                Comparator.comparingInt(ObservedSubnet::availableAddresses)
                                        .reversed())
                        .toList();
        shown.forEach(subnet -> described.put(subnet.id(), subnet.availableAddresses()));
    }

    private SubnetRoom room(SubnetId id, Instant now) {
        Refused refused = refusals.get(id);
        Integer said = described.get(id);
        int most = Integer.MAX_VALUE;
        if (refused != null && now.isBefore(refused.rested)) {
            if (refused.left == 0) {
                return new SubnetRoom(0, refused.rested);
            }
            most = refused.left;
        } else if (refused != null && said == null) {
            most = FIRST_AGAIN;
        }
        return new SubnetRoom(said == null ? most : Math.min(said, most), null);
    }

    /** Upstream's rules for tags (spec: subnet selection): an own subnet needs none. */
    private boolean isUsable(ObservedSubnet subnet) {
        String role = subnet.tags().getOrDefault(ROLE_TAG, "");
        boolean own = subnet.id().equals(instance.identity().subnet());
        if (role.isEmpty()) {
            return own;
        }
        String cluster = instance.settings().clusterName();
        List<String> clusters =
                subnet.tags().keySet().stream().filter(k -> k.startsWith(CLUSTER_TAG)).toList();
        return !role.equals("0")
                && (clusters.isEmpty()
                        || cluster.isEmpty()
                        || clusters.contains(CLUSTER_TAG + cluster));
    }
}
