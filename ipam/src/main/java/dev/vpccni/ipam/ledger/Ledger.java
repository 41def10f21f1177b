package dev.vpccni.ipam.ledger;

import dev.vpccni.model.AttachmentKey;
import dev.vpccni.model.BlockKind;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.collection.OrderedMap;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which addresses a node has, and who has each of them. Immutable: a {@link Command} makes another
 * ledger of it, at a cost that hardly depends on how many addresses there are.
 *
 * <p>Promises, whatever the commands: an address has one owner at most, and a key one address; an
 * address in use is never given back or forgotten; one that cools down is neither granted nor given
 * back; the interfaces that {@link Command.BeginRemoval} would refuse stay. {@code
 * LedgerInvariants} checks them. A clock that steps back begins a cooldown anew rather than
 * prolonging it by the step.
 */
public final class Ledger {

    /** How long an interface stays at least (upstream: {@code minENILifeTime}). */
    public static final Duration INTERFACE_AGE_MIN = Duration.ofMinutes(1);

    /** How long what was given back is remembered; EC2 and metadata lag by seconds. */
    public static final Duration GONE_MEMORY = Duration.ofMinutes(1);

    /** More interfaces than any instance type has, on all its cards together. */
    public static final int INTERFACES_MAX = 256;

    /** More blocks than EC2 puts on one interface. */
    public static final int INTERFACE_BLOCKS_MAX = 256;

    static final int UNPLACED_MAX = 1 << 14;

    private final Duration cooldown;
    private final Instant latest;
    private final OrderedMap<InterfaceId, HeldInterface> interfaces;
    private final OrderedMap<AttachmentKey, IpAddress> addresses;
    private final OrderedMap<Cidr, InterfaceId> homes;
    private final OrderedMap<IpAddress, AddressUse> unplaced;
    private final OrderedMap<String, Checkpoint.Intent.Create> creates;
    private final OrderedMap<InterfaceId, Instant> removals;
    private final OrderedMap<Cidr, Instant> departedBlocks;
    private final OrderedMap<InterfaceId, Instant> departed;
    private final AssignableInterfaces assignable;

    /** Sorted when somebody asks first; whoever else does so meanwhile comes to the same. */
    private @Nullable List<HeldInterface> byDevice;

    Ledger(Draft draft) {
        this.cooldown = draft.cooldown;
        this.latest = draft.latest;
        this.interfaces = draft.interfaces;
        this.addresses = draft.addresses;
        this.homes = draft.homes;
        this.unplaced = draft.unplaced;
        this.creates = draft.creates;
        this.removals = draft.removals;
        this.departedBlocks = draft.departedBlocks;
        this.departed = draft.departed;
        this.assignable = draft.assignable;
    }

    /**
     * Returns the ledger of a node that has nothing.
     *
     * @param cooldown how long an address rests after use, its last instant included
     * @param preferred which blocks pods get addresses of as long as there is one; those of the
     *     other kind, left from another setting, drain
     */
    public static Ledger empty(Duration cooldown, BlockKind preferred) {
        if (cooldown.isNegative()) {
            throw new IllegalArgumentException("negative cooldown: " + cooldown);
        }
        return new Ledger(new Draft(cooldown, preferred, Instant.EPOCH));
    }

    /**
     * Returns the ledger that {@code checkpoint} describes. What contradicts itself in it costs a
     * line in the answer and no more: an address listed twice stays with its first owner, a key's
     * second address is held.
     */
    public static Restored restore(
            Checkpoint checkpoint, Duration cooldown, BlockKind preferred, Instant now) {
        return CheckpointRestoration.restore(checkpoint, empty(cooldown, preferred), now);
    }

    /**
     * A ledger made from a checkpoint.
     *
     * @param problems what did not fit together, as lines to log
     */
    public record Restored(Ledger ledger, List<String> problems) {
        public Restored {
            problems = List.copyOf(problems);
        }
    }

