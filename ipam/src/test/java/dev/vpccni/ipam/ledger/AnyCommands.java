package dev.vpccni.ipam.ledger;

import static dev.vpccni.ipam.world.Nouns.START;
import static dev.vpccni.ipam.world.Nouns.TEMPLATE;
import static dev.vpccni.ipam.world.Nouns.TEMPLATE_6;
import static dev.vpccni.ipam.world.Nouns.address;
import static dev.vpccni.ipam.world.Nouns.block;
import static dev.vpccni.ipam.world.Nouns.block6;
import static dev.vpccni.ipam.world.Nouns.id;
import static dev.vpccni.ipam.world.Nouns.key;
import static dev.vpccni.ipam.world.Nouns.pod;
import static dev.vpccni.ipam.world.Nouns.prefix;
import static dev.vpccni.ipam.world.Nouns.prefix6;

import dev.vpccni.ipam.world.Nouns;
import dev.vpccni.model.AttachmentKey;
import dev.vpccni.model.BlockKind;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.IpAddress;
import dev.vpccni.testing.Choose;
import java.time.Instant;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Commands as they come, sensible or not, of a few pods, interfaces and blocks: single addresses
 * and prefixes of both families, some of which lie in each other or have a primary address.
 */
final class AnyCommands {

    private static final int INTERFACES = 4;

    private AnyCommands() {}

    static Command command(RandomGenerator random) {
        int n = random.nextInt(INTERFACES);
        return switch (random.nextInt(3)) {
            case 0 -> ofPods(random);
            case 1 -> ofArrivals(random, n);
            default -> ofDepartures(random, n);
        };
    }

    private static Command ofPods(RandomGenerator random) {
        return switch (random.nextInt(10)) {
            case 0, 1, 2, 3, 4 -> new Command.Assign(aKey(random), pod(0));
            case 5, 6, 7 -> new Command.Release(aKey(random));
            case 8 -> new Command.Hold(any(random));
            default -> new Command.Unhold(any(random));
        };
    }

    private static Command ofArrivals(RandomGenerator random, int n) {
        return switch (random.nextInt(9)) {
            case 0 ->
                    new Command.BeginCreate(
                            "token-" + n, template(random), n, kind(random), 3, START);
            case 1 -> new Command.NoteCreated("token-" + n, id(n));
            case 2 -> new Command.CancelCreate("token-" + n);
            case 3, 4 -> new Command.AddInterface(facts(random, n), some(random, n), "token-" + n);
            case 5 ->
                    random.nextBoolean()
                            ? new Command.Describe(facts(random, n))
                            : new Command.Suspend(id(n));
            case 6 -> new Command.Discover(facts(random, n), some(random, n));
            case 7 ->
                    random.nextBoolean()
                            ? new Command.BeginAssign(id(n), kind(random), 2)
                            : new Command.EndAssign(id(n), 2);
            default -> new Command.AddBlocks(id(n), some(random, n));
        };
    }

    private static Command ofDepartures(RandomGenerator random, int n) {
        List<Cidr> some = some(random, n);
        return switch (random.nextInt(8)) {
            case 0 -> new Command.BeginRelease(id(n), some);
            case 1 -> new Command.BeginRelease(id(n), some.subList(0, 1));
            case 2 ->
                    random.nextBoolean()
                            ? new Command.ConfirmReleased(id(n), some)
                            : new Command.CancelRelease(id(n), some);
            case 3 ->
                    random.nextBoolean()
                            ? new Command.Doubt(id(n), some)
                            : new Command.Trust(id(n), some);
            case 4 -> new Command.ForgetBlock(id(n), some.getFirst());
            case 5 -> new Command.BeginRemoval(id(n));
            case 6 ->
                    random.nextBoolean()
                            ? new Command.ConfirmRemoved(id(n))
                            : new Command.CancelRemoval(id(n));
            default ->
                    random.nextInt(4) == 0
                            ? new Command.ForgetInterface(id(n))
                            : new Command.BeginRemoval(id(n));
        };
    }

    static AttachmentKey aKey(RandomGenerator random) {
        return key(random.nextInt(20));
    }

    static BlockKind kind(RandomGenerator random) {
        return Choose.of(random, BlockKind.values());
    }

    static InterfaceTemplate template(RandomGenerator random) {
        return Choose.of(random, TEMPLATE, TEMPLATE_6);
    }

    /** Mostly what interface {@code n} is, sometimes one that pods may not use any more. */
    static InterfaceFacts facts(RandomGenerator random, int n) {
        InterfaceFacts usual = Nouns.facts(n);
        return switch (random.nextInt(8)) {
            case 0 -> usual.withUsable(false);
            case 1 -> Nouns.facts(n, Choose.of(random, InterfaceRole.values()));
            default -> usual;
        };
    }

    /** Returns one to five blocks, mostly of interface {@code n}. */
    static List<Cidr> some(RandomGenerator random, int n) {
        return Choose.list(
                random,
                1,
                5,
                () -> aBlock(random, random.nextInt(9) == 0 ? random.nextInt(INTERFACES) : n));
    }

    private static Cidr aBlock(RandomGenerator random, int n) {
        return switch (random.nextInt(12)) {
            case 0, 1, 2, 3 -> block(n, random.nextInt(8));
            case 4, 5, 6 -> prefix(n, random.nextInt(2));
            case 7 -> prefix6(n, random.nextInt(2));
            case 8 -> block6(n, random.nextInt(3));
            case 9 -> within(random, prefix(n, random.nextInt(2))).only();
            case 10 -> within(random, prefix6(n, random.nextInt(2))).only();
            default ->
                    Cidr.of(address(n, 0), BlockKind.PREFIX.prefixLength(address(n, 0).family()));
        };
    }

    static IpAddress any(RandomGenerator random) {
        return within(random, aBlock(random, random.nextInt(INTERFACES)));
    }

    /** Returns one of the first addresses of {@code block}. */
    private static IpAddress within(RandomGenerator random, Cidr block) {
        return block.network().plus(random.nextInt((int) Math.min(block.size(), 4)));
    }

    /** Mostly a little later, sometimes at the same instant, rarely earlier. */
    static Instant later(RandomGenerator random, Instant now) {
        return now.plusSeconds(Choose.of(random, 0, 0, 1, 5, 15, 30, 31, 60, -40));
    }
}
