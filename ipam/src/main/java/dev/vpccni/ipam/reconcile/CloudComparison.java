package dev.vpccni.ipam.reconcile;

import dev.vpccni.ipam.ledger.AddressUse;
import dev.vpccni.ipam.ledger.Checkpoint;
import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.ipam.ledger.HeldInterface;
import dev.vpccni.ipam.ledger.InterfaceFacts;
import dev.vpccni.ipam.ledger.InterfaceStage;
import dev.vpccni.ipam.ledger.Ledger;
import dev.vpccni.ipam.ledger.Slot;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.Ipv4Address;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** One comparison of the ledger's interfaces and addresses with EC2, metadata and kernel. */
final class CloudComparison {

    /** How far EC2's answers may lag behind what EC2 did. */
    private static final Duration SETTLING = Duration.ofSeconds(10);

    private final Ledger ledger;
    private final Observation observed;
    private final Suspicions before;
    private final Instant now;
    private final List<Command> commands = new ArrayList<>();
    private final List<SeenInterface> adopt = new ArrayList<>();
    private final List<String> findings = new ArrayList<>();
    private final SortedMap<Ipv4Address, Instant> missingAddresses = new TreeMap<>();
    private final SortedMap<InterfaceId, Instant> missingInterfaces = new TreeMap<>();
    private boolean askEc2;

    CloudComparison(Ledger ledger, Observation observed, Suspicions before, Instant now) {
        this.ledger = ledger;
        this.observed = observed;
        this.before = before;
        this.now = now;
    }

    Corrections corrections() {
        if (observed.ec2() == null) {
            missingAddresses.putAll(before.addresses());
            missingInterfaces.putAll(before.interfaces());
            takeHints();
        } else {
            compare(byId(observed.ec2()));
        }
        return new Corrections(
                commands,
                adopt,
                findings,
                askEc2,
                new Suspicions(missingAddresses, missingInterfaces));
    }

    private void compare(SortedMap<InterfaceId, SeenInterface> ec2) {
        for (HeldInterface held : ledger.interfaces()) {
            SeenInterface seen = ec2.get(held.id());
            if (seen == null) {
                missing(held);
            } else if (held.stage() != InterfaceStage.LEAVING) {
                present(held, seen);
            }
        }
        for (SeenInterface seen : ec2.values()) {
            if (ledger.find(seen.facts().id()) == null && !beingMade(seen.facts())) {
                adopt.add(seen);
            }
        }
    }

    private void missing(HeldInterface held) {
        boolean link = observed.kernel().links().contains(held.facts().mac());
        if (held.stage() == InterfaceStage.LEAVING) {
            if (!link) {
                commands.add(new Command.ConfirmRemoved(held.id()));
            }
            return;
        }
        if (link && observed.at().isBefore(held.since().plus(SETTLING))) {
            return;
        }
        Instant since = firstMissed(before.interfaces().get(held.id()));
        if (held.stage() == InterfaceStage.SERVING) {
            commands.add(new Command.Suspend(held.id()));
        }
        if (!link && graceIsOver(since)) {
            commands.add(new Command.ForgetInterface(held.id()));
            findings.add("interface " + held.id() + " is gone, though nobody here removed it");
        } else {
            missingInterfaces.put(held.id(), since);
            findings.add("interface " + held.id() + " is not shown by EC2 since " + since);
        }
    }

    private void present(HeldInterface held, SeenInterface seen) {
        boolean link = observed.kernel().links().contains(held.facts().mac());
        if (held.stage() == InterfaceStage.SUSPENDED && link) {
            commands.add(new Command.Confirm(held.id()));
        } else if (held.stage() == InterfaceStage.SERVING && !link) {
            commands.add(new Command.Suspend(held.id()));
            findings.add("the kernel has no link for interface " + held.id());
        }
        update(held, seen.facts());
        var shown = new TreeSet<>(seen.addresses());
        adoptAddresses(held, seen);
        for (Slot slot : held.slots()) {
            if (shown.contains(slot.address())) {
                found(held, slot);
            } else {
                missing(held, slot);
            }
        }
    }

    /** Attachment and role are not known before EC2 was asked, and stay the same after. */
    private void update(HeldInterface held, InterfaceFacts seen) {
        InterfaceFacts known = held.facts();
        boolean differs =
                seen.role() != known.role()
                        || (seen.attachment() != null
                                && !seen.attachment().equals(known.attachment()));
        if (differs) {
            commands.add(new Command.Describe(seen));
        }
    }

