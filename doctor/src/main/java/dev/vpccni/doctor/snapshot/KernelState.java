package dev.vpccni.doctor.snapshot;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the kernel routes by.
 *
 * @param links of the node's network namespace
 * @param rules of both families, each in the order in which they are asked
 * @param routes of both families, of all tables but the kernel's own
 * @param neighbours how many there are
 */
public record KernelState(
        Fact<List<SeenLink>> links,
        Fact<List<SeenRule>> rules,
        Fact<List<SeenRoute>> routes,
        Fact<Integer> neighbours) {

    /** Returns the link with that number, or null. */
    public @Nullable SeenLink link(int index) {
        return links.or(List.of()).stream()
                .filter(link -> link.index() == index)
                .findFirst()
                .orElse(null);
    }
}
