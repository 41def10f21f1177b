package dev.vpccni.vpc.fault;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The faults that are still to come, as a value. The first that matches a request decides.
 *
 * @param faults in the order in which they are tried
 */
public record FaultTable(List<Fault> faults) {

    /** Nothing goes wrong. */
    public static final FaultTable NONE = new FaultTable(List.of());

    public FaultTable {
        faults = List.copyOf(faults);
    }

    /** Returns a table of {@code faults}. */
    public static FaultTable of(Fault... faults) {
        return new FaultTable(List.of(faults));
    }

    /**
     * What happens to one request.
     *
     * @param after the faults that are left
     * @param effect null if nothing goes wrong
     */
    public record Drawn(FaultTable after, @Nullable Effect effect) {}

    /** Returns what happens to the next request of {@code caller}. */
    public Drawn draw(String action, String caller) {
        for (int i = 0; i < faults.size(); i++) {
            Fault fault = faults.get(i);
            if (fault.matches(action, caller)) {
                var left = new ArrayList<>(faults);
                left.set(i, fault.passed());
                return new Drawn(new FaultTable(left), fault.skip() > 0 ? null : fault.effect());
            }
        }
        return new Drawn(this, null);
    }
}
