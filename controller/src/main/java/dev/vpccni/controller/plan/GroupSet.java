package dev.vpccni.controller.plan;

import dev.vpccni.model.SecurityGroupId;
import java.util.Collection;
import java.util.List;

/**
 * The security groups of an interface, in whatever order they were named.
 *
 * @param ids sorted, each once; none where no policy names any
 */
public record GroupSet(List<SecurityGroupId> ids) implements Comparable<GroupSet> {

    public GroupSet {
        ids = ids.stream().distinct().sorted().toList();
    }

    /** Returns the set of these. */
    public static GroupSet of(Collection<SecurityGroupId> ids) {
        return new GroupSet(List.copyOf(ids));
    }

    /** Tells whether it has none. */
    public boolean isEmpty() {
        return ids.isEmpty();
    }

    @Override
    public int compareTo(GroupSet other) {
        return toString().compareTo(other.toString());
    }

    @Override
    public String toString() {
        return String.join(",", ids.stream().map(SecurityGroupId::value).toList());
    }
}
