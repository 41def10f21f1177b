package dev.vpccni.ipam.ledger;

import static dev.vpccni.ipam.world.Nouns.START;
import static dev.vpccni.ipam.world.Nouns.address;
import static dev.vpccni.ipam.world.Nouns.block;
import static dev.vpccni.ipam.world.Nouns.blocks;
import static dev.vpccni.ipam.world.Nouns.id;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.model.Cidr;
import dev.vpccni.model.IpAddress;
import dev.vpccni.testing.SeededTest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** What interfaces keep for the next checkpoint is what it would be if it were worked out anew. */
class SavedInterfaceTest {

    private static final int STEPS = 150;
    private static final Duration COOLDOWN = Duration.ofSeconds(30);

    private final Steps steps = new Steps();

    /** Some steps have no checkpoint, so that what is kept is older than the step before. */
    @SeededTest
    void aCheckpointIsAsOneFromScratch(RandomGenerator random) {
        Ledger ledger = Ledger.empty(COOLDOWN, AnyCommands.kind(random));
        Instant now = START;
        for (int step = 0; step < STEPS; step++) {
            now = AnyCommands.later(random, now);
            Command command = AnyCommands.command(random);
            ledger = ledger.apply(command, now).ledger();
            if (random.nextInt(3) > 0) {
                assertThat(ledger.checkpoint())
                        .as("after %s: %s", command, ledger)
                        .isEqualTo(fromScratch(ledger));
            }
        }
        assertThat(ledger.checkpoint()).isEqualTo(fromScratch(ledger));
    }

    @Test
    void whatDidNotChangeIsTheSameObject() {
        steps.add(0, 3, START);
        steps.grant(1, START);
        Checkpoint before = steps.ledger.checkpoint();
        steps.grant(2, START);
        Checkpoint after = steps.ledger.checkpoint();

        assertThat(after.grants()).hasSize(2);
        assertThat(after.grants().getFirst()).isSameAs(before.grants().getFirst());
        assertThat(after.interfaces().getFirst()).isSameAs(before.interfaces().getFirst());

        steps.release(1, START.plusSeconds(1));
        Checkpoint released = steps.ledger.checkpoint();
        steps.release(2, START.plusSeconds(2));
        Checkpoint both = steps.ledger.checkpoint();
        assertThat(both.cooling()).hasSize(2);
        assertThat(both.cooling().getFirst()).isSameAs(released.cooling().getFirst());
        assertThat(both.interfaces().getFirst()).isSameAs(before.interfaces().getFirst());
    }

    @Test
    void anInterfaceIsListedAnewWhereItsListChanges() {
        steps.add(0, 3, START);
        steps.add(1, 3, START);
        Instant later = START.plusSeconds(90);
        assertThat(listed()).containsExactlyElementsOf(blocks(1, 3));
        steps.done(new Command.Doubt(id(1), List.of(block(1, 1))), later);
        assertThat(listed()).containsExactly(block(1, 0), block(1, 2));
        steps.done(new Command.Trust(id(1), List.of(block(1, 1))), later);
        assertThat(listed()).containsExactlyElementsOf(blocks(1, 3));
        steps.done(new Command.BeginRelease(id(1), List.of(block(1, 2))), later);
        assertThat(listed()).containsExactlyElementsOf(blocks(1, 2));
        steps.done(new Command.Suspend(id(1)), later);
        assertThat(steps.ledger.checkpoint().interfaces())
                .extracting(Checkpoint.Interface::suspended)
                .containsExactly(false, true);
    }

    @Test
    void whatHasCooledDownIsNotListed() {
        steps.add(0, 3, START);
        steps.grant(1, START);
        steps.release(1, START.plusSeconds(1));
        assertThat(steps.ledger.checkpoint().cooling()).hasSize(1);
        steps.grant(2, START.plusSeconds(1).plus(COOLDOWN));
        assertThat(steps.ledger.checkpoint().cooling()).as("to the last instant").hasSize(1);
        steps.grant(3, START.plusSeconds(1).plus(COOLDOWN).plusNanos(1));
        assertThat(steps.ledger.checkpoint().cooling()).isEmpty();
    }

