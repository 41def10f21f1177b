package dev.vpccni.vpc.api;

import dev.vpccni.model.InterfaceId;

/**
 * How an interface is a branch of a trunk.
 *
 * @param id such as {@code trunk-assoc-0123456789abcdef0}
 * @param vlan the tag of the branch's packets on the trunk, which no other branch of it has
 */
public record TrunkAssociation(String id, InterfaceId branch, InterfaceId trunk, int vlan) {}
