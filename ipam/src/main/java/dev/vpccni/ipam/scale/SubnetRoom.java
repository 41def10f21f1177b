package dev.vpccni.ipam.scale;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a subnet can still give.
 *
 * @param available how many addresses it has left, as far as that is known
 * @param blockedUntil until when it is not asked, after it refused; null if it did not
 */
public record SubnetRoom(int available, @Nullable Instant blockedUntil) {

    /** The room of a subnet of which nothing is known: enough. */
    public static final SubnetRoom UNKNOWN = new SubnetRoom(Integer.MAX_VALUE, null);

    /** Returns how many addresses it may be asked for at {@code now}. */
    public int available(Instant now) {
        return blockedUntil != null && now.isBefore(blockedUntil) ? 0 : Math.max(0, available);
    }
}
