package dev.vpccni.ipam.reconcile;

import dev.vpccni.ipam.ledger.AddressUse;
import dev.vpccni.ipam.ledger.Block;
import dev.vpccni.ipam.ledger.BlockStage;
import dev.vpccni.ipam.ledger.Checkpoint;
import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.ipam.ledger.HeldInterface;
import dev.vpccni.ipam.ledger.InterfaceFacts;
import dev.vpccni.ipam.ledger.InterfaceStage;
import dev.vpccni.ipam.ledger.Ledger;
import dev.vpccni.ipam.ledger.Slot;
import dev.vpccni.model.BlockKind;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.InterfaceId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** One comparison of the ledger's interfaces and addresses with EC2, metadata and kernel. */
final class CloudComparison {

    private final Ledger ledger;
    private final Observation observed;
    private final Suspicions before;
    private final Instant now;
    private final List<Command> commands = new ArrayList<>();
    private final List<SeenInterface> serve = new ArrayList<>();
    private final List<String> findings = new ArrayList<>();
    private final SortedMap<Cidr, Instant> missingBlocks = new TreeMap<>();
    private final SortedMap<InterfaceId, Instant> missingInterfaces = new TreeMap<>();
    private final SortedMap<Cidr, Instant> newcomers = new TreeMap<>();
    private final SortedMap<InterfaceId, Integer> misplaced = new TreeMap<>();
    private boolean askEc2;
    private boolean askAgain;

    CloudComparison(Ledger ledger, Observation observed, Suspicions before, Instant now) {
        this.ledger = ledger;
        this.observed = observed;
        this.before = before;
        this.now = now;
    }

    /** Returns what follows from it; of grants and pods it says nothing. */
    Corrections corrections() {
        if (observed.ec2() == null) {
            missingBlocks.putAll(before.blocks());
            missingInterfaces.putAll(before.interfaces());
            newcomers.putAll(before.newcomers());
            lookAtLinks();
        } else {
            compare(byId(observed.ec2()));
        }
        return new Corrections(
                commands,
                serve,
                List.of(),
                findings,
                askEc2,
                askAgain,
                misplaced,
                new Suspicions(missingBlocks, missingInterfaces, newcomers, new TreeMap<>()));
    }

    private void compare(SortedMap<InterfaceId, SeenInterface> ec2) {
        for (HeldInterface held : ledger.interfaces()) {
            SeenInterface seen = ec2.get(held.id());
            if (held.stage() == InterfaceStage.LEAVING) {
                continue; // Whoever removes it knows more.
            }
            if (seen == null) {
                missing(held);
            } else {
                present(held, seen);
            }
        }
        for (SeenInterface seen : ec2.values()) {
            InterfaceId id = seen.facts().id();
            if (ledger.find(id) == null && !isBeingMade(id) && !ledger.hasLeft(id, now)) {
                discover(seen);
            }
        }
    }

    /** Nobody here made it: it takes a place at once, and serves when the kernel has it, too. */
    private void discover(SeenInterface seen) {
        var fresh = new ArrayList<Cidr>();
        for (Cidr block : seen.blocks()) {
            if (ledger.home(block) == null && isBelieved(block)) {
                fresh.add(block);
            }
        }
        commands.add(new Command.Discover(seen.facts(), fresh));
        findings.add("interface " + seen.facts().id() + " was attached by somebody else");
        serveIfLinked(new SeenInterface(seen.facts(), fresh));
    }

    private void serveIfLinked(SeenInterface seen) {
        if (!seen.facts().role().managed()) {
            return;
        }
        if (hasLink(seen.facts())) {
            serve.add(seen);
        } else {
            askAgain = true; // The device of an interface follows its attachment.
        }
    }

    private void missing(HeldInterface held) {
        boolean link = hasLink(held.facts());
        boolean settling = observed.at().isBefore(held.since().plus(Reconciler.SETTLING));
        if (settling && (link || isNewer(held))) {
            return;
        }
        Instant since = firstSeen(before.interfaces().get(held.id()));
        if (held.stage() == InterfaceStage.SERVING) {
            commands.add(new Command.Suspend(held.id()));
        }
        if (!link && graceIsOver(since)) {
            commands.add(new Command.ForgetInterface(held.id()));
            findings.add("interface " + held.id() + " is gone, though nobody here removed it");
        } else {
            missingInterfaces.put(held.id(), since);
            findings.add(
                    "interface " + held.id() + " is not shown by EC2 since " + since + pods(held));
        }
    }

    private void present(HeldInterface held, SeenInterface seen) {
        if (held.stage() == InterfaceStage.SUSPENDED) {
            serveIfLinked(new SeenInterface(withAttachment(held, seen), List.of()));
        } else if (!hasLink(held.facts())) {
            suspendUnlinked(held);
        }
        describe(held, seen.facts());
        noteMisplaced(held, seen);
        if (held.arriving().count() == 0) {
            takeNewcomers(held, seen);
        }
        var shown = new TreeSet<>(seen.blocks());
        for (Block block : held.blocks()) {
            if (!shown.contains(block.cidr())) {
                missing(held, block);
            } else if (block.stage() == BlockStage.DOUBTED) {
                commands.add(new Command.Trust(held.id(), List.of(block.cidr())));
            }
        }
    }

    private void suspendUnlinked(HeldInterface held) {
        if (held.facts().role().managed() && !isNewer(held)) {
            commands.add(new Command.Suspend(held.id()));
            findings.add("the kernel has no link for interface " + held.id() + pods(held));
        }
    }

    private static InterfaceFacts withAttachment(HeldInterface held, SeenInterface seen) {
        return held.facts().withAttachment(seen.facts().attachment());
    }

