package dev.vpccni.controller.plan;

import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.model.SubnetId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where a node's interfaces are made. */
public sealed interface Placement {

    /** Where its primary interface is, with that one's groups for the trunk. */
    record OfPrimary() implements Placement {}

    /**
     * Where the node's ENIConfig says.
     *
     * @param groups of the trunk; none for those of the primary interface
     */
    record Configured(SubnetId subnet, List<SecurityGroupId> groups) implements Placement {
        public Configured {
            groups = List.copyOf(groups);
        }
    }

    /**
     * Nobody knows, so that nothing is made.
     *
     * @param reason why, and what would help
     */
    record Unknown(String reason) implements Placement {}

    /**
     * Returns the subnet, or null where nobody knows.
     *
     * @param primary that of the primary interface, null if it was not seen
     */
    default @Nullable SubnetId subnet(@Nullable SubnetId primary) {
        return switch (this) {
            case OfPrimary _ -> primary;
            case Configured(SubnetId subnet, _) -> subnet;
            case Unknown _ -> null;
        };
    }
}
