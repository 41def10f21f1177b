package dev.vpccni.node.eni;

import dev.vpccni.ipam.ledger.Block;
import dev.vpccni.ipam.ledger.BlockStage;
import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.ipam.ledger.HeldInterface;
import dev.vpccni.ipam.ledger.Ledger;
import dev.vpccni.ipam.reconcile.Reconciler;
import dev.vpccni.model.BlockKind;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.IpFamily;
import dev.vpccni.node.ledger.LedgerKeeper;
import dev.vpccni.node.port.Ec2;
import dev.vpccni.node.port.Ec2Exception;
import dev.vpccni.node.port.Ec2Failure;
import dev.vpccni.node.port.Tempo;
import dev.vpccni.node.work.Retry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Asks EC2 for more addresses or prefixes on an interface, and gives them back. The ledger holds
 * the beginning of each before this is called, and its end when it is certain; whatever goes wrong
 * in between, {@link #finish} and {@link #giveBack} may be called again.
 */
public final class Addresses {

    private static final Duration LOOK_AGAIN = Duration.ofSeconds(2);

    private final Ec2 ec2;
    private final IpFamily family;
    private final LedgerKeeper keeper;
    private final Tempo tempo;
    private final Retry retry;
    private final Set<Cidr> givenMeanwhile = ConcurrentHashMap.newKeySet();

    /**
     * @param family of the blocks
     * @param retry how EC2 is asked again
     */
    public Addresses(Ec2 ec2, IpFamily family, LedgerKeeper keeper, Tempo tempo, Retry retry) {
        this.ec2 = ec2;
        this.family = family;
        this.keeper = keeper;
        this.tempo = tempo;
        this.retry = retry;
    }

    /**
     * Gets {@code count} more blocks for {@code id}.
     *
     * @throws Ec2Exception if EC2 gave none; where it may have all the same, the ledger keeps the
     *     beginning
     * @throws IOException if what came could not be made durable
     */
    public void acquire(InterfaceId id, BlockKind kind, int count)
            throws Ec2Exception, IOException, InterruptedException {
        List<Cidr> given;
        try {
            given = retry.once(() -> ec2.assign(id, family, kind, count));
        } catch (Ec2Exception e) {
            if (e.mayHaveHappened()) {
                finish(id); // Asking again might get twice as many.
                return;
            }
            keeper.apply(new Command.EndAssign(id, count));
            throw e;
        }
        noteGivenMeanwhile(id, given);
        List<Command> commands = ProvenReleases.by(keeper.ledger(), id, given);
        commands.add(new Command.AddBlocks(id, given));
        commands.add(new Command.EndAssign(id, count));
        keeper.apply(commands);
    }

    /**
     * Ends an assignment of which nobody knows what came: looks which blocks EC2 shows that are
     * new, until all are there or EC2's answers must have caught up.
     *
     * @throws Ec2Exception if EC2 cannot be asked; the ledger keeps the beginning
     */
    public void finish(InterfaceId id) throws Ec2Exception, IOException, InterruptedException {
        long settled = tempo.nanos() + Reconciler.SETTLING.toNanos();
        while (true) {
            List<Cidr> fresh;
            try {
                fresh = fresh(shown(id));
            } catch (Ec2Exception e) {
                if (!(e.failure() instanceof Ec2Failure.Gone)) {
                    throw e;
                }
                fresh = List.of();
                settled = tempo.nanos();
            }
            boolean last = tempo.nanos() >= settled;
            HeldInterface held = keeper.ledger().find(id);
            int awaited = held == null ? 0 : held.arriving().count();
            int came = held == null ? 0 : count(fresh, held.arriving().kind());
            arrived(id, fresh, last ? awaited : Math.min(awaited, came));
            if (last || came >= awaited) {
                return;
            }
            tempo.pause(LOOK_AGAIN);
        }
    }

    private static int count(List<Cidr> blocks, BlockKind kind) {
        return (int) blocks.stream().filter(block -> BlockKind.of(block) == kind).count();
    }

    /** One batch: a block that has arrived is not on its way any more. */
    private void arrived(InterfaceId id, List<Cidr> blocks, int ended)
            throws IOException, InterruptedException {
        List<Command> commands = new ArrayList<>();
        if (!blocks.isEmpty()) {
            commands.add(new Command.AddBlocks(id, blocks));
        }
        commands.add(new Command.EndAssign(id, ended));
        keeper.apply(commands);
    }

    private List<Cidr> fresh(List<Cidr> shown) {
        Ledger ledger = keeper.ledger();
        List<Cidr> fresh = new ArrayList<>();
        for (Cidr block : shown) {
            if (ledger.home(block) == null && !ledger.hasLeft(block, tempo.instant())) {
                fresh.add(block);
            }
        }
        return fresh;
    }

    /**
     * Gives blocks of {@code id} back. Where EC2 leaves open whether it took them they stay on
     * their way, and this may be called again.
     *
     * @param begunJustNow whether nobody can have tried before, so that EC2's refusal means that
     *     nothing happened, and they may serve on
     * @throws Ec2Exception if EC2 did not take them, or may not have
     */
    public void giveBack(InterfaceId id, List<Cidr> blocks, boolean begunJustNow)
            throws Ec2Exception, IOException, InterruptedException {
        for (BlockKind kind : BlockKind.values()) {
            List<Cidr> some = blocks.stream().filter(b -> BlockKind.of(b) == kind).toList();
            if (!some.isEmpty()) {
                giveBackTogether(id, some, begunJustNow);
            }
        }
    }

    /** One request takes blocks of one kind. */
    private void giveBackTogether(InterfaceId id, List<Cidr> blocks, boolean begunJustNow)
            throws Ec2Exception, IOException, InterruptedException {
        try {
            retry.repeatable(() -> ec2.unassign(id, blocks));
        } catch (Ec2Exception e) {
            switch (e.failure()) {
                case Ec2Failure.Gone _ -> {
                    // With the interface its addresses went.
                }
                case Ec2Failure.Rejected _ -> {
                    giveBackWhatIsThere(id, blocks, e);
                    return;
                }
                default -> {
                    boolean nothingHappened = begunJustNow && !e.mayHaveHappened();
                    if (e.failure() instanceof Ec2Failure.Denied && nothingHappened) {
                        keeper.apply(new Command.CancelRelease(id, blocks));
                    }
                    throw e;
                }
            }
        }
        confirm(id, blocks);
    }

    /** One that is gone already is enough for EC2 to take none of them. */
    private void giveBackWhatIsThere(InterfaceId id, List<Cidr> blocks, Ec2Exception refusal)
            throws Ec2Exception, IOException, InterruptedException {
        var there = new TreeSet<>(blocks);
        there.retainAll(shown(id));
        List<Cidr> gone = blocks.stream().filter(b -> !there.contains(b)).toList();
        if (gone.isEmpty()) {
            throw refusal; // What EC2 shows is older than what it does.
        }
        confirm(id, gone);
        if (!there.isEmpty()) {
            giveBackTogether(id, List.copyOf(there), false);
        }
    }

    /**
     * EC2 gives an address again as soon as it has taken it, maybe before its answer to that is
     * here.
     */
    private void noteGivenMeanwhile(InterfaceId id, List<Cidr> given) {
        HeldInterface held = keeper.ledger().find(id);
        for (Block block : held == null ? List.<Block>of() : held.blocks()) {
            if (block.stage() == BlockStage.LEAVING && given.contains(block.cidr())) {
                givenMeanwhile.add(block.cidr());
            }
        }
    }

    /** Nobody knows what EC2 did last with what it gave meanwhile, until its answers say so. */
    private void confirm(InterfaceId id, List<Cidr> blocks)
            throws Ec2Exception, IOException, InterruptedException {
        keeper.apply(new Command.ConfirmReleased(id, blocks));
        List<Cidr> again = blocks.stream().filter(givenMeanwhile::remove).toList();
        if (!again.isEmpty()) {
            tempo.pause(Reconciler.SETTLING);
            List<Cidr> shown = shown(id);
            List<Cidr> there = again.stream().filter(shown::contains).toList();
            keeper.apply(new Command.AddBlocks(id, there));
        }
    }

    private List<Cidr> shown(InterfaceId id) throws Ec2Exception, InterruptedException {
        return retry.repeatable(() -> ec2.describe(List.of(id))).getFirst().blocks(family);
    }
}