    /** Attachment, role and use are not known for sure before EC2 was asked. */
    private void describe(HeldInterface held, InterfaceFacts seen) {
        InterfaceFacts known = held.facts();
        boolean differs =
                seen.role() != known.role()
                        || seen.usable() != known.usable()
                        || (seen.attachment() != null
                                && !seen.attachment().equals(known.attachment()));
        if (differs) {
            commands.add(new Command.Describe(seen));
        }
    }

    private void noteMisplaced(HeldInterface held, SeenInterface seen) {
        for (Cidr block : seen.blocks()) {
            HeldInterface home = ledger.home(block);
            Block there = home == null ? null : home.find(block);
            if (home != null && there != null && !home.id().equals(held.id())) {
                misplaced.merge(held.id(), 1, Integer::sum);
                // Once it is forgotten there, it serves pods where EC2 has it.
                askAgain |= there.inUse() == 0;
                findings.add(
                        BlockKind.text(block)
                                + " is on "
                                + home.id()
                                + " here and on "
                                + held.id()
                                + " in EC2");
            }
        }
    }

    /** A block that nobody knew is believed in when metadata, or EC2 a while later, agrees. */
    private void takeNewcomers(HeldInterface held, SeenInterface seen) {
        var fresh = new ArrayList<Cidr>();
        for (Cidr block : seen.blocks()) {
            if (ledger.home(block) == null && isBelieved(block)) {
                fresh.add(block);
            }
        }
        if (!fresh.isEmpty()) {
            commands.add(new Command.AddBlocks(held.id(), fresh));
        }
    }

    private boolean isBelieved(Cidr block) {
        if (ledger.hasLeft(block, now)) {
            return false;
        }
        Instant since = firstSeen(before.newcomers().get(block));
        boolean settled = !observed.at().isBefore(since.plus(Reconciler.SETTLING));
        if (settled || observed.metadata().contains(block)) {
            return true;
        }
        newcomers.put(block, since);
        askAgain = true;
        return false;
    }

    private void missing(HeldInterface held, Block block) {
        Cidr cidr = block.cidr();
        Instant since = firstSeen(before.blocks().get(cidr));
        if (block.inUse() > 0) {
            findings.add(inUse(block) + " in use, and EC2 does not show it on " + held.id());
        }
        switch (block.stage()) {
            case SERVING -> {
                // EC2's answer may be older than the block.
                boolean settled = !observed.at().isBefore(held.grown().plus(Reconciler.SETTLING));
                boolean doubted = settled && !isHeldSoon(block);
                if (doubted) {
                    commands.add(new Command.Doubt(held.id(), List.of(cidr)));
                }
                if (doubted || block.inUse() > 0) {
                    missingBlocks.put(cidr, since);
                }
            }
            case DOUBTED -> {
                if (block.inUse() == 0 && !isLive(cidr) && graceIsOver(since)) {
                    commands.add(new Command.ForgetBlock(held.id(), cidr));
                    findings.add(
                            BlockKind.text(cidr)
                                    + " is gone from "
                                    + held.id()
                                    + " without our doing");
                } else {
                    missingBlocks.put(cidr, since);
                }
            }
            case LEAVING -> {}
        }
    }

    private static String inUse(Block block) {
        if (block.cidr().isSingle()) {
            return block.cidr().network() + " is";
        }
        return block.inUse() == 1
                ? "1 address of " + block.cidr() + " is"
                : block.inUse() + " addresses of " + block.cidr() + " are";
    }

    /** Tells whether a pod has the only address of the block, as the ledger is about to learn. */
    private boolean isHeldSoon(Block block) {
        return block.cidr().isSingle() && isLive(block.cidr());
    }

    private boolean isLive(Cidr block) {
        return block.isSingle()
                ? observed.kernel().live().contains(block.network())
                : observed.kernel().live().stream().anyMatch(block::contains);
    }

    private void lookAtLinks() {
        for (HeldInterface held : ledger.interfaces()) {
            boolean link = hasLink(held.facts());
            if (held.stage() == InterfaceStage.SERVING && !link) {
                suspendUnlinked(held);
            }
            askEc2 |= held.stage() == InterfaceStage.SUSPENDED || !link;
        }
        askEc2 |= !missingBlocks.isEmpty() || !newcomers.isEmpty();
    }

    /** Tells whether it joined after the witnesses were asked: then none of them can know it. */
    private boolean isNewer(HeldInterface held) {
        return held.since().isAfter(observed.at());
    }

    private boolean hasLink(InterfaceFacts facts) {
        return observed.kernel().links().contains(facts.mac());
    }

    private boolean isBeingMade(InterfaceId id) {
        for (Checkpoint.Intent.Create create : ledger.creates()) {
            if (id.equals(create.id())) {
                return true;
            }
        }
        return false;
    }

    private Instant firstSeen(@Nullable Instant known) {
        return known == null || known.isAfter(now) ? now : known;
    }

    private boolean graceIsOver(Instant since) {
        return !now.isBefore(since.plus(Reconciler.GRACE));
    }

    /** Names the pods that lose their way with an interface. */
    private static String pods(HeldInterface held) {
        var names = new ArrayList<String>();
        for (Block block : held.blocks()) {
            for (Slot slot : block.slots()) {
                if (slot.use() instanceof AddressUse.Assigned assigned) {
                    names.add(assigned.pod() + " (" + slot.address() + ")");
                }
            }
        }
        return names.isEmpty() ? "" : "; cut off with it: " + String.join(", ", names);
    }

    private static SortedMap<InterfaceId, SeenInterface> byId(List<SeenInterface> seen) {
        var byId = new TreeMap<InterfaceId, SeenInterface>();
        seen.forEach(one -> byId.put(one.facts().id(), one));
        return byId;
    }
}
