package dev.vpccni.ipam.ledger;

import dev.vpccni.model.BlockKind;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.IpAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Addresses that EC2 gave an interface together: a single one, or a prefix. It has a record of
 * those that pods have or had; all others are free, and known by arithmetic. Immutable, but for
 * what it works out once.
 */
public final class Block {

    /** A block with more addresses than this does not remember who had one of them long ago. */
    private static final int REMEMBERED_MAX = 256;

    /** Beside as many that are in use, so many records of the past cost nothing. */
    private static final int PAST_MIN = 64;

    private static final Slot[] NONE = new Slot[0];

    private final Cidr cidr;
    private final BlockStage stage;
    private final Slot[] slots; // by address
    private final int inUse;
    private final IpAddress next; // of a large block: where to look for one that nobody had lately
    private final Instant longestIdle; // Instant.MAX if none is idle
    private @Nullable List<Checkpoint.Grant> grants;
    private @Nullable List<Checkpoint.Cooling> resting;

    private Block(Cidr cidr, BlockStage stage, Slot[] slots, int inUse, IpAddress next) {
        this.cidr = cidr;
        this.stage = stage;
        this.slots = slots;
        this.inUse = inUse;
        this.next = next;
        this.longestIdle = hasFresh() ? Instant.EPOCH : earliest(slots);
    }

    /** Returns the block {@code cidr}, of which no pod has had an address yet. */
    static Block of(Cidr cidr) {
        return new Block(cidr, BlockStage.SERVING, NONE, 0, first(cidr));
    }

    /** Returns which addresses these are. */
    public Cidr cidr() {
        return cidr;
    }

    /** Returns whether it is a single address or a prefix. */
    public BlockKind kind() {
        return BlockKind.of(cidr);
    }

    /** Returns where it stands between joining and leaving. */
    public BlockStage stage() {
        return stage;
    }

    /** Returns the addresses that pods have or had, by address; all others are free. */
    public List<Slot> slots() {
        return List.of(slots);
    }

    /** Returns how many of its addresses pods have. */
    public int inUse() {
        return inUse;
    }

    /** Returns how many of its addresses no pod has, cooling ones included. */
    public long idle() {
        return cidr.size() - reserved(cidr) - inUse;
    }

    /** Returns how many of its addresses cool down at {@code now}. */
    public int cooling(Instant now, Duration cooldown) {
        if (inUse == slots.length) {
            return 0;
        }
        int cooling = 0;
        for (Slot slot : slots) {
            if (slot.use() instanceof AddressUse.Idle(Instant from) && cools(from, now, cooldown)) {
                cooling++;
            }
        }
        return cooling;
    }

    /** Tells whether it may be given back at {@code now}: none is in use, none cools down. */
    public boolean isFree(Instant now, Duration cooldown) {
        return inUse == 0 && cooling(now, cooldown) == 0;
    }

    /** Returns since when the last of its addresses has been idle; the epoch if none was used. */
    public Instant lastUsed() {
        Instant last = Instant.EPOCH;
        for (Slot slot : slots) {
            Instant since = slot.use().since();
            last = since.isAfter(last) ? since : last;
        }
        return last;
    }

    /** Returns what becomes of {@code address}, one of its own. */
    public AddressUse use(IpAddress address) {
        int at = find(address);
        return at >= 0 ? slots[at].use() : AddressUse.Idle.NEVER_USED;
    }

    /** Returns since when its longest idle address has been idle; the far future if none is. */
    Instant longestIdleSince() {
        return longestIdle;
    }

    /** Returns the address that has been idle longest; of several, the least. */
    IpAddress longestIdle() {
        if (hasFresh()) {
            return fresh();
        }
        for (Slot slot : slots) {
            if (slot.use() instanceof AddressUse.Idle(Instant from) && from.equals(longestIdle)) {
                return slot.address();
            }
        }
        throw new IllegalStateException("no idle address in " + cidr);
    }

    Block withStage(BlockStage changed) {
        return changed == stage ? this : new Block(cidr, changed, slots, inUse, next);
    }

