package dev.vpccni.simulation.cloud;

import dev.vpccni.simulation.time.Baton;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** When EC2 was away as a whole. */
final class Outages {

    private final Baton baton;
    private Outage now = Outage.NONE;
    private long since;
    private @Nullable Long until;
    private Duration unreachable = Duration.ZERO;

    Outages(Baton baton) {
        this.baton = baton;
    }

    void change(Outage changed) {
        baton.tell(() -> "outage: " + changed);
        unreachable = unreachable();
        if (now != Outage.NONE) {
            until = baton.nanos();
        }
        now = changed;
        since = baton.nanos();
    }

    Outage now() {
        return now;
    }

    /** Tells whether nobody could look at anything in EC2 at some time during {@code latest}. */
    boolean wasOut(Duration latest) {
        Long ended = until;
        return now != Outage.NONE || (ended != null && baton.nanos() - ended <= latest.toNanos());
    }

    /** Returns how long no request has arrived so far. */
    Duration unreachable() {
        return now == Outage.UNREACHABLE
                ? unreachable.plusNanos(baton.nanos() - since)
                : unreachable;
    }
}
