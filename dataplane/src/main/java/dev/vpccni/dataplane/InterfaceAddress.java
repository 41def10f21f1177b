package dev.vpccni.dataplane;

import dev.vpccni.model.Ipv4Address;
import org.jspecify.annotations.Nullable;

/**
 * An address on a device. The kernel makes no route of it by itself: where one is wanted, it is
 * among the routes.
 *
 * @param prefixLength bits
 * @param broadcast null if the device has none, as on a /32
 */
public record InterfaceAddress(
        String device, Ipv4Address address, int prefixLength, @Nullable Ipv4Address broadcast) {

    /** Returns what {@code ip address} shows of it after {@code inet}. */
    @Override
    public String toString() {
        String brd = broadcast == null ? "" : " brd " + broadcast;
        return address + "/" + prefixLength + brd + " scope global " + device;
    }
}
