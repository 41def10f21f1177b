package dev.vpccni.emulator.fabric;

import dev.vpccni.model.InstanceId;
import dev.vpccni.vpc.Port;

/**
 * A running instance as the fabric sees it.
 *
 * @param number tells its links from those of others, from 1
 * @param namespace the name of its network namespace
 */
public record FabricInstance(InstanceId id, int number, String namespace) {

    /** Returns what the router calls the link of an interface of this machine. */
    String portName(Port port) {
        return "p" + number + "-" + slot(port);
    }

    /** Returns what an interface is called on its machine: {@code eth1} for device 1 of card 0. */
    static String deviceName(Port port) {
        return "eth" + slot(port);
    }

    /** Returns what nftables matches all links of this machine with. */
    String portPattern() {
        return "p" + number + "-*";
    }

    private static String slot(Port port) {
        return port.card() == 0 ? "" + port.device() : port.card() + "x" + port.device();
    }
}
