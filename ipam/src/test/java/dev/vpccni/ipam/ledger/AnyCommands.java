package dev.vpccni.ipam.ledger;

import static dev.vpccni.ipam.world.Nouns.START;
import static dev.vpccni.ipam.world.Nouns.SUBNET;
import static dev.vpccni.ipam.world.Nouns.address;
import static dev.vpccni.ipam.world.Nouns.facts;
import static dev.vpccni.ipam.world.Nouns.id;
import static dev.vpccni.ipam.world.Nouns.key;
import static dev.vpccni.ipam.world.Nouns.pod;

import dev.vpccni.model.AttachmentKey;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.testing.Choose;
import java.time.Instant;
import java.util.List;
import java.util.random.RandomGenerator;

/** Commands as they come, sensible or not, of a few pods, interfaces and addresses. */
final class AnyCommands {

    private AnyCommands() {}

    static Command command(RandomGenerator random) {
        int n = random.nextInt(4);
        List<Ipv4Address> some = Choose.list(random, 1, 5, () -> address(n, random.nextInt(8)));
        return switch (random.nextInt(27)) {
            case 0, 1, 2, 3, 4 -> new Command.Assign(aKey(random), pod(0));
            case 5, 6, 7 -> new Command.Release(aKey(random));
            case 8 -> new Command.Hold(any(random));
            case 9 -> new Command.Unhold(any(random));
            case 10 -> new Command.BeginCreate("token-" + n, SUBNET, n, 3, START);
            case 11 -> new Command.NoteCreated("token-" + n, id(n));
            case 12 -> new Command.CancelCreate("token-" + n);
            case 13, 14 -> new Command.AddInterface(facts(n), some, "token-" + n);
            case 15 ->
                    random.nextBoolean()
                            ? new Command.Describe(facts(n))
                            : new Command.Suspend(id(n));
            case 16 -> new Command.Discover(facts(n), some);
            case 17 -> new Command.BeginAssign(id(n), 2);
            case 18 -> new Command.EndAssign(id(n), 2);
            case 19 -> new Command.AddAddresses(id(n), some);
            case 20 -> new Command.BeginRelease(id(n), some);
            case 21 ->
                    random.nextBoolean()
                            ? new Command.ConfirmReleased(id(n), some)
                            : new Command.CancelRelease(id(n), some);
            case 22 ->
                    random.nextBoolean()
                            ? new Command.Doubt(id(n), some)
                            : new Command.Trust(id(n), some);
            case 23 -> new Command.ForgetAddress(id(n), any(random));
            case 24 -> new Command.BeginRemoval(id(n));
            case 25 ->
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
        return key(random.nextInt(12));
    }

    static Ipv4Address any(RandomGenerator random) {
        return address(random.nextInt(4), random.nextInt(8));
    }

    /** Mostly a little later, sometimes at the same instant, rarely earlier. */
    static Instant later(RandomGenerator random, Instant now) {
        return now.plusSeconds(Choose.of(random, 0, 0, 1, 5, 15, 30, 31, 60, -40));
    }
}