    /** Carries out {@code command} at {@code now}. */
    public Step apply(Command command, Instant now) {
        Ledger timely = at(now);
        var draft = new Draft(timely, now);
        Outcome outcome =
                switch (command) {
                    case Command.Prefer prefer -> draft.prefer(prefer.kind());
                    case Command.Assign assign -> PodCommands.assign(draft, assign, now);
                    case Command.Release release -> PodCommands.release(draft, release, now);
                    case Command.Hold hold -> PodCommands.hold(draft, hold, now);
                    case Command.Unhold unhold -> PodCommands.unhold(draft, unhold, now);
                    case Command.BeginCreate begin -> Arrivals.beginCreate(draft, begin, now);
                    case Command.NoteCreated note -> Arrivals.noteCreated(draft, note);
                    case Command.CancelCreate cancel -> Arrivals.cancelCreate(draft, cancel);
                    case Command.AddInterface add -> Arrivals.addInterface(draft, add, now);
                    case Command.Discover found -> Arrivals.discover(draft, found, now);
                    case Command.Describe describe -> Arrivals.describe(draft, describe);
                    case Command.Suspend suspend -> Arrivals.suspend(draft, suspend);
                    case Command.BeginAssign begin -> Arrivals.beginAssign(draft, begin, now);
                    case Command.EndAssign end -> Arrivals.endAssign(draft, end);
                    case Command.AddBlocks add -> Arrivals.addBlocks(draft, add, now);
                    case Command.BeginRelease begin -> Departures.beginRelease(draft, begin, now);
                    case Command.ConfirmReleased done ->
                            Departures.confirmReleased(draft, done, now);
                    case Command.CancelRelease cancel -> Departures.cancelRelease(draft, cancel);
                    case Command.Doubt doubt -> Departures.doubt(draft, doubt);
                    case Command.Trust trust -> Departures.trust(draft, trust);
                    case Command.ForgetBlock forget -> Departures.forget(draft, forget, now);
                    case Command.BeginRemoval begin -> Departures.beginRemoval(draft, begin, now);
                    case Command.ConfirmRemoved done -> Departures.confirmRemoved(draft, done, now);
                    case Command.CancelRemoval cancel -> Departures.cancelRemoval(draft, cancel);
                    case Command.ForgetInterface forget -> Departures.forget(draft, forget, now);
                };
        if (outcome instanceof Outcome.Refused || !draft.changed()) {
            return new Step(timely, outcome);
        }
        draft.latest = now;
        return new Step(new Ledger(draft), outcome);
    }

    /**
     * Returns this ledger as of {@code now}: where the clock has stepped back, nothing in it is
     * later than {@code now}. {@link #apply} does the same first.
     */
    public Ledger at(Instant now) {
        if (!now.isBefore(latest)) {
            return this;
        }
        var draft = new Draft(this, now);
        draft.noLaterThanNow();
        return new Ledger(draft);
    }

    /** Returns which blocks pods get addresses of as long as there is one. */
    public BlockKind preferred() {
        return assignable.preferred();
    }

    /** Returns how long an address rests after use. */
    public Duration cooldown() {
        return cooldown;
    }

    /** Returns every interface, by card and device index. */
    public List<HeldInterface> interfaces() {
        List<HeldInterface> sorted = byDevice;
        if (sorted == null) {
            var all = new ArrayList<HeldInterface>(interfaces.size());
            interfaces.forEach((_, held) -> all.add(held));
            all.sort(HeldInterface.BY_DEVICE);
            sorted = List.copyOf(all);
            byDevice = sorted;
        }
        return sorted;
    }

    /** Returns the interface called {@code id}, or null. */
    public @Nullable HeldInterface find(InterfaceId id) {
        return interfaces.get(id);
    }

    /** Returns the interface that {@code address} lies on, or null. */
    public @Nullable HeldInterface home(IpAddress address) {
        InterfaceId id = homeOf(address, homes);
        return id == null ? null : interfaces.get(id);
    }

    /** Returns the interface that has {@code block}, just as it is, or null. */
    public @Nullable HeldInterface home(Cidr block) {
        InterfaceId id = homes.get(block);
        return id == null ? null : interfaces.get(id);
    }

