package dev.vpccni.ipam.ledger;

import dev.vpccni.model.AttachmentKey;
import dev.vpccni.model.BlockKind;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.collection.OrderedMap;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A ledger in the making: what one command changes, before it becomes the next {@link Ledger}. */
final class Draft {

    final Duration cooldown;
    Instant latest;
    OrderedMap<InterfaceId, HeldInterface> interfaces;
    OrderedMap<AttachmentKey, IpAddress> addresses;
    OrderedMap<Cidr, InterfaceId> homes;
    OrderedMap<IpAddress, AddressUse> unplaced;
    OrderedMap<String, Checkpoint.Intent.Create> creates;
    OrderedMap<InterfaceId, Instant> removals;
    OrderedMap<Cidr, Instant> departedBlocks;
    OrderedMap<InterfaceId, Instant> departed;
    AssignableInterfaces assignable;

    private final Instant now;
    private final @Nullable Ledger origin;

    Draft(Duration cooldown, BlockKind preferred, Instant now) {
        this.cooldown = cooldown;
        this.now = now;
        this.latest = Instant.EPOCH;
        this.interfaces = OrderedMap.empty();
        this.addresses = OrderedMap.empty();
        this.homes = OrderedMap.empty();
        this.unplaced = OrderedMap.empty();
        this.creates = OrderedMap.empty();
        this.removals = OrderedMap.empty();
        this.departedBlocks = OrderedMap.empty();
        this.departed = OrderedMap.empty();
        this.assignable = AssignableInterfaces.none(preferred);
        this.origin = null;
    }

    Draft(Ledger origin, Instant now) {
        this.now = now;
        this.cooldown = origin.cooldown();
        this.latest = origin.latest();
        this.interfaces = origin.interfaceMap();
        this.addresses = origin.addressMap();
        this.homes = origin.homeMap();
        this.unplaced = origin.unplacedMap();
        this.creates = origin.createMap();
        this.removals = origin.removalMap();
        this.departedBlocks = origin.departedBlockMap();
        this.departed = origin.departedMap();
        this.assignable = origin.assignable();
        this.origin = origin;
    }

    boolean changed() {
        return origin == null
                || interfaces != origin.interfaceMap()
                || addresses != origin.addressMap()
                || homes != origin.homeMap()
                || unplaced != origin.unplacedMap()
                || creates != origin.createMap()
                || removals != origin.removalMap()
                || departedBlocks != origin.departedBlockMap()
                || departed != origin.departedMap()
                || assignable.preferred() != origin.preferred();
    }

    @Nullable HeldInterface home(IpAddress address) {
        InterfaceId id = Ledger.homeOf(address, homes);
        return id == null ? null : interfaces.get(id);
    }

    @Nullable AddressUse use(IpAddress address) {
        HeldInterface home = home(address);
        return home == null ? unplaced.get(address) : home.use(address);
    }

    /** Returns the interface that has an address of {@code block}, or null. */
    @Nullable InterfaceId holderOf(Cidr block) {
        InterfaceId around = Ledger.homeOf(block.network(), homes);
        if (around != null || block.isSingle()) {
            return around;
        }
        for (Cidr other : homes.keys()) {
            if (block.contains(other)) {
                return homes.get(other);
            }
        }
        return null;
    }

    void put(HeldInterface held) {
        HeldInterface before = interfaces.get(held.id());
        if (before != null) {
            assignable = assignable.without(before);
        }
        assignable = assignable.with(held, now, cooldown);
        interfaces = interfaces.put(held.id(), held);
    }

    /** Records what becomes of {@code address}, wherever it lies. */
    void setUse(IpAddress address, AddressUse use) {
        setUse(address, home(address), use);
    }

    /** Records what becomes of {@code address}, which lies on {@code home} if on any. */
    void setUse(IpAddress address, @Nullable HeldInterface home, AddressUse use) {
        if (home == null) {
            unplaced = unplaced.put(address, use);
        } else {
            put(home.with(address, use));
        }
    }

    /** Gives up the removal of what has {@code address}, for it turns out to be in use. */
    void keep(IpAddress address) {
        HeldInterface home = home(address);
        Block block = home == null ? null : home.holding(address);
        if (home == null || block == null) {
            return;
        }
        if (block.stage() == BlockStage.LEAVING) {
            put(home.with(block.withStage(BlockStage.SERVING)));
        }
        if (home.stage() == InterfaceStage.LEAVING) {
            HeldInterface kept = Objects.requireNonNull(interfaces.get(home.id()));
            put(kept.withStage(InterfaceStage.SUSPENDED));
            removals = removals.remove(home.id());
        }
    }

    /** Puts {@code cidr} on {@code held}, with the uses that its addresses already had, if any. */
    HeldInterface place(HeldInterface held, Cidr cidr) {
        return place(held, cidr, BlockStage.SERVING);
    }

    private HeldInterface place(HeldInterface held, Cidr cidr, BlockStage stage) {
        Block block = Block.of(cidr).withStage(stage);
        if (cidr.isSingle()) {
            block = taking(block, cidr.network());
        } else {
            for (IpAddress address : unplaced.keys()) {
                block = cidr.contains(address) ? taking(block, address) : block;
            }
        }
        homes = homes.put(cidr, held.id());
        departedBlocks = departedBlocks.remove(cidr);
        HeldInterface more = held.with(block);
        put(more);
        return more;
    }

