package dev.vpccni.dataplane;

import dev.vpccni.model.IpAddress;
import dev.vpccni.model.MacAddress;

/** A permanent entry of the table that says who has an address on a link. */
public record Neighbour(IpAddress address, String device, MacAddress mac) {

    /** Returns the line of {@code ip neigh}. */
    @Override
    public String toString() {
        return address + " dev " + device + " lladdr " + mac + " PERMANENT";
    }
}
