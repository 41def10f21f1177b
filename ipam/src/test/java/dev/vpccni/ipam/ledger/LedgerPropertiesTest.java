package dev.vpccni.ipam.ledger;

import static dev.vpccni.ipam.world.Nouns.START;
import static dev.vpccni.ipam.world.Nouns.id;
import static dev.vpccni.ipam.world.Nouns.key;
import static dev.vpccni.ipam.world.Nouns.pod;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.model.AttachmentKey;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.IpAddress;
import dev.vpccni.testing.Choose;
import dev.vpccni.testing.SeededTest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/** What holds whatever the commands are, sensible or not. */
class LedgerPropertiesTest {

    private static final int STEPS = 150;
    private static final Duration COOLDOWN = Duration.ofSeconds(30);

    @SeededTest
    void noSequenceOfCommandsBreaksAPromise(RandomGenerator random) {
        Ledger ledger = Ledger.empty(COOLDOWN, AnyCommands.kind(random));
        Instant now = START;
        for (int step = 0; step < STEPS; step++) {
            now = AnyCommands.later(random, now);
            Command command = AnyCommands.command(random);
            Step next = ledger.apply(command, now);
            assertThat(LedgerInvariants.violations(ledger, next.ledger(), now))
                    .as("%s in %s", command, ledger)
                    .isEmpty();
            ledger = next.ledger();
        }
    }

    @SeededTest
    void aKeyKeepsItsAddressUntilItIsReleased(RandomGenerator random) {
        Ledger ledger = Ledger.empty(COOLDOWN, AnyCommands.kind(random));
        Instant now = START;
        SortedMap<AttachmentKey, IpAddress> granted = new TreeMap<>();
        for (int step = 0; step < STEPS; step++) {
            now = AnyCommands.later(random, now);
            Step next = ledger.apply(AnyCommands.command(random), now);
            switch (next.outcome()) {
                case Outcome.Granted(var grant, var home, boolean again) -> {
                    IpAddress before = granted.put(grant.key(), grant.address());
                    assertThat(before == null).isNotEqualTo(again);
                    assertThat(again ? before : grant.address()).isEqualTo(grant.address());
                    assertThat(requireNonNull(next.ledger().home(grant.address())).facts())
                            .isEqualTo(home);
                }
                case Outcome.Unplaced(var grant) ->
                        assertThat(granted).containsEntry(grant.key(), grant.address());
                case Outcome.Released(var grant, _) ->
                        assertThat(granted.remove(grant.key())).isEqualTo(grant.address());
                case Outcome.UnknownKey(var key) -> assertThat(granted).doesNotContainKey(key);
                case Outcome.NoAddress _, Outcome.Done _ -> {}
                case Outcome.Refused _ ->
                        assertThat(next.ledger()).hasToString(ledger.at(now).toString());
            }
            ledger = next.ledger();
        }
        assertThat(granted).hasSize(ledger.checkpoint().grants().size());
    }

    @SeededTest
    void aCheckpointBringsGrantsAndCooldownsBack(RandomGenerator random) {
        Ledger ledger = Ledger.empty(COOLDOWN, AnyCommands.kind(random));
        Instant now = START;
        for (int step = 0; step < STEPS; step++) {
            now = AnyCommands.later(random, now);
            ledger = ledger.apply(AnyCommands.command(random), now).ledger();
        }
        Checkpoint written = ledger.checkpoint();

        Ledger.Restored restored =
                Ledger.restore(written, COOLDOWN, ledger.preferred(), ledger.latest());

        assertThat(LedgerInvariants.violations(restored.ledger())).isEmpty();
        assertThat(restored.problems()).isEmpty();
        assertThat(restored.ledger().checkpoint()).isEqualTo(written);
    }

    /** A doubted block without a grant has to be seen again, and pods without one, too. */
    @SeededTest
    void aRestartBringsTheSameLedgerBack(RandomGenerator random) {
        Ledger ledger = Ledger.empty(COOLDOWN, AnyCommands.kind(random));
        Instant now = START;
        for (int step = 0; step < STEPS; step++) {
            now = AnyCommands.later(random, now);
            ledger = ledger.apply(AnyCommands.command(random), now).ledger();
        }
        Instant then = ledger.latest();

        Ledger again =
                Ledger.restore(ledger.checkpoint(), COOLDOWN, ledger.preferred(), then).ledger();

        assertThat(lines(again, then)).isEqualTo(lines(ledger, then));
        assertThat(again.creates()).isEqualTo(ledger.creates());
        assertThat(again.departedBlockMap().keys()).allMatch(ledger.departedBlockMap()::contains);
        for (Cidr block : ledger.departedBlockMap().keys()) {
            assertThat(again.hasLeft(block, then)).isEqualTo(ledger.hasLeft(block, then));
        }
    }

