package dev.vpccni.node;

import dev.vpccni.ipam.scale.SubnetRoom;
import dev.vpccni.model.SubnetId;
import dev.vpccni.node.port.Ec2;
import dev.vpccni.node.port.Ec2Exception;
import dev.vpccni.node.port.Ec2Failure;
import dev.vpccni.node.port.ObservedSubnet;
import dev.vpccni.node.port.Tempo;
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
final class Subnets {

    private static final String ROLE_TAG = "kubernetes.io/role/cni";
    private static final String CLUSTER_TAG = "cni.networking.k8s.aws/cluster/";

    /** How long a subnet that is full is left alone at first, and at most. */
    private static final Duration FIRST_REST = Duration.ofSeconds(15);

    private static final Duration LONGEST_REST = Duration.ofMinutes(2);

    private final Ec2 ec2;
    private final Tempo tempo;
    private final Retry retry;
    private final Instance instance;
    private final Explanations explanations;
    private final SortedMap<SubnetId, SubnetRoom> rooms = new TreeMap<>();
    private final SortedMap<SubnetId, Integer> refusals = new TreeMap<>();
    private List<ObservedSubnet> usable = List.of();
    private long askedAt;
    private boolean denied;
    private @Nullable Ec2Exception problem;

    Subnets(Ec2 ec2, Tempo tempo, Retry retry, Instance instance, Explanations explanations) {
        this.ec2 = ec2;
        this.tempo = tempo;
        this.retry = retry;
        this.instance = instance;
        this.explanations = explanations;
        askedAt = tempo.nanos() - LONGEST_REST.toNanos();
    }

    /**
     * Asks EC2 how much room there is, unless it was asked within {@code age} or may not be asked.
     *
     * @return the subnets that exist, which may have interfaces or not
     */
    List<ObservedSubnet> refresh(Duration age) throws InterruptedException {
        synchronized (this) {
            long elapsed = tempo.nanos() - askedAt;
            if (denied || !instance.settings().subnetDiscovery() || elapsed < age.toNanos()) {
                return List.of();
            }
            askedAt = tempo.nanos();
        }
        try {
            List<ObservedSubnet> shown =
                    ec2.subnets(instance.identity().vpc(), instance.identity().zone());
            learn(shown);
            note(null);
            return shown;
        } catch (Ec2Exception e) {
            if (e.failure() instanceof Ec2Failure.Denied(String permission)) {
                denied = true;
                explanations.add(
                        "make interfaces in the node's own subnet only",
                        "subnets cannot be listed without " + permission);
            } else {
                explanations.add("go on without a list of subnets", String.valueOf(e.getMessage()));
                note(e);
            }
            return List.of();
        }
    }

    /** Returns why {@link #refresh} last got no answer; null if it did, or may do without. */
    synchronized @Nullable Ec2Exception problem() {
        return problem;
    }

    /** Returns the subnet for the next interface: the roomiest that may be asked at {@code now}. */
    synchronized SubnetId next(Instant now) {
        return usable.stream()
                .map(ObservedSubnet::id)
                .filter(id -> room(id).available(now) > 1)
                .findFirst()
                .orElse(instance.identity().subnet());
    }

    /** Returns what each subnet can give; one that is missing has enough. */
    synchronized SortedMap<SubnetId, SubnetRoom> rooms() {
        return new TreeMap<>(rooms);
    }

    /** Notes that {@code subnet} could not give {@code asked} addresses. */
    synchronized void refused(SubnetId subnet, int asked) {
        int times = refusals.merge(subnet, 1, Integer::sum);
        // Half of what was too much may not be; and below one, others have to give some back.
        int left = asked / 2;
        Instant rested = tempo.instant().plus(retry.after(times, FIRST_REST, LONGEST_REST));
        rooms.put(subnet, new SubnetRoom(left, left > 0 ? null : rested));
    }

    /** Notes that {@code subnet} gave {@code count} addresses. */
    synchronized void gave(SubnetId subnet, int count) {
        refusals.remove(subnet);
        SubnetRoom known = rooms.get(subnet);
        if (known != null) {
            rooms.put(subnet, new SubnetRoom(Math.max(0, known.available() - count), null));
        }
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
        for (ObservedSubnet subnet : shown) {
            SubnetRoom known = room(subnet.id());
            rooms.put(
                    subnet.id(), new SubnetRoom(subnet.availableAddresses(), known.blockedUntil()));
        }
    }

    private SubnetRoom room(SubnetId id) {
        return rooms.getOrDefault(id, SubnetRoom.UNKNOWN);
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
