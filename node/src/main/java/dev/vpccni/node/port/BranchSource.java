package dev.vpccni.node.port;

import dev.vpccni.model.IpAddress;
import dev.vpccni.model.IpFamily;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.Ipv6Address;
import dev.vpccni.model.Ipv6Cidr;
import dev.vpccni.model.MacAddress;
import dev.vpccni.model.PodName;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * Who knows which pods have network interfaces of their own, which somebody else attaches to the
 * node's trunk.
 */
public interface BranchSource {

    /** Knows none. */
    BranchSource NONE = (_, _) -> null;

    /**
     * Returns the interface that a pod has for itself, or null if the pod asks for none. Never
     * waits.
     *
     * @param uid of the pod in Kubernetes; empty where the runtime did not say
     * @throws PendingException if the pod asks for one that is not there yet, or nobody can tell
     */
    @Nullable Branch of(PodName pod, String uid) throws PendingException;

    /** Calls {@code listener}, which must not wait, whenever another answer may be given. */
    default void onChange(Runnable listener) {}

    /**
     * A pod's own network interface.
     *
     * @param id in EC2, such as {@code eni-0123456789abcdef0}
     * @param mac its own
     * @param ipv4 its address, or null if it has none of IPv4
     * @param ipv6 its address, or null if it has none of IPv6
     * @param vlan the tag that its packets have on the trunk
     * @param ipv4Subnet the subnet that {@code ipv4} lies in
     * @param ipv6Subnet the subnet that {@code ipv6} lies in
     */
    record Branch(
            String id,
            MacAddress mac,
            @Nullable Ipv4Address ipv4,
            @Nullable Ipv6Address ipv6,
            int vlan,
            @Nullable Ipv4Cidr ipv4Subnet,
            @Nullable Ipv6Cidr ipv6Subnet) {

        /** Every subnet's router in IPv6. */
        private static final Ipv6Address IPV6_ROUTER = Ipv6Address.parse("fe80:ec2::1");

        /** Returns its address of {@code family}, or null if it has none. */
        public @Nullable IpAddress address(IpFamily family) {
            return switch (family) {
                case IPV4 -> ipv4;
                case IPV6 -> ipv6;
            };
        }

        /** Returns the router of the subnet that {@code address} lies in, or null if unknown. */
        public @Nullable IpAddress router(IpAddress address) {
            return switch (address) {
                case Ipv4Address _ -> ipv4Subnet == null ? null : ipv4Subnet.network().plus(1);
                case Ipv6Address _ -> IPV6_ROUTER;
            };
        }
    }

    /** It cannot be told, or not yet. */
    final class PendingException extends Exception {

        @Serial private static final long serialVersionUID = 1L;

        private final String remedy;
        private final boolean coming;

        /**
         * @param message what is lacking
         * @param remedy what can be done about it
         * @param coming whether it may be there soon, so that waiting may help
         */
        public PendingException(String message, String remedy, boolean coming) {
            super(message);
            this.remedy = remedy;
            this.coming = coming;
        }

        /** Tells whether it may be there soon. */
        public boolean isComing() {
            return coming;
        }

        /** Returns what can be done about it. */
        public String remedy() {
            return remedy;
        }
    }
}
