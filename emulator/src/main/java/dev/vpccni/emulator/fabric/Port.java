package dev.vpccni.emulator.fabric;

import dev.vpccni.model.InstanceId;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.MacAddress;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A network interface of an instance, as the fabric carries it: which packets leave through it and
 * which may come from it.
 *
 * @param device its index on the instance, which names it there: {@code eth1} for 1
 * @param subnet the addresses of its subnet
 * @param primary the address that it was created with
 * @param addresses all its addresses, the primary one included
 */
public record Port(
        InstanceId instance,
        InterfaceId id,
        MacAddress mac,
        int device,
        Ipv4Cidr subnet,
        Ipv4Address primary,
        SortedSet<Ipv4Address> addresses) {

    public Port {
        addresses = Collections.unmodifiableSortedSet(new TreeSet<>(addresses));
        if (!addresses.contains(primary)) {
            throw new IllegalArgumentException(id + " lacks its own primary address " + primary);
        }
    }

    /** Returns what the interface is called on its instance. */
    public String deviceName() {
        return "eth" + device;
    }
}
