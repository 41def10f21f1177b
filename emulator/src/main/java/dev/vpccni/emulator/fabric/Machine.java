package dev.vpccni.emulator.fabric;

import dev.vpccni.model.InstanceId;

/**
 * A running instance as the fabric sees it.
 *
 * @param number tells its links from those of others, from 1
 * @param namespace the name of its network namespace
 */
public record Machine(InstanceId id, int number, String namespace) {

    /** Returns what the router calls the link of interface {@code device}. */
    String portName(int device) {
        return "p" + number + "-" + device;
    }

    /** Returns what nftables matches all links of this machine with. */
    String portPattern() {
        return "p" + number + "-*";
    }
}
