package dev.vpccni.controller.plan;

import dev.vpccni.model.PodName;

/**
 * A living pod of the node that asks for an interface of its own.
 *
 * @param version of its object, as it was seen
 * @param groups of its interface, one to five; none where no policy names any
 * @param told which interface it has been told of; empty while of none, and {@code ?} where that
 *     cannot be read
 * @param vlan of the one that it has been told of; 0 where that is none, or cannot be read
 */
public record PodWish(
        String uid, PodName pod, String version, GroupSet groups, String told, int vlan) {

    /** Tells whether it has been told of one. */
    public boolean isTold() {
        return !told.isEmpty();
    }
}
