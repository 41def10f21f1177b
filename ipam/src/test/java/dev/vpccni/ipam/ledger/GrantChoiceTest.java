package dev.vpccni.ipam.ledger;

import static dev.vpccni.ipam.world.Nouns.START;
import static dev.vpccni.ipam.world.Nouns.address;
import static dev.vpccni.ipam.world.Nouns.blocks;
import static dev.vpccni.ipam.world.Nouns.facts;
import static dev.vpccni.ipam.world.Nouns.id;
import static dev.vpccni.ipam.world.Nouns.key;
import static dev.vpccni.ipam.world.Nouns.pod;
import static dev.vpccni.ipam.world.Nouns.prefix;
import static dev.vpccni.ipam.world.Nouns.prefixes;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.model.BlockKind;
import dev.vpccni.model.IpAddress;
import dev.vpccni.testing.SeededTest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Which address a pod gets: of the kind that the node prefers, on the fullest interface, in its
 * fullest block, the one idle longest, so that all else drains.
 */
class GrantChoiceTest {

    private static final int STEPS = 150;
    private static final Instant LATER = START.plusSeconds(100);

    private final Steps steps = new Steps(BlockKind.PREFIX);

    @Test
    void theFullestPrefixServesSoThatTheOthersDrain() {
        steps.done(new Command.AddInterface(facts(0), prefixes(0, 2), null), START);
        for (int n = 0; n < 20; n++) {
            steps.grant(n, START);
        }
        for (int n = 0; n < 14; n++) {
            steps.release(n, START);
        }

        assertThat(steps.grant(30, LATER)).as("4 in use, not 2").isEqualTo(inSecond(4));
    }

    @Test
    void whatIsPreferredMayChange() {
        steps.done(new Command.Prefer(BlockKind.ADDRESS), START);
        assertThat(steps.ledger.preferred())
                .as("with nothing there yet")
                .isEqualTo(BlockKind.ADDRESS);
        steps.done(new Command.AddInterface(facts(0), blocks(0, 2), null), START);
        steps.done(new Command.AddBlocks(id(0), prefixes(0, 1)), START);
        assertThat(steps.grant(1, START)).isEqualTo(address(0, 0));

        steps.done(new Command.Prefer(BlockKind.PREFIX), START);
        assertThat(steps.grant(2, START)).isEqualTo(prefix(0, 0).network());

        Ledger before = steps.ledger;
        steps.done(new Command.Prefer(BlockKind.PREFIX), START);
        assertThat(steps.ledger).isSameAs(before);
    }

    /** EC2 may have given a device to the next interface before it is known that it is free. */
    @Test
    void twoInterfacesThatSayTheyAreTheSameDeviceBothServe() {
        steps.add(1, 1, START);
        steps.done(
                new Command.AddInterface(
                        facts(2, 0, 1, InterfaceRole.SECONDARY), blocks(2, 1), null),
                START);

        assertThat(steps.grant(1, START)).isEqualTo(address(1, 0));
        assertThat(steps.grant(2, START)).isEqualTo(address(2, 0));
    }

    @Test
    void theFullestInterfaceComesBeforeTheFullestPrefix() {
        steps.done(new Command.AddInterface(facts(0), prefixes(0, 2), null), START);
        for (int n = 0; n < 18; n++) {
            steps.grant(n, START);
        }
        for (int n = 1; n < 15; n++) {
            steps.release(n, START);
        }
        steps.done(new Command.AddInterface(facts(1), prefixes(1, 1), null), START);
        steps.done(new Command.Hold(prefix(1, 0).network()), START);
        steps.done(new Command.Hold(prefix(1, 0).network().plus(1)), START);
        steps.done(new Command.Hold(prefix(1, 0).network().plus(2)), START);

        assertThat(steps.grant(30, LATER)).as("2 and 2 against 3").isEqualTo(inSecond(2));
    }

    @Test
    void whatIsLeftOverServesOnlyWhenThereIsNothingElse() {
        steps.add(0, 2, START);
        steps.done(new Command.Hold(address(0, 1)), START);
        steps.done(new Command.AddInterface(facts(1), prefixes(1, 1), null), START);

        assertThat(steps.ledger.counts(START)).isEqualTo(new Counts(1, 0, 17, 1, 0, 0, 0, 0));
        for (int n = 0; n < 16; n++) {
            assertThat(prefix(1, 0).contains(steps.grant(n, START))).isTrue();
        }
        assertThat(steps.grant(16, START)).isEqualTo(address(0, 0));
    }