    /**
     * Takes off {@code held} what lies in {@code cidr}, for {@link #place} to take it in with its
     * uses: EC2 has it no longer by itself. Whatever lies on another interface stays where its pods
     * are led, and {@code cidr} cannot be placed.
     */
    HeldInterface absorb(HeldInterface held, Cidr cidr) {
        HeldInterface fewer = held;
        for (Block block : held.blocks()) {
            boolean part = cidr.contains(block.cidr()) && !cidr.equals(block.cidr());
            fewer = part ? fewer.without(block.cidr()) : fewer;
        }
        if (fewer == held || isElsewhere(cidr, held.id())) {
            return held;
        }
        for (Block block : held.blocks()) {
            if (fewer.find(block.cidr()) == null) {
                displace(block);
            }
        }
        put(fewer);
        return fewer;
    }

    /**
     * Lets {@code address}, which EC2 has given to {@code to} by itself, out of the doubted prefix
     * that it lies in: of that one stays what pods have, each address by itself, as doubtful as the
     * prefix was. A pod that has {@code address} by another interface keeps it there.
     */
    void letOut(IpAddress address, InterfaceId to) {
        HeldInterface home = home(address);
        Block around = home == null ? null : home.holding(address);
        if (home == null
                || around == null
                || around.cidr().isSingle()
                || around.stage() != BlockStage.DOUBTED
                || home.size() + around.inUse() > Ledger.INTERFACE_BLOCKS_MAX
                || (around.use(address).inUse() && !home.id().equals(to))) {
            return;
        }
        displace(around);
        HeldInterface fewer = home.without(around.cidr());
        put(fewer);
        for (Slot slot : around.slots()) {
            if (slot.use().inUse() && !slot.address().equals(address)) {
                fewer = place(fewer, slot.address().only(), BlockStage.DOUBTED);
            }
        }
    }

    private boolean isElsewhere(Cidr cidr, InterfaceId id) {
        for (Cidr other : homes.keys()) {
            if (cidr.contains(other) && !id.equals(homes.get(other))) {
                return true;
            }
        }
        return false;
    }

    private Block taking(Block block, IpAddress address) {
        AddressUse known = unplaced.get(address);
        unplaced = unplaced.remove(address);
        return known == null ? block : block.with(address, known);
    }

    /** Takes {@code block} off its interface; its uses are remembered as long as they matter. */
    void displace(Block block) {
        homes = homes.remove(block.cidr());
        for (Slot slot : block.slots()) {
            if (!Block.isFree(slot.use(), now, cooldown)) {
                unplaced = unplaced.put(slot.address(), slot.use());
            }
        }
    }

    /** Returns where the next address comes from, or null if none is free. */
    AssignableInterfaces.@Nullable Opening opening() {
        assignable = assignable.at(now, cooldown);
        return assignable.first();
    }

    /** Lets the next address come from blocks of {@code kind}, if there are any. */
    Outcome prefer(BlockKind kind) {
        if (assignable.preferred() != kind) {
            assignable = AssignableInterfaces.none(kind);
            interfaces.forEach((_, held) -> assignable = assignable.with(held, now, cooldown));
        }
        return new Outcome.Done();
    }

    /** Takes the interface called {@code held.id()} out, as it stands in this draft. */
    void remove(HeldInterface held) {
        assignable = assignable.without(held);
        interfaces = interfaces.remove(held.id());
        removals = removals.remove(held.id());
    }

    /** Drops what is unplaced and has cooled down: nothing depends on it any more. */
    void forgetCooled() {
        OrderedMap<IpAddress, AddressUse> before = unplaced;
        before.forEach((address, use) -> {
            if (Block.isFree(use, now, cooldown)) {
                unplaced = unplaced.remove(address);
            }
        });
        OrderedMap<Cidr, Instant> blocks = departedBlocks;
        blocks.forEach((cidr, since) -> {
            if (Ledger.isForgotten(since, now)) {
                departedBlocks = departedBlocks.remove(cidr);
            }
        });
        OrderedMap<InterfaceId, Instant> left = departed;
        left.forEach((id, since) -> {
            if (Ledger.isForgotten(since, now)) {
                departed = departed.remove(id);
            }
        });
    }

    /** Moves every time that is yet to come to now, for the clock has stepped back. */
    void noLaterThanNow() {
        assignable = AssignableInterfaces.none(assignable.preferred());
        OrderedMap<InterfaceId, HeldInterface> before = interfaces;
        before.forEach((_, held) -> {
            put(held.noLaterThan(now));
        });
        OrderedMap<IpAddress, AddressUse> uses = unplaced;
        uses.forEach((address, use) -> unplaced = unplaced.put(address, use.noLaterThan(now)));
        OrderedMap<Cidr, Instant> blocks = departedBlocks;
        blocks.forEach((cidr, since) -> {
            if (since.isAfter(now)) {
                departedBlocks = departedBlocks.put(cidr, now);
            }
        });
        OrderedMap<InterfaceId, Instant> left = departed;
        left.forEach((id, since) -> {
            if (since.isAfter(now)) {
                departed = departed.put(id, now);
            }
        });
        latest = now;
    }
}