    /** Says of a ledger what a restart must not change, block by block. */
    private static List<String> lines(Ledger ledger, Instant now) {
        var lines = new ArrayList<String>();
        for (HeldInterface held : ledger.interfaces()) {
            lines.add(held.facts() + " " + held.stage() + " " + held.since());
            lines.add(held.arriving().count() == 0 ? "" : held.arriving().toString());
            for (Block block : held.blocks()) {
                boolean granted =
                        block.slots().stream()
                                .anyMatch(slot -> slot.use() instanceof AddressUse.Assigned);
                if (block.stage() != BlockStage.DOUBTED || granted) {
                    lines.add(block.cidr() + " " + block.stage());
                    block.slots().stream()
                            .filter(slot -> lasts(slot.use(), now))
                            .forEach(slot -> lines.add(slot.toString()));
                }
            }
        }
        ledger.unplaced()
                .forEach((address, use) -> {
                    if (use instanceof AddressUse.Assigned) {
                        lines.add(address + " " + use);
                    }
                });
        return lines;
    }

    private static boolean lasts(AddressUse use, Instant now) {
        return switch (use) {
            case AddressUse.Assigned _ -> true;
            case AddressUse.Held _ -> false;
            case AddressUse.Idle(Instant since) -> Block.cools(since, now, COOLDOWN);
        };
    }

    @SeededTest
    void anyCheckpointMakesASoundLedger(RandomGenerator random) {
        var grants = Choose.list(random, 0, 9, () -> grant(random));
        var cooling =
                Choose.list(
                        random,
                        0,
                        9,
                        () -> new Checkpoint.Cooling(AnyCommands.any(random), near(random)));
        var interfaces = Choose.list(random, 0, 4, () -> listed(random));
        List<Checkpoint.Intent> intents = Choose.list(random, 0, 6, () -> intent(random));
        var departed =
                new Checkpoint.Departed(
                        Choose.list(
                                random,
                                0,
                                4,
                                () ->
                                        new Checkpoint.DepartedBlock(
                                                AnyCommands.some(random, 0).getFirst(),
                                                near(random))),
                        Choose.list(
                                random,
                                0,
                                2,
                                () ->
                                        new Checkpoint.DepartedInterface(
                                                id(random.nextInt(4)), near(random))));
        var checkpoint = new Checkpoint(grants, cooling, intents, interfaces, departed);

        Ledger ledger =
                Ledger.restore(checkpoint, COOLDOWN, AnyCommands.kind(random), START).ledger();

        assertThat(LedgerInvariants.violations(ledger)).as("%s", checkpoint).isEmpty();
        for (Checkpoint.Grant grant : grants) {
            assertThat(requireNonNull(ledger.use(grant.address())).inUse())
                    .as("%s", grant)
                    .isTrue();
        }
    }

    @SeededTest
    void aClockThatStepsBackBeginsACooldownAnewAtMost(RandomGenerator random) {
        Ledger ledger = Ledger.empty(COOLDOWN, AnyCommands.kind(random));
        Instant now = START;
        for (int step = 0; step < STEPS; step++) {
            now = AnyCommands.later(random, now);
            ledger = ledger.apply(AnyCommands.command(random), now).ledger();
        }
        Instant before = now.minus(Duration.ofDays(1));
        Ledger back = ledger.apply(new Command.Release(key(99)), before).ledger();

        assertThat(back.counts(before.plus(COOLDOWN).plusNanos(1)).cooling()).isZero();
    }

    private static Instant near(RandomGenerator random) {
        return START.plusSeconds(Choose.between(random, -100, 100));
    }

    private static Checkpoint.Grant grant(RandomGenerator random) {
        return new Checkpoint.Grant(
                AnyCommands.any(random), AnyCommands.aKey(random), pod(1), near(random));
    }

    private static Checkpoint.Interface listed(RandomGenerator random) {
        int n = random.nextInt(4);
        return new Checkpoint.Interface(
                AnyCommands.facts(random, n),
                AnyCommands.some(random, n),
                random.nextBoolean() ? List.of() : AnyCommands.some(random, n),
                random.nextBoolean(),
                near(random));
    }

    private static Checkpoint.Intent intent(RandomGenerator random) {
        int n = random.nextInt(4);
        return switch (random.nextInt(4)) {
            case 0 ->
                    new Checkpoint.Intent.Create(
                            "token-" + n,
                            AnyCommands.template(random),
                            n,
                            AnyCommands.kind(random),
                            random.nextInt(5),
                            START,
                            random.nextBoolean() ? id(n) : null,
                            near(random));
            case 1 ->
                    new Checkpoint.Intent.Release(id(n), AnyCommands.some(random, n), near(random));
            case 2 ->
                    new Checkpoint.Intent.Assign(
                            id(n), AnyCommands.kind(random), 1 + random.nextInt(5), near(random));
            default -> new Checkpoint.Intent.Remove(id(n), near(random));
        };
    }
}