    /** Returns this with {@code use} for {@code address}, one of its own. */
    Block with(IpAddress address, AddressUse use) {
        int at = find(address);
        Slot[] changed;
        int used = inUse;
        if (at >= 0) {
            used -= slots[at].use().inUse() ? 1 : 0;
            changed = slots.clone();
            changed[at] = new Slot(slots[at].address(), use);
        } else {
            int to = -at - 1;
            changed = new Slot[slots.length + 1];
            System.arraycopy(slots, 0, changed, 0, to);
            changed[to] = new Slot(address, use);
            System.arraycopy(slots, to, changed, to + 1, slots.length - to);
        }
        used += use.inUse() ? 1 : 0;
        IpAddress further =
                address.compareTo(next) < 0 || address.equals(cidr.last()) ? next : address.plus(1);
        return new Block(cidr, stage, changed, used, further);
    }

    /** Returns this without most of what it remembers of addresses that have cooled down. */
    Block forgetting(Instant now, Duration cooldown) {
        int past = slots.length - inUse;
        if (cidr.size() <= REMEMBERED_MAX || past < PAST_MIN || past < inUse) {
            return this;
        }
        Slot[] fewer =
                Arrays.stream(slots)
                        .filter(slot -> !isFree(slot.use(), now, cooldown))
                        .toArray(Slot[]::new);
        return new Block(cidr, stage, fewer, inUse, next);
    }

    /** Returns this with every time after {@code now} moved to {@code now}. */
    Block noLaterThan(Instant now) {
        Slot[] earlier =
                Arrays.stream(slots)
                        .map(slot -> new Slot(slot.address(), slot.use().noLaterThan(now)))
                        .toArray(Slot[]::new);
        return new Block(cidr, stage, earlier, inUse, next);
    }

    /** Returns the grants that it consists of, by address, always the same objects. */
    List<Checkpoint.Grant> grants() {
        List<Checkpoint.Grant> known = grants;
        if (known == null) {
            known = new ArrayList<>(inUse);
            for (Slot slot : slots) {
                if (slot.use() instanceof AddressUse.Assigned assigned) {
                    known.add(slot.grant(assigned));
                }
            }
            grants = known;
        }
        return known;
    }

    /** Returns what says which of its addresses rest, or did, always the same objects. */
    List<Checkpoint.Cooling> resting() {
        List<Checkpoint.Cooling> known = resting;
        if (known == null) {
            known = new ArrayList<>(slots.length - inUse);
            for (Slot slot : slots) {
                if (slot.use() instanceof AddressUse.Idle(Instant since)
                        && !since.equals(Instant.EPOCH)) {
                    known.add(slot.cooling(since));
                }
            }
            resting = known;
        }
        return known;
    }

    /** Returns whether an address idle {@code since} cools down; to the last instant, it does. */
    static boolean cools(Instant since, Instant now, Duration cooldown) {
        return !since.equals(Instant.EPOCH) && !now.isAfter(since.plus(cooldown));
    }

    static boolean isFree(AddressUse use, Instant now, Duration cooldown) {
        return use instanceof AddressUse.Idle(Instant from) && !cools(from, now, cooldown);
    }

    private boolean hasFresh() {
        return slots.length < cidr.size() - reserved(cidr);
    }

    /** Returns an address without a record. */
    private IpAddress fresh() {
        IpAddress further = cidr.size() <= REMEMBERED_MAX ? null : gap(next);
        IpAddress found = further == null ? gap(first(cidr)) : further;
        return Objects.requireNonNull(found, "no address without a record");
    }

    /** Returns the first address from {@code from} on without a record, or null if none is. */
    private @Nullable IpAddress gap(IpAddress from) {
        IpAddress candidate = from;
        int at = find(from);
        for (int i = at; i >= 0 && i < slots.length; i++) {
            if (!slots[i].address().equals(candidate)) {
                return candidate;
            }
            if (candidate.equals(cidr.last())) {
                return null;
            }
            candidate = candidate.plus(1);
        }
        return candidate;
    }

    /**
     * The first address of a large IPv6 block is that of all routers on its link (RFC 4291, 2.6.1),
     * so no pod gets it.
     */
    private static long reserved(Cidr cidr) {
        return cidr.size() <= REMEMBERED_MAX ? 0 : 1;
    }

    private static IpAddress first(Cidr cidr) {
        return cidr.network().plus(reserved(cidr));
    }

    private static Instant earliest(Slot[] slots) {
        Instant idle = Instant.MAX;
        for (Slot slot : slots) {
            if (slot.use() instanceof AddressUse.Idle(Instant from)) {
                idle = from.isBefore(idle) ? from : idle;
            }
        }
        return idle;
    }

    private int find(IpAddress address) {
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
        return cidr + " " + stage + (slots.length == 0 ? "" : " " + Arrays.toString(slots));
    }
}