    private void adoptAddresses(HeldInterface held, SeenInterface seen) {
        var fresh = new ArrayList<Ipv4Address>();
        for (Ipv4Address address : seen.addresses()) {
            HeldInterface home = ledger.home(address);
            if (home != null && !home.id().equals(held.id())) {
                findings.add(
                        address + " is on " + home.id() + " here and on " + held.id() + " in EC2");
            } else if (home == null && !(ledger.use(address) instanceof AddressUse.Gone)) {
                // What was given back a moment ago, EC2 may go on to show for a while.
                fresh.add(address);
            }
        }
        if (!fresh.isEmpty() && held.arriving() == 0) {
            commands.add(new Command.AddAddresses(held.id(), fresh));
        }
    }

    private void found(HeldInterface held, Slot slot) {
        if (slot.use() instanceof AddressUse.Doubted) {
            commands.add(new Command.Trust(held.id(), List.of(slot.address())));
        }
    }

    private void missing(HeldInterface held, Slot slot) {
        Ipv4Address address = slot.address();
        Instant since = firstMissed(before.addresses().get(address));
        boolean live = observed.kernel().live().contains(address);
        switch (slot.use()) {
            case AddressUse.Assigned _, AddressUse.Held _ -> {
                missingAddresses.put(address, since);
                findings.add(address + " is in use, and EC2 does not show it on " + held.id());
            }
            case AddressUse.Idle _ -> {
                // EC2's answer may be older than the address.
                if (!live && !observed.at().isBefore(held.grown().plus(SETTLING))) {
                    commands.add(new Command.Doubt(held.id(), List.of(address)));
                    missingAddresses.put(address, since);
                }
            }
            case AddressUse.Doubted _ -> {
                if (!live && graceIsOver(since)) {
                    commands.add(new Command.ForgetAddress(held.id(), address));
                    findings.add(address + " is gone from " + held.id() + " without our doing");
                } else {
                    missingAddresses.put(address, since);
                }
            }
            case AddressUse.Leaving _, AddressUse.Gone _ -> {}
        }
    }

    private void takeHints() {
        for (HeldInterface held : ledger.interfaces()) {
            boolean link = observed.kernel().links().contains(held.facts().mac());
            if (held.stage() == InterfaceStage.SERVING && !link) {
                commands.add(new Command.Suspend(held.id()));
                findings.add("the kernel has no link for interface " + held.id());
            }
            askEc2 |= held.stage() == InterfaceStage.SUSPENDED || !link;
        }
        askEc2 |= !missingAddresses.isEmpty();
        if (observed.metadata() != null) {
            SortedMap<InterfaceId, SeenInterface> metadata = byId(observed.metadata());
            askEc2 |= metadata.values().stream().anyMatch(this::isNews);
            askEc2 |=
                    ledger.interfaces().stream()
                            .anyMatch(held ->
                                    held.stage() == InterfaceStage.SERVING
                                            && !metadata.containsKey(held.id()));
        }
    }

    private boolean isNews(SeenInterface seen) {
        HeldInterface held = ledger.find(seen.facts().id());
        if (held == null) {
            return !beingMade(seen.facts());
        }
        if (held.stage() == InterfaceStage.LEAVING || held.arriving() > 0) {
            return false;
        }
        var known = new TreeSet<Ipv4Address>();
        for (Slot slot : held.slots()) {
            if (!(slot.use() instanceof AddressUse.Leaving)) {
                known.add(slot.address());
            }
        }
        return !known.equals(new TreeSet<>(seen.addresses()));
    }

    private boolean beingMade(InterfaceFacts facts) {
        for (Checkpoint.Intent.Create create : ledger.creates()) {
            if (facts.id().equals(create.id()) || facts.device() == create.device()) {
                return true;
            }
        }
        return false;
    }

    private Instant firstMissed(@Nullable Instant known) {
        return known == null || known.isAfter(now) ? now : known;
    }

    private boolean graceIsOver(Instant since) {
        return !now.isBefore(since.plus(Reconciler.GRACE));
    }

    private static SortedMap<InterfaceId, SeenInterface> byId(List<SeenInterface> seen) {
        var byId = new TreeMap<InterfaceId, SeenInterface>();
        seen.forEach(one -> byId.put(one.facts().id(), one));
        return byId;
    }
}
