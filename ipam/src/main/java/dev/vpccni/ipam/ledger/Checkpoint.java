package dev.vpccni.ipam.ledger;

import dev.vpccni.model.AttachmentId;
import dev.vpccni.model.AttachmentKey;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.MacAddress;
import dev.vpccni.model.PodName;
import dev.vpccni.model.SubnetId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What of a ledger has to survive the daemon. EC2 and the kernel have the last word on interfaces
 * and their addresses; that they are here lets a restarted daemon serve pods before EC2 answers.
 *
 * @param grants addresses in use, by address
 * @param cooling addresses that were in use until a moment ago, by address
 * @param intents what had begun in EC2 and not ended: creations by token, then removals and
 *     releases and assignments by interface
 * @param interfaces the interfaces that serve pods, by device
 * @param departed what was given back to EC2 a moment ago, which EC2 may still show
 */
public record Checkpoint(
        List<Grant> grants,
        List<Cooling> cooling,
        List<Intent> intents,
        List<Interface> interfaces,
        Departed departed) {

    /** The checkpoint of a node that has done nothing yet. */
    public static final Checkpoint EMPTY = ofGrants(List.of());

    public Checkpoint {
        grants = List.copyOf(grants);
        cooling = List.copyOf(cooling);
        intents = List.copyOf(intents);
        interfaces = List.copyOf(interfaces);
    }

    /** Returns what upstream writes, and no more: the addresses in use. */
    public static Checkpoint ofGrants(List<Grant> grants) {
        return new Checkpoint(grants, List.of(), List.of(), List.of(), Departed.NOTHING);
    }

    /**
     * Returns this with every time moved by {@code by}, as when it passes from the time of one
     * daemon to that of the next.
     */
    public Checkpoint shifted(Duration by) {
        return by.isZero()
                ? this
                : new Checkpoint(
                        grants.stream().map(grant -> grant.shifted(by)).toList(),
                        cooling.stream().map(one -> one.shifted(by)).toList(),
                        intents.stream().map(intent -> intent.shifted(by)).toList(),
                        interfaces.stream().map(one -> one.shifted(by)).toList(),
                        departed.shifted(by));
    }

    /**
     * An address in use.
     *
     * @param since when it was granted
     */
    public record Grant(Ipv4Address address, AttachmentKey key, PodName pod, Instant since) {

        Grant shifted(Duration by) {
            return new Grant(address, key, pod, since.plus(by));
        }
    }

    /**
     * An address that nobody may have yet, or that has left.
     *
     * @param since when its last user let go of it, or EC2 took it back
     */
    public record Cooling(Ipv4Address address, Instant since) {

        Cooling shifted(Duration by) {
            return new Cooling(address, since.plus(by));
        }
    }

    /**
     * An interface and the addresses on it that pods may have.
     *
     * @param device its device index; its route table is one more, or main for device 0
     * @param attachment null where nobody has said yet
     * @param addresses without the primary one
     * @param role what it is to the node
     * @param suspended whether it may be gone, so that no new pod gets an address of it
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
            boolean suspended,
            Instant since) {

        public Interface {
            addresses = List.copyOf(addresses);
        }

        Interface shifted(Duration by) {
            return new Interface(
                    id,
                    mac,
                    subnet,
                    subnetCidr,
                    device,
                    attachment,
                    primaryAddress,
                    addresses,
                    role,
                    suspended,
                    since.plus(by));
        }
    }

    /**
     * What EC2 has taken back, and may go on to show for a while.
     *
     * @param addresses by address
     * @param interfaces by identifier
     */
    public record Departed(List<Cooling> addresses, List<DepartedInterface> interfaces) {

        /** Nothing has left lately. */
        public static final Departed NOTHING = new Departed(List.of(), List.of());

        public Departed {
            addresses = List.copyOf(addresses);
            interfaces = List.copyOf(interfaces);
        }

        Departed shifted(Duration by) {
            return new Departed(
                    addresses.stream().map(one -> one.shifted(by)).toList(),
                    interfaces.stream()
                            .map(one -> new DepartedInterface(one.id, one.since.plus(by)))
                            .toList());
        }
    }

    /**
     * An interface that has left.
     *
     * @param since when it was detached, at the latest
     */
    public record DepartedInterface(InterfaceId id, Instant since) {}

    /** A change in EC2 that has begun and of which no end was recorded. */
    public sealed interface Intent {

        /** Returns when it began. */
        Instant since();

        /** Returns this with its time moved by {@code by}. */
        Intent shifted(Duration by);

        /**
         * An interface asked for under {@code token}, which makes asking again harmless as long as
         * everything else is asked for in the same words.
         *
         * @param device the device index that it shall have
         * @param addresses how many secondary addresses it shall bring
         * @param created what its tag says of when it was made, by the wall clock
         * @param id what EC2 made, or null as long as it has not said
         */
        record Create(
                String token,
                SubnetId subnet,
                int device,
                int addresses,
                Instant created,
                @Nullable InterfaceId id,
                Instant since)
                implements Intent {

            /** Returns this with what EC2 made. */
            public Create withId(InterfaceId made) {
                return new Create(token, subnet, device, addresses, created, made, since);
            }

            @Override
            public Create shifted(Duration by) {
                return new Create(token, subnet, device, addresses, created, id, since.plus(by));
            }
        }

        /** An interface on its way out. */
        record Remove(InterfaceId id, Instant since) implements Intent {

            @Override
            public Remove shifted(Duration by) {
                return new Remove(id, since.plus(by));
            }
        }

        /** Addresses of an interface on their way out. */
        record Release(InterfaceId id, List<Ipv4Address> addresses, Instant since)
                implements Intent {

            public Release {
                addresses = List.copyOf(addresses);
            }

            @Override
            public Release shifted(Duration by) {
                return new Release(id, addresses, since.plus(by));
            }
        }

        /** So many more addresses asked for, of which nobody has said yet which they are. */
        record Assign(InterfaceId id, int count, Instant since) implements Intent {

            @Override
            public Assign shifted(Duration by) {
                return new Assign(id, count, since.plus(by));
            }
        }
    }
}
