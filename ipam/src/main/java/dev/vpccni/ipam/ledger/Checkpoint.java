package dev.vpccni.ipam.ledger;

import dev.vpccni.model.AttachmentKey;
import dev.vpccni.model.BlockKind;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.PodName;
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
     * @param interfaces how many interfaces the pod has, one on each of so many network cards
     */
    public record Grant(
            IpAddress address, AttachmentKey key, PodName pod, Instant since, int interfaces) {

        /** A grant of a pod with one interface. */
        public Grant(IpAddress address, AttachmentKey key, PodName pod, Instant since) {
            this(address, key, pod, since, 1);
        }

        Grant shifted(Duration by) {
            return new Grant(address, key, pod, since.plus(by), interfaces);
        }
    }

    /**
     * An address that nobody may have yet.
     *
     * @param since when its last user let go of it
     */
    public record Cooling(IpAddress address, Instant since) {

        Cooling shifted(Duration by) {
            return new Cooling(address, since.plus(by));
        }
    }

    /**
     * An interface and the blocks that it holds.
     *
     * @param facts its attachment is null where nobody has said yet
     * @param blocks whose addresses pods may have
     * @param doubted blocks whose pods keep what they have, and of which nobody gets another
     *     address until EC2 shows them
     * @param suspended whether it may be gone, so that no new pod gets an address of it
     * @param since when it began to serve pods
     */
    public record Interface(
            InterfaceFacts facts,
            List<Cidr> blocks,
            List<Cidr> doubted,
            boolean suspended,
            Instant since) {

        public Interface {
            blocks = List.copyOf(blocks);
            doubted = List.copyOf(doubted);
        }

        Interface shifted(Duration by) {
            return new Interface(facts, blocks, doubted, suspended, since.plus(by));
        }
    }

    /**
     * What EC2 has taken back, and may go on to show for a while.
     *
     * @param blocks by address
     * @param interfaces by identifier
     */
    public record Departed(List<DepartedBlock> blocks, List<DepartedInterface> interfaces) {

        /** Nothing has left lately. */
        public static final Departed NOTHING = new Departed(List.of(), List.of());

        public Departed {
            blocks = List.copyOf(blocks);
            interfaces = List.copyOf(interfaces);
        }

        Departed shifted(Duration by) {
            return new Departed(
                    blocks.stream()
                            .map(one -> new DepartedBlock(one.block, one.since.plus(by)))
                            .toList(),
                    interfaces.stream()
                            .map(one -> new DepartedInterface(one.id, one.since.plus(by)))
                            .toList());
        }
    }

    /**
     * A block that has left.
     *
     * @param since when it was given back, at the latest
     */
    public record DepartedBlock(Cidr block, Instant since) {}

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
         * @param kind of the blocks that it shall bring
         * @param count how many of them
         * @param created what its tag says of when it was made, by the wall clock
         * @param id what EC2 made, or null as long as it has not said
         */
        record Create(
                String token,
                InterfaceTemplate template,
                int device,
                BlockKind kind,
                int count,
                Instant created,
                @Nullable InterfaceId id,
                Instant since)
                implements Intent {

            /** Returns this with what EC2 made. */
            public Create withId(InterfaceId made) {
                return new Create(token, template, device, kind, count, created, made, since);
            }

            /** Returns how many addresses it shall bring. */
            public long addresses() {
                return count * kind.size(template.family());
            }

            @Override
            public Create shifted(Duration by) {
                return new Create(
                        token, template, device, kind, count, created, id, since.plus(by));
            }
        }

        /** An interface on its way out. */
        record Remove(InterfaceId id, Instant since) implements Intent {

            @Override
            public Remove shifted(Duration by) {
                return new Remove(id, since.plus(by));
            }
        }

        /** Blocks of an interface on their way out. */
        record Release(InterfaceId id, List<Cidr> blocks, Instant since) implements Intent {

            public Release {
                blocks = List.copyOf(blocks);
            }

            @Override
            public Release shifted(Duration by) {
                return new Release(id, blocks, since.plus(by));
            }
        }

        /** So many more blocks asked for, of which nobody has said yet which they are. */
        record Assign(InterfaceId id, BlockKind kind, int count, Instant since) implements Intent {

            @Override
            public Assign shifted(Duration by) {
                return new Assign(id, kind, count, since.plus(by));
            }
        }
    }
}
