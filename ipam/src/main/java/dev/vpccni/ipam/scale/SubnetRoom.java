package dev.vpccni.ipam.scale;

import dev.vpccni.model.BlockKind;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a subnet can still give.
 *
 * @param available how many IPv4 addresses it has left, as far as that is known
 * @param blockedUntil until when it is not asked, after it refused; null if it did not
 * @param prefixes how many whole prefixes it may have left, as far as that is known
 * @param fragmentedUntil until when it is not asked for prefixes, after it had none; null if it had
 */
public record SubnetRoom(
        int available,
        @Nullable Instant blockedUntil,
        int prefixes,
        @Nullable Instant fragmentedUntil) {

    /** The room of a subnet of which nothing is known: enough. */
    public static final SubnetRoom UNKNOWN = of(Integer.MAX_VALUE);

    /** Returns the room of a subnet that has refused nothing lately. */
    public static SubnetRoom of(int available) {
        return new SubnetRoom(available, null, Integer.MAX_VALUE, null);
    }

    /** Returns how many addresses it may be asked for at {@code now}. */
    public int available(Instant now) {
        return isBefore(now, blockedUntil) ? 0 : Math.max(0, available);
    }

    /** Returns how many blocks of {@code kind} it may be asked for, room in it apart. */
    public int most(BlockKind kind, Instant now) {
        if (kind == BlockKind.ADDRESS) {
            return Integer.MAX_VALUE;
        }
        return isBefore(now, fragmentedUntil) ? 0 : prefixes;
    }

    /** Returns until when it is not asked for blocks of {@code kind}, or null if it is. */
    public @Nullable Instant refusedUntil(BlockKind kind, Instant now) {
        if (isBefore(now, blockedUntil)) {
            return blockedUntil;
        }
        return most(kind, now) > 0 ? null : fragmentedUntil;
    }

    private static boolean isBefore(Instant now, @Nullable Instant until) {
        return until != null && now.isBefore(until);
    }
}
