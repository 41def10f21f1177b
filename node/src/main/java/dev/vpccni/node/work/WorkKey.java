package dev.vpccni.node.work;

import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.SubnetId;

/** What a task works on: no two work on the same at once, and failures are counted for each. */
public sealed interface WorkKey {

    /** Addresses being given to an interface. */
    record Assign(InterfaceId id) implements WorkKey {}

    /** Addresses being taken from an interface. */
    record Release(InterfaceId id) implements WorkKey {}

    /** An interface being removed. */
    record Remove(InterfaceId id) implements WorkKey {}

    /** An interface being made under an idempotency token. */
    record Create(String token) implements WorkKey {}

    /** Interfaces being made in a subnet; failures only, for each has a token of its own. */
    record CreateIn(SubnetId subnet) implements WorkKey {}

    /** Subnets being looked at, which an interface may be made in then. */
    record Subnets() implements WorkKey {}

    /** Tags, security groups and flags of an interface being put right. */
    record Upkeep(InterfaceId id) implements WorkKey {}
}
