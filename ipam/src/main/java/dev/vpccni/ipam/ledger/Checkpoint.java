package dev.vpccni.ipam.ledger;

import dev.vpccni.model.AttachmentId;
import dev.vpccni.model.AttachmentKey;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.MacAddress;
import dev.vpccni.model.PodName;
import dev.vpccni.model.SubnetId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What of a ledger has to survive the daemon. EC2 and the kernel have the last word on interfaces
 * and their addresses; that they are here lets a restarted daemon serve pods before EC2 answers.
 *
 * @param grants addresses in use, by address
 * @param cooling addresses that were in use until a moment ago, by address
 * @param intents interfaces that were being made or removed, by token
 * @param interfaces the interfaces that serve pods, by device
 */
public record Checkpoint(
        List<Grant> grants,
        List<Cooling> cooling,
        List<Intent> intents,
        List<Interface> interfaces) {

    /** The checkpoint of a node that has done nothing yet. */
    public static final Checkpoint EMPTY =
            new Checkpoint(List.of(), List.of(), List.of(), List.of());

    public Checkpoint {
        grants = List.copyOf(grants);
        cooling = List.copyOf(cooling);
        intents = List.copyOf(intents);
        interfaces = List.copyOf(interfaces);
    }

    /**
     * An address in use.
     *
     * @param since when it was granted
     */
    public record Grant(Ipv4Address address, AttachmentKey key, PodName pod, Instant since) {}

    /**
     * An address that nobody may have yet.
     *
     * @param since when its last user let go of it
     */
    public record Cooling(Ipv4Address address, Instant since) {}

    /**
     * An interface and the addresses on it that pods may have.
     *
     * @param device its device index; its route table is one more, or main for device 0
     * @param attachment null where nobody has said yet
     * @param addresses without the primary one
     * @param role what it is to the node
     * @param since when it began to serve pods
     */
    public record Interface(
            InterfaceId id,
            MacAddress mac,
            SubnetId subnet,
            Ipv4Cidr subnetCidr,
            int device,
            @Nullable AttachmentId attachment,
            Ipv4Address primaryAddress,
            List<Ipv4Address> addresses,
            InterfaceRole role,
            Instant since) {

        public Interface {
            addresses = List.copyOf(addresses);
        }
    }

    /** A change in EC2 that has begun and of which no end was recorded. */
    public sealed interface Intent {

        /**
         * An interface asked for under {@code token}, which makes asking again harmless.
         *
         * @param device the device index that it shall have
         * @param addresses how many secondary addresses it shall bring
         * @param id what EC2 made, or null as long as it has not said
         */
        record Create(
                String token, int device, int addresses, @Nullable InterfaceId id, Instant since)
                implements Intent {

            /** Returns this with what EC2 made. */
            public Create withId(InterfaceId made) {
                return new Create(token, device, addresses, made, since);
            }
        }

        /** An interface on its way out. */
        record Remove(InterfaceId id, Instant since) implements Intent {}
    }
}
