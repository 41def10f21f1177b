package dev.vpccni.ipam.scale;

import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.SubnetId;
import java.util.List;

/** One thing to do in EC2. The actions of a plan do not depend on each other. */
public sealed interface Action {

    /** Give an interface {@code count} more secondary addresses. */
    record AssignTo(InterfaceId id, int count) implements Action {}

    /** Make an interface with {@code count} secondary addresses and attach it as {@code device}. */
    record CreateInterface(SubnetId subnet, int device, int count) implements Action {}

    /** Give these addresses of an interface back. */
    record ReleaseFrom(InterfaceId id, List<Ipv4Address> addresses) implements Action {
        public ReleaseFrom {
            addresses = List.copyOf(addresses);
        }
    }

    /** Detach and delete an interface, with the addresses on it. */
    record RemoveInterface(InterfaceId id) implements Action {}
}
