package dev.vpccni.ipam.ledger;

import dev.vpccni.model.BlockKind;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.IpAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An interface in a ledger, with the blocks of addresses that it holds. Immutable, but for what it
 * works out once.
 */
public final class HeldInterface {

    static final Comparator<HeldInterface> BY_DEVICE =
            Comparator.comparingInt((HeldInterface held) -> held.facts().card())
                    .thenComparingInt(held -> held.facts().device())
                    .thenComparing(HeldInterface::id);

    private final InterfaceFacts facts;
    private final InterfaceStage stage;
    private final Instant since;
    private final Arriving arriving;
    private final Instant grown;
    private final Block[] blocks; // by address
    private final int inUse;
    private final int leaving;
    private final int doubted;
    private final Instant idleAddress; // since when, of single ones; Instant.MAX if none is idle
    private final Instant idleInPrefix;
    private @Nullable SavedInterface saved;
    private Checkpoint.@Nullable Interface entry;

    /**
     * What has been asked for and is not here yet.
     *
     * @param count how many blocks; 0 if none, and the rest means nothing then
     */
    public record Arriving(BlockKind kind, int count, Instant since) {}

    private HeldInterface(
            InterfaceFacts facts,
            InterfaceStage stage,
            Instant since,
            Arriving arriving,
            Instant grown,
            Block[] blocks) {
        this.facts = facts;
        this.stage = stage;
        this.since = since;
        this.arriving = arriving;
        this.grown = grown;
        this.blocks = blocks;
        int used = 0;
        int going = 0;
        int odd = 0;
        Instant single = Instant.MAX;
        Instant prefix = Instant.MAX;
        for (Block block : blocks) {
            used += block.inUse();
            switch (block.stage()) {
                case SERVING -> {
                    Instant idle = block.longestIdleSince();
                    if (block.cidr().isSingle()) {
                        single = idle.isBefore(single) ? idle : single;
                    } else {
                        prefix = idle.isBefore(prefix) ? idle : prefix;
                    }
                }
                case LEAVING -> going++;
                case DOUBTED -> odd++;
            }
        }
        this.inUse = used;
        this.leaving = going;
        this.doubted = odd;
        this.idleAddress = single;
        this.idleInPrefix = prefix;
    }

