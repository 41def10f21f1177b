package dev.vpccni.ipam.ledger;

import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.Ipv4Address;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An interface in a ledger, with what becomes of each of its addresses. Immutable, but for what it
 * works out once.
 */
public final class HeldInterface {

    static final Comparator<HeldInterface> BY_DEVICE =
            Comparator.comparingInt((HeldInterface held) -> held.facts().device())
                    .thenComparing(HeldInterface::id);

    private final InterfaceFacts facts;
    private final InterfaceStage stage;
    private final Instant since;
    private final int arriving;
    private final Instant arrivingSince;
    private final Instant grown;
    private final Slot[] slots; // by address
    private final int inUse;
    private final int leaving;
    private final int doubted;
    private final Instant longestIdle; // Instant.MAX if none is idle
    private @Nullable SavedInterface saved;
    private Checkpoint.@Nullable Interface entry;

    private HeldInterface(
            InterfaceFacts facts,
            InterfaceStage stage,
            Instant since,
            int arriving,
            Instant arrivingSince,
            Instant grown,
            Slot[] slots) {
        this.facts = facts;
        this.stage = stage;
        this.since = since;
        this.arriving = arriving;
        this.arrivingSince = arrivingSince;
        this.grown = grown;
        this.slots = slots;
        int used = 0;
        int going = 0;
        int odd = 0;
        Instant idle = Instant.MAX;
        for (Slot slot : slots) {
            switch (slot.use()) {
                case AddressUse.Idle(Instant from) -> idle = from.isBefore(idle) ? from : idle;
                case AddressUse.Assigned _, AddressUse.Held _ -> used++;
                case AddressUse.Leaving _ -> going++;
                case AddressUse.Doubted _, AddressUse.Gone _ -> odd++;
            }
        }
        this.inUse = used;
        this.leaving = going;
        this.doubted = odd;
        this.longestIdle = idle;
    }

    static HeldInterface joining(InterfaceFacts facts, Instant now) {
        return new HeldInterface(facts, InterfaceStage.SERVING, now, 0, now, now, new Slot[0]);
    }

    /** Returns what stays the same about it. */
    public InterfaceFacts facts() {
        return facts;
    }

    /** Returns its identifier. */
    public InterfaceId id() {
        return facts.id();
    }

    /** Returns where it stands between joining and leaving. */
    public InterfaceStage stage() {
        return stage;
    }

    /** Returns when it joined the ledger. */
    public Instant since() {
        return since;
    }

    /** Returns when it was last given an address. */
    public Instant grown() {
        return grown;
    }

    /** Returns how many addresses have been asked for that are not here yet. */
    public int arriving() {
        return arriving;
    }

    /** Returns since when addresses are awaited; meaningless while none are. */
    public Instant arrivingSince() {
        return arrivingSince;
    }

    /** Returns its secondary addresses, by address. */
    public List<Slot> slots() {
        return List.of(slots);
    }

    /** Returns how many secondary addresses EC2 has given it, those on their way back included. */
    public int size() {
        return slots.length;
    }

    /** Returns how many of its addresses pods have. */
    public int inUse() {
        return inUse;
    }

    /** Returns how many of its addresses are on their way back to EC2. */
    public int leaving() {
        return leaving;
    }

    /** Returns how many of its addresses EC2 does not show, so that nobody gets one of them. */
    public int doubted() {
        return doubted;
    }

    /** Returns the addresses that are on their way back to EC2. */
    public List<Ipv4Address> leavingAddresses() {
        return Arrays.stream(slots)
                .filter(slot -> slot.use() instanceof AddressUse.Leaving)
                .map(Slot::address)
                .toList();
    }

    /** Returns how many of its addresses cool down at {@code now}. */
    public int cooling(Instant now, Duration cooldown) {
        int cooling = 0;
        for (Slot slot : slots) {
            if (slot.use() instanceof AddressUse.Idle(Instant from) && cools(from, now, cooldown)) {
                cooling++;
            }
        }
        return cooling;
    }

    /** Returns the addresses that nobody has and that do not cool down, the longest idle first. */
    public List<Ipv4Address> free(Instant now, Duration cooldown) {
        return Arrays.stream(slots)
                .filter(slot -> isFree(slot.use(), now, cooldown))
                .sorted((a, b) -> a.use().since().compareTo(b.use().since()))
                .map(Slot::address)
                .toList();
    }

    /** Returns what becomes of {@code address}, or null if it is not one of this interface's. */
    public @Nullable AddressUse use(Ipv4Address address) {
        int at = find(address);
        return at >= 0 ? slots[at].use() : null;
    }

    /**
     * Returns what stands against its removal at {@code now}, such as {@code has 2 addresses in
     * use}, or null if nothing does (upstream: {@code isDeletable} and its callers).
     */
    public @Nullable String againstRemoval(Instant now, Duration cooldown) {
        Instant old = removableAt(now, cooldown);
        if (old == null) {
            return facts.role().removable()
                    ? "has addresses in use, cooling down or on their way"
                    : "is " + facts.role();
        }
        return old.isAfter(now)
                ? "is younger than " + Ledger.INTERFACE_AGE_MIN.toSeconds() + " s"
                : null;
    }

