package dev.vpccni.emulator.state;

import dev.vpccni.vpc.Port;

/**
 * Is told what a data plane has to follow. Calls come one at a time, in the order of the changes,
 * from a thread of the emulator's; what a call throws is logged and the next one follows.
 */
public interface PortListener {

    /** An instance has a new device. */
    void plugged(Port port);

    /** Addresses, groups or the source/destination check of a plugged interface changed. */
    void changed(Port before, Port after);

    /** An instance has lost a device. */
    void unplugged(Port port);
}
