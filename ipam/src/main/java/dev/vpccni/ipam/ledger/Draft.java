package dev.vpccni.ipam.ledger;

import dev.vpccni.model.AttachmentKey;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.collection.OrderedMap;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A ledger in the making: what one command changes, before it becomes the next {@link Ledger}. */
final class Draft {

    final Duration cooldown;
    Instant latest;
    OrderedMap<InterfaceId, HeldInterface> interfaces;
    OrderedMap<AttachmentKey, Ipv4Address> addresses;
    OrderedMap<Ipv4Address, InterfaceId> homes;
    OrderedMap<Ipv4Address, AddressUse> unplaced;
    OrderedMap<String, Checkpoint.Intent.Create> creates;
    OrderedMap<InterfaceId, Instant> removals;
    OrderedMap<InterfaceId, Instant> departed;
    AssignableInterfaces assignable;

    private final Instant now;
    private final @Nullable Ledger origin;

    Draft(Duration cooldown, Instant now) {
        this.cooldown = cooldown;
        this.now = now;
        this.latest = Instant.EPOCH;
        this.interfaces = OrderedMap.empty();
        this.addresses = OrderedMap.empty();
        this.homes = OrderedMap.empty();
        this.unplaced = OrderedMap.empty();
        this.creates = OrderedMap.empty();
        this.removals = OrderedMap.empty();
        this.departed = OrderedMap.empty();
        this.assignable = AssignableInterfaces.NONE;
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
                || departed != origin.departedMap();
    }

    @Nullable HeldInterface home(Ipv4Address address) {
        InterfaceId id = homes.get(address);
        return id == null ? null : interfaces.get(id);
    }

    @Nullable AddressUse use(Ipv4Address address) {
        HeldInterface home = home(address);
        return home == null ? unplaced.get(address) : home.use(address);
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
    void setUse(Ipv4Address address, AddressUse use) {
        setUse(address, home(address), use);
    }

    /** Records what becomes of {@code address}, which lies on {@code home} if on any. */
    void setUse(Ipv4Address address, @Nullable HeldInterface home, AddressUse use) {
        if (home == null) {
            unplaced = unplaced.put(address, use);
        } else {
            put(home.with(address, use));
        }
    }

    /** Gives up the removal of {@code home}, for it turns out to be in use. */
    void keep(@Nullable HeldInterface home) {
        if (home != null && home.stage() == InterfaceStage.LEAVING) {
            put(home.withStage(InterfaceStage.SUSPENDED));
            removals = removals.remove(home.id());
        }
    }

    /** Puts {@code address} on {@code held}, with the use that it already had, if any. */
    HeldInterface place(HeldInterface held, Ipv4Address address) {
        AddressUse known = unplaced.get(address);
        unplaced = unplaced.remove(address);
        homes = homes.put(address, held.id());
        AddressUse use =
                known == null || known instanceof AddressUse.Gone
                        ? AddressUse.Idle.NEVER_USED
                        : known;
        HeldInterface more = held.with(address, use);
        put(more);
        return more;
    }

    /** Takes {@code address} off its interface; its use is remembered as long as it matters. */
    void displace(HeldInterface held, Ipv4Address address) {
        AddressUse use = held.use(address);
        homes = homes.remove(address);
        boolean cools =
                use instanceof AddressUse.Idle(Instant since)
                        && HeldInterface.cools(since, now, cooldown);
        if (use != null && (use.inUse() || cools)) {
            unplaced = unplaced.put(address, use);
        }
    }

    /** Returns the interface that the next address comes from, or null if none is free. */
    @Nullable HeldInterface opening() {
        assignable = assignable.at(now, cooldown);
        InterfaceId first = assignable.first();
        return first == null ? null : interfaces.get(first);
    }

    /** Takes the interface called {@code held.id()} out, as it stands in this draft. */
    void remove(HeldInterface held) {
        assignable = assignable.without(held);
        interfaces = interfaces.remove(held.id());
        removals = removals.remove(held.id());
    }

    /** Drops what is unplaced and has cooled down: nothing depends on it any more. */
    void forgetCooled() {
        OrderedMap<Ipv4Address, AddressUse> before = unplaced;
        before.forEach((address, use) -> {
            boolean old =
                    use instanceof AddressUse.Gone(Instant since) && Ledger.isForgotten(since, now);
            if (old || HeldInterface.isFree(use, now, cooldown)) {
                unplaced = unplaced.remove(address);
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
        assignable = AssignableInterfaces.NONE;
        OrderedMap<InterfaceId, HeldInterface> before = interfaces;
        before.forEach((_, held) -> {
            put(held.noLaterThan(now));
        });
        OrderedMap<Ipv4Address, AddressUse> uses = unplaced;
        uses.forEach((address, use) -> unplaced = unplaced.put(address, use.noLaterThan(now)));
        OrderedMap<InterfaceId, Instant> left = departed;
        left.forEach((id, since) -> {
            if (since.isAfter(now)) {
                departed = departed.put(id, now);
            }
        });
        latest = now;
    }
}