    @Test
    void whatIsLeftOverOnTheSameInterfaceServesLast() {
        steps.ledger = Ledger.empty(Steps.COOLDOWN, BlockKind.ADDRESS);
        steps.done(new Command.AddInterface(facts(0), prefixes(0, 1), null), START);
        steps.add(0, 1, START);

        assertThat(steps.grant(1, START)).isEqualTo(address(0, 0));
        assertThat(steps.grant(2, START)).isEqualTo(prefix(0, 0).network());
    }

    @Test
    void nobodyGetsAnAddressOfAnInterfaceThatPodsMayNotUse() {
        steps.done(
                new Command.AddInterface(facts(0).withUsable(false), prefixes(0, 1), null), START);

        assertThat(steps.apply(new Command.Assign(key(1), pod(1)), START))
                .isEqualTo(new Outcome.NoAddress());
        assertThat(steps.ledger.counts(START).free()).isZero();
        steps.done(new Command.Describe(facts(0)), START);
        assertThat(steps.grant(1, START)).isEqualTo(prefix(0, 0).network());
    }

    @SeededTest
    void everyGrantIsTheOneThatTheRuleNames(RandomGenerator random) {
        Ledger ledger = Ledger.empty(Steps.COOLDOWN, AnyCommands.kind(random));
        Instant now = START;
        for (int step = 0; step < STEPS; step++) {
            now = AnyCommands.later(random, now);
            Command command = AnyCommands.command(random);
            Ledger timely = ledger.at(now);
            Step next = ledger.apply(command, now);
            if (next.outcome() instanceof Outcome.Granted(var grant, _, boolean again) && !again) {
                assertThat(grant.address())
                        .as("%s", timely)
                        .isEqualTo(requireNonNull(best(timely, now)).address());
            }
            if (next.outcome() instanceof Outcome.NoAddress) {
                assertThat(best(timely, now)).as("%s", timely).isNull();
            }
            ledger = next.ledger();
        }
    }

    /** An address that a pod could get, and what speaks for it. */
    private record Candidate(
            IpAddress address,
            boolean preferred,
            int onInterface,
            int device,
            int inBlock,
            Instant idle) {

        static final Comparator<Candidate> BEST =
                Comparator.comparing(Candidate::preferred)
                        .thenComparingInt(Candidate::onInterface)
                        .thenComparing(Candidate::device, Comparator.reverseOrder())
                        .thenComparingInt(Candidate::inBlock)
                        .thenComparing(Candidate::idle, Comparator.reverseOrder())
                        .thenComparing(Candidate::address, Comparator.reverseOrder());
    }

    /** Looks at every address one by one; of an IPv6 prefix, at those that come into question. */
    private static @Nullable Candidate best(Ledger ledger, Instant now) {
        var all = new ArrayList<Candidate>();
        for (HeldInterface held : ledger.interfaces()) {
            boolean serves =
                    held.stage() == InterfaceStage.SERVING
                            && held.facts().usable()
                            && held.facts().role() != InterfaceRole.UNMANAGED;
            for (Block block : serves ? held.blocks() : List.<Block>of()) {
                if (block.stage() == BlockStage.SERVING) {
                    addresses(block)
                            .forEach(address -> add(all, ledger, held, block, address, now));
                }
            }
        }
        return all.stream().max(Candidate.BEST).orElse(null);
    }

    private static void add(
            List<Candidate> all,
            Ledger ledger,
            HeldInterface held,
            Block block,
            IpAddress address,
            Instant now) {
        if (block.use(address) instanceof AddressUse.Idle(Instant since)
                && (since.equals(Instant.EPOCH) || since.plus(ledger.cooldown()).isBefore(now))) {
            all.add(
                    new Candidate(
                            address,
                            block.cidr().isSingle() == (ledger.preferred() == BlockKind.ADDRESS),
                            pods(held.blocks()),
                            held.facts().device(),
                            pods(List.of(block)),
                            since));
        }
    }

    private static int pods(List<Block> blocks) {
        return (int)
                blocks.stream()
                        .flatMap(block -> block.slots().stream())
                        .filter(slot -> !(slot.use() instanceof AddressUse.Idle))
                        .count();
    }

    private static List<IpAddress> addresses(Block block) {
        var addresses = new ArrayList<IpAddress>();
        if (block.cidr().size() <= 16) {
            for (int i = 0; i < block.cidr().size(); i++) {
                addresses.add(block.cidr().network().plus(i));
            }
        } else {
            // It goes upward as long as there are others that nobody had lately.
            addresses.add(
                    block.slots().isEmpty()
                            ? block.cidr().network().plus(1)
                            : block.slots().getLast().address().plus(1));
        }
        return addresses;
    }

    private static IpAddress inSecond(int i) {
        return prefix(0, 1).network().plus(i);
    }
}