    static @Nullable InterfaceId homeOf(IpAddress address, OrderedMap<Cidr, InterfaceId> homes) {
        for (BlockKind kind : BlockKind.values()) {
            InterfaceId id = homes.get(Cidr.of(address, kind.prefixLength(address.family())));
            if (id != null) {
                return id;
            }
        }
        return null;
    }

    /** Returns what becomes of {@code address}, or null if nothing is known of it. */
    public @Nullable AddressUse use(IpAddress address) {
        HeldInterface home = home(address);
        return home == null ? unplaced.get(address) : home.use(address);
    }

    /**
     * Tells whether {@code block} was given back to EC2 so lately that EC2 may still show it at
     * {@code now}.
     */
    public boolean hasLeft(Cidr block, Instant now) {
        Instant since = departedBlocks.get(block);
        return since != null && !isForgotten(since, now);
    }

    /**
     * Tells whether the interface was detached by us so lately that EC2 may still show it at {@code
     * now}.
     */
    public boolean hasLeft(InterfaceId id, Instant now) {
        Instant since = departed.get(id);
        return since != null && !isForgotten(since, now);
    }

    static boolean isForgotten(Instant since, Instant now) {
        return now.isAfter(since.plus(GONE_MEMORY));
    }

    /** Returns the grant of {@code key}, or null if it has none. */
    public Checkpoint.@Nullable Grant grant(AttachmentKey key) {
        IpAddress address = addresses.get(key);
        return address != null
                        && use(address)
                                instanceof
                                AddressUse.Assigned(var owner, var pod, var since, int count)
                ? new Checkpoint.Grant(address, owner, pod, since, count)
                : null;
    }

    /** Returns what becomes of the addresses whose interface is not known, by address. */
    public SortedMap<IpAddress, AddressUse> unplaced() {
        var all = new TreeMap<IpAddress, AddressUse>();
        unplaced.forEach(all::put);
        return Collections.unmodifiableSortedMap(all);
    }

    /** Returns the addresses of pods of which no grant is known, by address. */
    public List<IpAddress> held() {
        return View.held(this);
    }

    /** Returns the interfaces being made, by token. */
    public List<Checkpoint.Intent.Create> creates() {
        var all = new ArrayList<Checkpoint.Intent.Create>(creates.size());
        creates.forEach((_, create) -> all.add(create));
        return Collections.unmodifiableList(all);
    }

    /** Tells whether there is an address for a pod at {@code now}. */
    public boolean hasFreeAddress(Instant now) {
        return assignable.at(now, cooldown).first() != null;
    }

    /** Returns how many addresses are in which state at {@code now}; counts them one by one. */
    public Counts counts(Instant now) {
        return View.counts(this, now);
    }

    /**
     * Returns the first instant at which an address that cools down now is free, or null if none
     * cools down.
     */
    public @Nullable Instant nextCoolingEnd(Instant now) {
        return View.nextCoolingEnd(this, now);
    }

    /** Returns what has to survive the daemon. */
    public Checkpoint checkpoint() {
        return View.checkpoint(this);
    }

    OrderedMap<InterfaceId, HeldInterface> interfaceMap() {
        return interfaces;
    }

    OrderedMap<AttachmentKey, IpAddress> addressMap() {
        return addresses;
    }

    OrderedMap<Cidr, InterfaceId> homeMap() {
        return homes;
    }

    OrderedMap<IpAddress, AddressUse> unplacedMap() {
        return unplaced;
    }

    OrderedMap<String, Checkpoint.Intent.Create> createMap() {
        return creates;
    }

    OrderedMap<InterfaceId, Instant> removalMap() {
        return removals;
    }

    OrderedMap<Cidr, Instant> departedBlockMap() {
        return departedBlocks;
    }

    OrderedMap<InterfaceId, Instant> departedMap() {
        return departed;
    }

    AssignableInterfaces assignable() {
        return assignable;
    }

    Instant latest() {
        return latest;
    }

    @Override
    public String toString() {
        return "interfaces "
                + interfaces()
                + ", unplaced "
                + unplaced()
                + ", creating "
                + creates();
    }
}
