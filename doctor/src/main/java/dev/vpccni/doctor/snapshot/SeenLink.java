package dev.vpccni.doctor.snapshot;

import dev.vpccni.dataplane.InterfaceNames;

/**
 * A network interface of the node.
 *
 * @param index its number
 * @param kind such as {@code veth}; empty for hardware
 * @param mtu bytes
 * @param up it is meant to be up
 * @param carrier it has somebody at its other end
 */
public record SeenLink(int index, String name, String kind, int mtu, boolean up, boolean carrier) {

    /** Tells whether it is a pod's host interface, whatever prefix was in use when that came. */
    public boolean isPods() {
        return kind.equals("veth") && InterfaceNames.isHost(name);
    }
}