    @Test
    void aSlotSaysWhatItIs() {
        var slot = new Slot(address(0, 0), AddressUse.Idle.NEVER_USED);

        assertThat(slot).hasToString(address(0, 0) + " " + AddressUse.Idle.NEVER_USED);
    }

    private List<Cidr> listed() {
        return steps.ledger.checkpoint().interfaces().getLast().blocks();
    }

    private static Checkpoint fromScratch(Ledger ledger) {
        var grants = new ArrayList<Checkpoint.Grant>();
        var cooling = new ArrayList<Checkpoint.Cooling>();
        var departed = new ArrayList<Checkpoint.DepartedBlock>();
        for (HeldInterface held : ledger.interfaces()) {
            for (Block block : held.blocks()) {
                if (block.stage() != BlockStage.LEAVING) {
                    block.slots()
                            .forEach(slot ->
                                    add(slot.address(), slot.use(), ledger, grants, cooling));
                }
            }
        }
        ledger.unplaced().forEach((address, use) -> add(address, use, ledger, grants, cooling));
        ledger.departedBlockMap()
                .forEach((block, since) -> {
                    if (!since.plus(Ledger.GONE_MEMORY).isBefore(ledger.latest())) {
                        departed.add(new Checkpoint.DepartedBlock(block, since));
                    }
                });
        var departedInterfaces = new ArrayList<Checkpoint.DepartedInterface>();
        ledger.departedMap()
                .forEach((id, since) -> {
                    if (!since.plus(Ledger.GONE_MEMORY).isBefore(ledger.latest())) {
                        departedInterfaces.add(new Checkpoint.DepartedInterface(id, since));
                    }
                });
        grants.sort(Comparator.comparing(Checkpoint.Grant::address));
        cooling.sort(Comparator.comparing(Checkpoint.Cooling::address));
        return new Checkpoint(
                grants,
                cooling,
                intents(ledger),
                ledger.interfaces().stream().map(SavedInterfaceTest::entry).toList(),
                new Checkpoint.Departed(departed, departedInterfaces));
    }

    private static void add(
            IpAddress address,
            AddressUse use,
            Ledger ledger,
            List<Checkpoint.Grant> grants,
            List<Checkpoint.Cooling> cooling) {
        if (use instanceof AddressUse.Assigned(var key, var pod, var since, _)) {
            grants.add(new Checkpoint.Grant(address, key, pod, since));
        }
        if (use instanceof AddressUse.Idle
                && !use.since().equals(Instant.EPOCH)
                && !use.since().plus(ledger.cooldown()).isBefore(ledger.latest())) {
            cooling.add(new Checkpoint.Cooling(address, use.since()));
        }
    }

    private static Checkpoint.Interface entry(HeldInterface held) {
        return new Checkpoint.Interface(
                held.facts(),
                cidrs(held, block -> block.stage() == BlockStage.SERVING),
                cidrs(held, block -> block.stage() == BlockStage.DOUBTED && hasGrants(block)),
                held.stage() == InterfaceStage.SUSPENDED,
                held.since());
    }

    private static List<Cidr> cidrs(HeldInterface held, Predicate<Block> those) {
        return held.blocks().stream().filter(those).map(Block::cidr).toList();
    }

    private static boolean hasGrants(Block block) {
        return block.slots().stream().anyMatch(slot -> slot.use() instanceof AddressUse.Assigned);
    }

    private static List<Checkpoint.Intent> intents(Ledger ledger) {
        var intents = new ArrayList<Checkpoint.Intent>(ledger.creates());
        ledger.removalMap()
                .forEach((id, since) -> intents.add(new Checkpoint.Intent.Remove(id, since)));
        for (HeldInterface held : ledger.interfaces()) {
            List<Cidr> leaving = cidrs(held, block -> block.stage() == BlockStage.LEAVING);
            if (!leaving.isEmpty()) {
                intents.add(new Checkpoint.Intent.Release(held.id(), leaving, held.since()));
            }
            if (held.arriving().count() > 0) {
                intents.add(
                        new Checkpoint.Intent.Assign(
                                held.id(),
                                held.arriving().kind(),
                                held.arriving().count(),
                                held.arriving().since()));
            }
        }
        return intents;
    }
}
