package dev.vpccni.ipam.reconcile;

import static dev.vpccni.ipam.world.Nouns.START;
import static dev.vpccni.ipam.world.Nouns.blocks;
import static dev.vpccni.ipam.world.Nouns.facts;
import static dev.vpccni.ipam.world.Nouns.id;
import static dev.vpccni.ipam.world.Nouns.key;
import static dev.vpccni.ipam.world.Nouns.pod;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.ipam.ledger.BlockStage;
import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.ipam.ledger.HeldInterface;
import dev.vpccni.ipam.ledger.InterfaceStage;
import dev.vpccni.ipam.ledger.Ledger;
import dev.vpccni.ipam.ledger.LedgerInvariants;
import dev.vpccni.ipam.ledger.Outcome;
import dev.vpccni.model.AttachmentKey;
import dev.vpccni.model.BlockKind;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.MacAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A ledger of a primary interface with three addresses and a secondary one with two, and what its
 * witnesses say of it.
 */
final class Witnesses {

    static final Duration COOLDOWN = Duration.ofSeconds(30);

    private static final int LINKS = 4;

    Ledger ledger = Ledger.empty(COOLDOWN, BlockKind.ADDRESS);
    private Suspicions suspicions = Suspicions.NONE;
    private final SortedSet<Integer> linkless = new TreeSet<>();
    private final SortedSet<AttachmentKey> connected = new TreeSet<>();
    private SortedSet<Cidr> metadata = new TreeSet<>();

    Witnesses() {
        apply(new Command.AddInterface(facts(0), blocks(0, 3), null), START);
        apply(new Command.AddInterface(facts(1), blocks(1, 2), null), START);
    }

    /** Takes the link of the interface at device {@code n} away. */
    void unlink(int n) {
        linkless.add(n);
    }

    /** Gives the interface at device {@code n} its link back. */
    void link(int n) {
        linkless.remove(n);
    }

    /** Lets the kernel have the host interface of pod {@code n}, whose route somebody removed. */
    void connect(int n) {
        connected.add(key(n));
    }

    /** Lets metadata show these blocks from now on. */
    void metadata(Collection<Cidr> shown) {
        metadata = new TreeSet<>(shown);
    }

    Suspicions suspicions() {
        return suspicions;
    }

    /** Compares, and carries the corrections out. */
    Corrections reconcile(Instant now, @Nullable List<SeenInterface> ec2, IpAddress... live) {
        Corrections corrections =
                Reconciler.reconcile(ledger, observation(now, ec2, live), suspicions, now);
        corrections.commands().forEach(command -> apply(command, now));
        suspicions = corrections.suspicions();
        return corrections;
    }

    Observation observation(Instant at, @Nullable List<SeenInterface> ec2, IpAddress... live) {
        return new Observation(at, ec2, metadata, kernel(live));
    }

    KernelView kernel(IpAddress... live) {
        var links = new TreeSet<MacAddress>();
        for (int n = 0; n < LINKS; n++) {
            if (!linkless.contains(n)) {
                links.add(facts(n).mac());
            }
        }
        return new KernelView(links, new TreeSet<>(Arrays.asList(live)), connected);
    }

    Outcome apply(Command command, Instant now) {
        var step = ledger.apply(command, now);
        assertThat(LedgerInvariants.violations(ledger, step.ledger(), now)).isEmpty();
        assertThat(step.outcome()).isNotInstanceOf(Outcome.Refused.class);
        ledger = step.ledger();
        return step.outcome();
    }

    IpAddress assign(int n, Instant now) {
        return ((Outcome.Granted) apply(new Command.Assign(key(n), pod(n)), now)).grant().address();
    }

    InterfaceStage stage(int n) {
        return Objects.requireNonNull(ledger.find(id(n))).stage();
    }

    /** Returns where {@code block} stands, or null if it is on no interface. */
    @Nullable BlockStage stage(Cidr block) {
        HeldInterface home = ledger.home(block);
        return home == null ? null : Objects.requireNonNull(home.find(block)).stage();
    }

    /** Returns the interface at device {@code n} with its first {@code count} addresses. */
    static SeenInterface seen(int n, int count) {
        return new SeenInterface(facts(n), blocks(n, count));
    }
}