    static HeldInterface joining(InterfaceFacts facts, Instant now) {
        var nothing = new Arriving(BlockKind.ADDRESS, 0, now);
        return new HeldInterface(facts, InterfaceStage.SERVING, now, nothing, now, new Block[0]);
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

    /** Returns when it was last given a block. */
    public Instant grown() {
        return grown;
    }

    /** Returns which blocks have been asked for that are not here yet. */
    public Arriving arriving() {
        return arriving;
    }

    /** Returns its blocks, by address. */
    public List<Block> blocks() {
        return Collections.unmodifiableList(Arrays.asList(blocks));
    }

    /** Returns how many blocks EC2 has given it, those on their way back included. */
    public int size() {
        return blocks.length;
    }

    /** Returns how many of its addresses pods have. */
    public int inUse() {
        return inUse;
    }

    /** Returns how many of its blocks are on their way back to EC2. */
    public int leaving() {
        return leaving;
    }

    /** Returns how many of its blocks EC2 does not show, so that nobody gets an address of them. */
    public int doubted() {
        return doubted;
    }

    /** Returns the blocks that are on their way back to EC2. */
    public List<Cidr> leavingBlocks() {
        return Arrays.stream(blocks)
                .filter(block -> block.stage() == BlockStage.LEAVING)
                .map(Block::cidr)
                .toList();
    }

    /**
     * Returns the serving blocks of which no address is in use or cools down, the longest idle
     * first.
     */
    public List<Cidr> free(BlockKind kind, Instant now, Duration cooldown) {
        var free = new ArrayList<Block>();
        for (Block block : blocks) {
            if (block.stage() == BlockStage.SERVING
                    && block.kind() == kind
                    && block.isFree(now, cooldown)) {
                free.add(block);
            }
        }
        free.sort(Comparator.comparing(Block::lastUsed));
        return free.stream().map(Block::cidr).toList();
    }

    /** Returns its block {@code cidr}, or null if it has no such block. */
    public @Nullable Block find(Cidr cidr) {
        int at = at(cidr);
        return at >= 0 ? blocks[at] : null;
    }

    /** Returns its block that {@code address} lies in, or null if it is not one of this's. */
    public @Nullable Block holding(IpAddress address) {
        for (BlockKind kind : BlockKind.values()) {
            Block block = find(Cidr.of(address, kind.prefixLength(address.family())));
            if (block != null) {
                return block;
            }
        }
        return null;
    }

    /** Returns what becomes of {@code address}, or null if it is not one of this interface's. */
    public @Nullable AddressUse use(IpAddress address) {
        Block block = holding(address);
        return block == null ? null : block.use(address);
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
        // Also what EC2 does not show any more rests: it may be wrong.
        boolean idle =
                inUse == 0
                        && arriving.count() == 0
                        && Arrays.stream(blocks).allMatch(b -> b.isFree(now, cooldown));
        return idle && facts.role().removable() ? since.plus(Ledger.INTERFACE_AGE_MIN) : null;
    }

    /** Returns what a checkpoint says of it, always the same object. */
    SavedInterface saved() {
        SavedInterface known = saved;
        if (known == null) {
            known = new SavedInterface(this, blocks, entry);
            saved = known;
        }
        return known;
    }

    /** Returns whether it serves pods and has an idle address of {@code kind}, cooling or not. */
    boolean isAssignable(BlockKind kind) {
        return stage == InterfaceStage.SERVING
                && facts.serves()
                && !longestIdleSince(kind).equals(Instant.MAX);
    }

    /** Returns since when its longest idle address has been so; the far future if none is idle. */
    Instant longestIdleSince(BlockKind kind) {
        return kind == BlockKind.ADDRESS ? idleAddress : idleInPrefix;
    }

    /**
     * Returns the address that is to be granted next: of the fullest block the one that has been
     * idle longest, so that the others drain.
     *
     * @param kind of which it has one that has cooled down at {@code now}
     */
    IpAddress opening(BlockKind kind, Instant now, Duration cooldown) {
        Block best = null;
        for (Block block : blocks) {
            if (block.stage() == BlockStage.SERVING
                    && block.kind() == kind
                    && !block.longestIdleSince().equals(Instant.MAX)
                    && !Block.cools(block.longestIdleSince(), now, cooldown)
                    && (best == null || isBefore(block, best))) {
                best = block;
            }
        }
        if (best == null) {
            throw new IllegalStateException("no idle address on " + id());
        }
        return best.longestIdle();
    }

    private static boolean isBefore(Block one, Block other) {
        return one.inUse() != other.inUse()
                ? one.inUse() > other.inUse()
                : one.longestIdleSince().isBefore(other.longestIdleSince());
    }

    HeldInterface withFacts(InterfaceFacts changed) {
        return new HeldInterface(changed, stage, since, arriving, grown, blocks);
    }

    HeldInterface withStage(InterfaceStage changed) {
        return new HeldInterface(facts, changed, since, arriving, grown, blocks);
    }

    HeldInterface withGrown(Instant changed) {
        return new HeldInterface(facts, stage, since, arriving, changed, blocks);
    }

    HeldInterface withArriving(Arriving changed) {
        return new HeldInterface(facts, stage, since, changed, grown, blocks);
    }

    /** Returns this with {@code use} for {@code address}, which is one of its own. */
    HeldInterface with(IpAddress address, AddressUse use) {
        Block block = holding(address);
        if (block == null) {
            throw new IllegalArgumentException(address + " is not on " + id());
        }
        return with(block.with(address, use));
    }

    /** Returns this with {@code block}, in the place of one with the same addresses if it has. */
    HeldInterface with(Block block) {
        int at = at(block.cidr());
        return at >= 0 ? replacing(at, block) : inserting(-at - 1, block);
    }

    private HeldInterface replacing(int at, Block block) {
        Block before = blocks[at];
        if (before == block) {
            return this;
        }
        Block[] changed = blocks.clone();
        changed[at] = block;
        var replaced = new HeldInterface(facts, stage, since, arriving, grown, changed);
        if (SavedInterface.listing(block) == SavedInterface.listing(before)) {
            SavedInterface known = saved;
            replaced.entry = known == null ? entry : known.entry();
        }
        return replaced;
    }

    private HeldInterface inserting(int at, Block block) {
        var more = new Block[blocks.length + 1];
        System.arraycopy(blocks, 0, more, 0, at);
        more[at] = block;
        System.arraycopy(blocks, at, more, at + 1, blocks.length - at);
        return new HeldInterface(facts, stage, since, arriving, grown, more);
    }

    HeldInterface without(Cidr cidr) {
        Block[] fewer =
                Arrays.stream(blocks)
                        .filter(block -> !block.cidr().equals(cidr))
                        .toArray(Block[]::new);
        return new HeldInterface(facts, stage, since, arriving, grown, fewer);
    }

    /** Returns this with every time after {@code now} moved to {@code now}. */
    HeldInterface noLaterThan(Instant now) {
        Block[] earlier =
                Arrays.stream(blocks).map(block -> block.noLaterThan(now)).toArray(Block[]::new);
        return new HeldInterface(
                facts,
                stage,
                earlier(since, now),
                new Arriving(arriving.kind(), arriving.count(), earlier(arriving.since(), now)),
                earlier(grown, now),
                earlier);
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isAfter(other) ? other : one;
    }

    private int at(Cidr cidr) {
        int low = 0;
        int high = blocks.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int order = blocks[middle].cidr().compareTo(cidr);
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
        return facts.id() + " " + stage + " " + Arrays.toString(blocks);
    }
}
