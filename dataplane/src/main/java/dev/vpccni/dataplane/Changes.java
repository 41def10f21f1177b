package dev.vpccni.dataplane;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * The smallest change that makes what is there what should be there.
 *
 * @param add first, in this order, so that nothing is missing in between
 * @param remove afterwards, once for each entry
 */
public record Changes<T>(List<T> add, List<T> remove) {

    public Changes {
        add = List.copyOf(add);
        remove = List.copyOf(remove);
    }

    /**
     * Compares. Of several that are equal one stays.
     *
     * @param owned which of the observed may be removed; everything else is left alone
     */
    public static <T> Changes<T> between(
            List<T> desired, List<T> observed, Predicate<? super T> owned) {
        var missing = new ArrayList<>(desired);
        var surplus = new ArrayList<T>();
        for (T seen : observed) {
            if (!missing.remove(seen) && owned.test(seen)) {
                surplus.add(seen);
            }
        }
        return new Changes<>(missing, surplus);
    }

    /** Tells whether there is nothing to do. */
    public boolean isEmpty() {
        return add.isEmpty() && remove.isEmpty();
    }

    /** Returns {@code observed} as it is afterwards. */
    public List<T> applyTo(List<T> observed) {
        var result = new ArrayList<>(observed);
        result.addAll(add);
        remove.forEach(result::remove);
        return result;
    }
}
