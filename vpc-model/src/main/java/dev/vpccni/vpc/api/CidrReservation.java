package dev.vpccni.vpc.api;

import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.SubnetId;

/**
 * A part of a subnet from which EC2 does not choose as it likes (VPC User Guide, "Subnet CIDR
 * reservations").
 *
 * @param id such as {@code scr-0123456789abcdef0}
 */
public record CidrReservation(
        String id, SubnetId subnet, Ipv4Cidr cidr, Kind kind, String description) {

    /** What the reserved addresses are for. */
    public enum Kind {
        /** Nothing is chosen from them: who wants one names it. */
        EXPLICIT,

        /** Prefixes are chosen from them, and from nowhere else in the subnet. */
        PREFIX
    }
}
