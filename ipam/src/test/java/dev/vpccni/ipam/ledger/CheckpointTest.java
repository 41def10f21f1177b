package dev.vpccni.ipam.ledger;

import static dev.vpccni.ipam.world.Nouns.START;
import static dev.vpccni.ipam.world.Nouns.TEMPLATE;
import static dev.vpccni.ipam.world.Nouns.address;
import static dev.vpccni.ipam.world.Nouns.block;
import static dev.vpccni.ipam.world.Nouns.blocks;
import static dev.vpccni.ipam.world.Nouns.facts;
import static dev.vpccni.ipam.world.Nouns.id;
import static dev.vpccni.ipam.world.Nouns.key;
import static dev.vpccni.ipam.world.Nouns.pod;
import static dev.vpccni.ipam.world.Nouns.prefix;
import static dev.vpccni.ipam.world.Nouns.prefixes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.model.BlockKind;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class CheckpointTest {

    private static final Duration HOUR = Duration.ofHours(1);

    @Test
    void everyTimeMovesAndNothingElse() {
        assertThat(checkpoint(START).shifted(HOUR)).isEqualTo(checkpoint(START.plus(HOUR)));
        Checkpoint same = checkpoint(START);
        assertThat(same.shifted(Duration.ZERO)).isSameAs(same);
    }

    @Test
    void listsEverythingInItsOrder() {
        var steps = new Steps();
        steps.add(1, 3, START);
        steps.add(0, 3, START);
        for (int n = 0; n < 6; n++) {
            steps.grant(n, START);
        }
        Instant later = START.plusSeconds(90);
        steps.release(0, later);
        steps.release(5, later);
        steps.done(new Command.BeginAssign(id(1), BlockKind.ADDRESS, 2), later);
        steps.done(new Command.ForgetInterface(id(0)), later);

        Checkpoint written = steps.ledger.checkpoint();

        assertThat(written.grants()).extracting(Checkpoint.Grant::address).hasSize(4).isSorted();
        assertThat(written.cooling()).extracting(Checkpoint.Cooling::address).hasSize(2).isSorted();
        assertThat(written.interfaces()).extracting(one -> one.facts().id()).containsExactly(id(1));
    }

    @Test
    void listsInterfacesByDeviceAndNoAddressThatLeavesOrIsDoubted() {
        var steps = new Steps();
        steps.done(
                new Command.AddInterface(facts(9, 0, 1, InterfaceRole.SECONDARY), List.of(), null),
                START);
        steps.done(
                new Command.AddInterface(
                        facts(1, 0, 2, InterfaceRole.SECONDARY), blocks(1, 4), null),
                START);
        Instant later = START.plusSeconds(90);
        steps.done(new Command.BeginRelease(id(1), blocks(1, 1)), later);
        steps.done(new Command.Doubt(id(1), List.of(block(1, 1))), later);
        steps.done(new Command.Suspend(id(1)), later);

        List<Checkpoint.Interface> listed = steps.ledger.checkpoint().interfaces();

        assertThat(listed).extracting(one -> one.facts().id()).containsExactly(id(9), id(1));
        assertThat(listed).extracting(Checkpoint.Interface::suspended).containsExactly(false, true);
        assertThat(listed.getLast().blocks()).containsExactly(block(1, 2), block(1, 3));
    }

    @Test
    void saysOfEachGrantHowManyInterfacesThePodHas() {
        var steps = new Steps();
        steps.add(0, 2, START);
        steps.ledger = steps.ledger.apply(new Command.Assign(key(1), pod(1), 4), START).ledger();
        steps.grant(2, START);

        Checkpoint written = steps.ledger.checkpoint();
        Checkpoint again =
                Ledger.restore(written, Duration.ZERO, BlockKind.ADDRESS, START)
                        .ledger()
                        .checkpoint();

        assertThat(written.grants())
                .extracting(Checkpoint.Grant::interfaces)
                .containsExactlyInAnyOrder(4, 1);
        assertThat(again.grants()).isEqualTo(written.grants());
    }

    private static Checkpoint checkpoint(Instant at) {
        var cooling = new Checkpoint.Cooling(address(0, 1), at);
        return new Checkpoint(
                List.of(new Checkpoint.Grant(address(0, 0), key(1), pod(1), at)),
                List.of(cooling),
                List.of(
                        new Checkpoint.Intent.Create(
                                "token", TEMPLATE, 1, BlockKind.ADDRESS, 2, START, id(1), at),
                        new Checkpoint.Intent.Remove(id(2), at),
                        new Checkpoint.Intent.Release(id(3), blocks(3, 1), at),
                        new Checkpoint.Intent.Assign(id(4), BlockKind.PREFIX, 5, at)),
                List.of(new Checkpoint.Interface(facts(0), blocks(0, 3), prefixes(0, 1), true, at)),
                new Checkpoint.Departed(
                        List.of(new Checkpoint.DepartedBlock(prefix(0, 1), at)),
                        List.of(new Checkpoint.DepartedInterface(id(7), at))));
    }
}
