package dev.vpccni.simulation;

import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.IpFamily;
import dev.vpccni.node.Node;
import dev.vpccni.node.pool.CardPool;
import dev.vpccni.simulation.host.SimulatedNode;
import dev.vpccni.simulation.workload.SimulatedPod;
import dev.vpccni.vpc.api.EniDescription;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What must be true of nodes that nobody has troubled for a while. Whatever does not hold is thrown
 * as an {@link AssertionError} with the decisions that led to it.
 */
final class RestPromises {

    /** How seldom a node looks for interfaces that hang on nothing. */
    private static final int SWEEP_SECONDS = 3_600;

    private final World world;
    private final IpFamily family;
    private final Stranger stranger;
    private final boolean strange;

    /**
     * @param family of all pods' addresses
     * @param strange whether {@code stranger} has been at work
     */
    RestPromises(World world, IpFamily family, Stranger stranger, boolean strange) {
        this.world = world;
        this.family = family;
        this.stranger = stranger;
        this.strange = strange;
    }

    /** A pod may wait only where the VPC itself has no address for it. */
    void everyPodThatFitsRuns() {
        for (World.Member member : world.members()) {
            List<SimulatedPod> waiting =
                    member.kubelet().pods().stream().filter(pod -> !pod.running()).toList();
            String room = waiting.isEmpty() ? null : roomFor(waiting, member);
            if (room != null) {
                throw new AssertionError(
                        waiting.size()
                                + " pods wait on "
                                + member.node().instance()
                                + " beside "
                                + room
                                + "\n"
                                + world.invariants.decisions());
            }
        }
    }

    /** Who waits for an address on a later card holds those of earlier ones meanwhile. */
    private @Nullable String roomFor(List<SimulatedPod> waiting, World.Member member) {
        boolean every =
                member.node().settings().addressing().everyCard()
                        && waiting.stream().anyMatch(SimulatedPod::everyCard);
        if (every) {
            List<Room> rooms = rooms(member);
            return rooms.stream().anyMatch(room -> room.whatIsLeft() == null)
                    ? null
                    : "on each card " + rooms.getLast().whatIsLeft();
        }
        return waiting.stream().allMatch(SimulatedPod::everyCard)
                ? null
                : rooms(member).getFirst().whatIsLeft();
    }

    /** Returns those of the cards that serve pods. */
    private List<Room> rooms(World.Member member) {
        boolean every = member.node().settings().addressing().everyCard();
        int cards = every ? member.node().type().interfacesPerCard().size() : 1;
        return IntStream.range(0, cards)
                .mapToObj(card -> new Room(world, member, stranger, card))
                .toList();
    }

    /** Nobody asks EC2 for a change that no pod needs. */
    void nothingChangesAnyMore() {
        String more = whatStillChanges();
        // In a full subnet one pool takes what another gives back, one by one; and where prefixes
        // have just run out, attempts are close together at first.
        if (more != null && world.isAnySubnetShort()) {
            more = whatStillChanges();
        }
        if (more != null) {
            throw new AssertionError(more + "\n" + world.invariants.decisions());
        }
    }

    /**
     * Lets ten minutes pass, and returns what is asked of EC2 in them that nobody needs, if any.
     */
    private @Nullable String whatStillChanges() {
        boolean waits =
                world.members().stream()
                        .anyMatch(m -> m.kubelet().running() < m.kubelet().pods().size());
        var before = world.cloud.calls();
        int changes = world.cloud.changes();
        world.pass(600);
        // What somebody else has moved between interfaces lets EC2 refuse what seems to have room.
        int most = strange ? world.members().size() * 10 : 0;
        // Whether a fragmented subnet has a prefix again only an attempt tells, for each card.
        int subnets = world.cloud.roles().all().size();
        for (World.Member member : world.members()) {
            boolean prefixes = member.node().settings().addressing().prefixDelegation();
            most += prefixes ? 4 * subnets * rooms(member).size() : 0;
        }
        return !waits && world.cloud.changes() > changes + most
                ? "calls go on: " + before + ", then " + world.cloud.calls()
                : null;
    }

    /** Where no pod is any more, nodes have what they keep warm, and no interface is lost. */
    void everythingWasGivenBack() {
        List<InterfaceId> lost = lost();
        // Of a card that has no pool any more nobody notices; it is found when all are looked for.
        if (!lost.isEmpty() && lost.stream().allMatch(this::isOfACardWithoutPool)) {
            world.pass(SWEEP_SECONDS);
            lost = lost();
        }
        if (!lost.isEmpty()) {
            throw new AssertionError(lost + " hang on nothing\n" + world.invariants.decisions());
        }
        for (World.Member member : world.members()) {
            if (!member.kubelet().pods().isEmpty()) {
                throw new AssertionError("pods that do not end: " + member.kubelet().pods().size());
            }
            // Of IPv6, what somebody else gave stays.
            boolean gifts = strange && family == IpFamily.IPV6;
            for (Room room : gifts ? List.<Room>of() : rooms(member)) {
                String more = room.whatIsTooMuch();
                if (more != null) {
                    throw new AssertionError(more + "\n" + world.invariants.decisions());
                }
            }
            everyGrantHasEnded(member.node());
        }
    }

    /** Returns interfaces of the nodes' that hang on nothing. */
    private List<InterfaceId> lost() {
        // Nobody sweeps for IPv6 (upstream's rule).
        boolean swept = family == IpFamily.IPV4;
        return world.cloud.interfaces().stream()
                .filter(eni -> eni.attachment() == null)
                .map(EniDescription::id)
                .filter(id -> !stranger.owns(id) && (swept || stranger.forcedAway(id) == null))
                .toList();
    }

    private boolean isOfACardWithoutPool(InterfaceId id) {
        Stranger.Place place = stranger.forcedAway(id);
        return place != null
                && world.members().stream()
                        .anyMatch(m -> m.node() == place.node() && rooms(m).size() <= place.card());
    }

    private void everyGrantHasEnded(SimulatedNode node) {
        Node serving = Objects.requireNonNull(node.serving());
        for (CardPool pool : serving.cards().all()) {
            var grants = pool.keeper().ledger().checkpoint().grants();
            if (!grants.isEmpty()) {
                throw new AssertionError(
                        "nobody has "
                                + grants
                                + " of card "
                                + pool.card()
                                + "\n"
                                + world.invariants.decisions());
            }
        }
    }

    /**
     * Retries of the troubled minutes included: one in a second for each card's pool while nobody
     * can reach EC2, and as many looks at what became of it. A request that is never given up is
     * many more.
     */
    void ec2WasAskedForNoMoreThanPodsNeed() {
        int served = world.members().stream().mapToInt(m -> m.kubelet().served()).sum();
        long minutes = Duration.ofNanos(world.baton.nanos()).toMinutes() * world.members().size();
        long changes = world.cloud.changes();
        long reads = world.cloud.reads();
        int pools = world.members().stream().mapToInt(member -> rooms(member).size()).sum();
        long retries = world.cloud.unreachable().toSeconds() * pools;
        if (changes > 2L * served + 3 * minutes + retries
                || reads > 2L * served + 5 * minutes + retries) {
            throw new AssertionError(
                    "too many calls for "
                            + served
                            + " pods in "
                            + minutes
                            + " minutes of a node: "
                            + world.cloud.calls()
                            + "\n"
                            + world.invariants.decisions());
        }
    }
}
