package dev.vpccni.node.sentinel;

import dev.vpccni.ipam.ledger.HeldInterface;
import dev.vpccni.ipam.ledger.InterfaceRole;
import dev.vpccni.ipam.ledger.InterfaceStage;
import dev.vpccni.model.IpAddress;
import dev.vpccni.node.eni.Interfaces;
import dev.vpccni.node.explanation.Explanations;
import dev.vpccni.node.kernel.NodePreparation;
import dev.vpccni.node.pod.PodRestoration;
import dev.vpccni.node.pool.CardPool;
import dev.vpccni.node.pool.CardPools;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.HostFailure;
import dev.vpccni.node.port.HostNetwork;
import dev.vpccni.node.port.HostNetwork.Part;
import dev.vpccni.node.port.Tempo;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Brings back what others remove from the kernel: rules, routes, addresses, neighbours and what of
 * the packet filter is ours. It hears of a removal from the kernel, compares, and changes what
 * differs; whoever removes the same again and again is given way to, for longer and longer.
 */
public final class Sentinel {

    /** A removal is rarely the only one: what comes in this time is looked at together. */
    static final Duration GATHERING = Duration.ofMillis(100);

    /** The same where the last look was a moment ago, so that nobody keeps this busy. */
    static final Duration GATHERING_LONGER = Duration.ofMillis(500);

    /** Even if nobody tells of anything, everything is compared this often. */
    static final Duration PERIOD = Duration.ofMinutes(5);

    /** After what the kernel refused, or what a verb was about. */
    static final Duration AGAIN = Duration.ofSeconds(1);

    private final HostNetwork host;
    private final NodePreparation preparation;
    private final CardPools cards;
    private final PodRestoration pods;
    private final int mtu;
    private final Explanations explanations;
    private final Tempo tempo;
    private final Repairs repairs;
    private final Set<Part> disturbed = EnumSet.noneOf(Part.class);
    private Duration again = PERIOD;
    private long lastWhole;
    private @Nullable Long lastLook;

    /**
     * @param mtu bytes, of each network interface
     */
    public Sentinel(
            HostNetwork host,
            NodePreparation preparation,
            CardPools cards,
            PodRestoration pods,
            int mtu,
            Explanations explanations,
            Tempo tempo) {
        this.host = host;
        this.preparation = preparation;
        this.cards = cards;
        this.pods = pods;
        this.mtu = mtu;
        this.explanations = explanations;
        this.tempo = tempo;
        repairs = new Repairs(explanations, tempo);
        lastWhole = tempo.nanos();
    }

    /** Something that may have to be brought back; null means that it is not its time. */
    private interface Restoration {
        @Nullable List<String> run() throws HostException, InterruptedException;
    }

    /** Works until it is interrupted. */
    public void run() throws InterruptedException {
        while (true) {
            watch();
        }
    }

    /** Waits for the next disturbance, or until something is due, and looks then. */
    void watch() throws InterruptedException {
        listen(untilDue());
        if (tempo.nanos() - lastWhole >= PERIOD.toNanos()) {
            disturbed.addAll(EnumSet.allOf(Part.class));
        }
        Set<Part> parts = EnumSet.copyOf(disturbed);
        disturbed.clear();
        again = PERIOD;
        for (Part part : parts) {
            look(part);
        }
        lastLook = tempo.nanos();
        if (parts.size() == Part.values().length) {
            lastWhole = tempo.nanos();
        }
    }

    private Duration untilDue() {
        Duration whole = PERIOD.minusNanos(tempo.nanos() - lastWhole);
        Duration due = again.compareTo(whole) < 0 ? again : whole;
        return due.isNegative() ? Duration.ZERO : due;
    }

    private void listen(Duration patience) throws InterruptedException {
        try {
            Set<Part> heard = host.awaitDisturbance(patience);
            if (!heard.isEmpty()) {
                disturbed.addAll(heard);
                tempo.pause(lookedJustNow() ? GATHERING_LONGER : GATHERING);
                disturbed.addAll(host.awaitDisturbance(Duration.ZERO));
            }
        } catch (HostException e) {
            disturbed.addAll(EnumSet.allOf(Part.class));
            repairs.deaf(e);
        }
    }

    private boolean lookedJustNow() {
        return lastLook != null && tempo.nanos() - lastLook < AGAIN.toNanos();
    }

    private void look(Part part) throws InterruptedException {
        switch (part) {
            case ROUTING -> {
                tend(part, "the node's rules", () -> preparation.restore(EnumSet.of(part)));
                for (CardPool pool : cards.all()) {
                    for (HeldInterface held : pool.keeper().ledger().interfaces()) {
                        if (isSetUp(held)) {
                            tend(part, "interface " + held.id(), () -> setUp(held));
                        }
                    }
                }
                for (IpAddress address : lacking()) {
                    tend(part, "the pod with " + address, () -> pods.restore(address));
                }
            }
            case PACKET_FILTER ->
                    tend(part, "the packet filter", () -> preparation.restore(EnumSet.of(part)));
        }
    }

    private Iterable<IpAddress> lacking() throws InterruptedException {
        try {
            return pods.lacking();
        } catch (HostException e) {
            lookAgain(Part.ROUTING, repairs.notCompared("pods", e));
            return List.of();
        }
    }

    private static boolean isSetUp(HeldInterface held) {
        InterfaceRole role = held.facts().role();
        return role.managed()
                && role != InterfaceRole.PRIMARY
                && held.stage() == InterfaceStage.SERVING;
    }

    /** An interface whose link is gone is somebody else's business. */
    private List<String> setUp(HeldInterface held) throws HostException, InterruptedException {
        try {
            return host.setUpInterface(Interfaces.setup(held.facts(), mtu));
        } catch (HostException e) {
            if (e.failure() instanceof HostFailure.NoLink) {
                return List.of();
            }
            throw e;
        }
    }

    private void tend(Part part, String thing, Restoration restoration)
            throws InterruptedException {
        Duration rest = repairs.rest(thing);
        if (rest.isPositive()) {
            lookAgain(part, rest);
            return;
        }
        try {
            List<String> found = restoration.run();
            if (found == null) {
                lookAgain(part, AGAIN);
            } else if (!found.isEmpty()) {
                restored(thing, found);
            }
        } catch (HostException e) {
            lookAgain(part, repairs.refused(thing, e));
        }
    }

    private void restored(String thing, List<String> found) {
        if (lastLook == null) {
            explanations.add(
                    "complete " + thing + ": " + String.join("; ", found),
                    "it was not so when the daemon began to listen");
        } else {
            repairs.restored(thing, found);
        }
    }

    private void lookAgain(Part part, Duration pause) {
        disturbed.add(part);
        again = pause.compareTo(again) < 0 ? pause : again;
    }
}
