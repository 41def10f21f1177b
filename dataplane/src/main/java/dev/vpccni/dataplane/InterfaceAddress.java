package dev.vpccni.dataplane;

import dev.vpccni.model.IpAddress;
import dev.vpccni.model.IpFamily;
import org.jspecify.annotations.Nullable;

/**
 * An address on a device. The kernel makes no route of it by itself: where one is wanted, it is
 * among the routes.
 *
 * @param prefixLength bits
 * @param broadcast null if the device has none, as on a /32, and always in IPv6
 */
public record InterfaceAddress(
        String device, IpAddress address, int prefixLength, @Nullable IpAddress broadcast) {

    /** Returns its family. */
    public IpFamily family() {
        return address.family();
    }

    /** Returns what {@code ip address} shows of it after {@code inet} or {@code inet6}. */
    @Override
    public String toString() {
        String brd = broadcast == null ? "" : " brd " + broadcast;
        return address + "/" + prefixLength + brd + " scope global " + device;
    }
}