    /**
     * Returns when it is old enough to be removed, if its age is all that may stand against that at
     * {@code now}, else null.
     */
    public @Nullable Instant removableAt(Instant now, Duration cooldown) {
        boolean idle = inUse == 0 && arriving == 0 && cooling(now, cooldown) == 0;
        return idle && facts.role().removable() ? since.plus(Ledger.INTERFACE_AGE_MIN) : null;
    }

    /** Returns what a checkpoint says of it, always the same object. */
    SavedInterface saved() {
        SavedInterface known = saved;
        if (known == null) {
            known = new SavedInterface(this, slots, entry);
            saved = known;
        }
        return known;
    }

    /** Returns whether it serves pods and has an idle address, cooling or not. */
    boolean isAssignable() {
        return stage == InterfaceStage.SERVING
                && facts.role().serves()
                && !longestIdle.equals(Instant.MAX);
    }

    /** Returns since when its longest idle address has been idle; the far future if none is. */
    Instant longestIdleSince() {
        return longestIdle;
    }

    /** Returns the address that has been idle longest; of several, the least. */
    Ipv4Address longestIdle() {
        for (Slot slot : slots) {
            if (slot.use() instanceof AddressUse.Idle(Instant from) && from.equals(longestIdle)) {
                return slot.address();
            }
        }
        throw new IllegalStateException("no idle address on " + id());
    }

    HeldInterface withFacts(InterfaceFacts changed) {
        return new HeldInterface(changed, stage, since, arriving, arrivingSince, grown, slots);
    }

    HeldInterface withStage(InterfaceStage changed) {
        return new HeldInterface(facts, changed, since, arriving, arrivingSince, grown, slots);
    }

    HeldInterface withGrown(Instant changed) {
        return new HeldInterface(facts, stage, since, arriving, arrivingSince, changed, slots);
    }

    HeldInterface withArriving(int changed, Instant awaitedSince) {
        return new HeldInterface(facts, stage, since, changed, awaitedSince, grown, slots);
    }

    /** Returns this with {@code address}, added if it was not here. */
    HeldInterface with(Ipv4Address address, AddressUse use) {
        int at = find(address);
        return at >= 0 ? replacing(at, use) : inserting(-at - 1, new Slot(address, use));
    }

    private HeldInterface replacing(int at, AddressUse use) {
        Slot before = slots[at];
        Slot[] changed = slots.clone();
        changed[at] = new Slot(before.address(), use);
        var replaced =
                new HeldInterface(facts, stage, since, arriving, arrivingSince, grown, changed);
        if (SavedInterface.isListed(use) == SavedInterface.isListed(before.use())) {
            SavedInterface known = saved;
            replaced.entry = known == null ? entry : known.entry();
        }
        return replaced;
    }

    private HeldInterface inserting(int at, Slot slot) {
        var more = new Slot[slots.length + 1];
        System.arraycopy(slots, 0, more, 0, at);
        more[at] = slot;
        System.arraycopy(slots, at, more, at + 1, slots.length - at);
        return new HeldInterface(facts, stage, since, arriving, arrivingSince, grown, more);
    }

    HeldInterface without(Ipv4Address address) {
        Slot[] fewer =
                Arrays.stream(slots)
                        .filter(slot -> !slot.address().equals(address))
                        .toArray(Slot[]::new);
        return new HeldInterface(facts, stage, since, arriving, arrivingSince, grown, fewer);
    }

    /** Returns this with every time after {@code now} moved to {@code now}. */
    HeldInterface noLaterThan(Instant now) {
        Slot[] earlier =
                Arrays.stream(slots)
                        .map(slot -> new Slot(slot.address(), slot.use().noLaterThan(now)))
                        .toArray(Slot[]::new);
        Instant joined = since.isAfter(now) ? now : since;
        Instant grew = grown.isAfter(now) ? now : grown;
        Instant awaited = arrivingSince.isAfter(now) ? now : arrivingSince;
        return new HeldInterface(facts, stage, joined, arriving, awaited, grew, earlier);
    }

    /** Returns whether an address idle {@code since} cools down; to the last instant, it does. */
    static boolean cools(Instant since, Instant now, Duration cooldown) {
        return !since.equals(Instant.EPOCH) && !now.isAfter(since.plus(cooldown));
    }

    static boolean isFree(AddressUse use, Instant now, Duration cooldown) {
        return use instanceof AddressUse.Idle(Instant from) && !cools(from, now, cooldown);
    }

    private int find(Ipv4Address address) {
        int low = 0;
        int high = slots.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int order = slots[middle].address().compareTo(address);
            if (order == 0) {
                return middle;
            }
            if (order < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -low - 1;
    }

    @Override
    public String toString() {
        return facts.id() + " " + stage + " " + Arrays.toString(slots);
    }
}
