package dev.vpccni.ipam.ledger;

import static dev.vpccni.ipam.world.Nouns.START;
import static dev.vpccni.ipam.world.Nouns.key;
import static dev.vpccni.ipam.world.Nouns.pod;
import static dev.vpccni.ipam.world.Nouns.prefix;
import static dev.vpccni.ipam.world.Nouns.prefix6;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.model.Cidr;
import dev.vpccni.model.IpAddress;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** What a block remembers of its addresses, and when it forgets. */
class BlockMemoryTest {

    private static final Instant RESTED = START.plusSeconds(31);
    private static final Cidr LARGE = prefix6(0, 0);

    @Test
    void aLargeBlockForgetsWhereAsManyLieInThePastAsAreUsed() {
        assertThat(forgets(0, 63)).isFalse();
        assertThat(forgets(0, 64)).isTrue();
        assertThat(forgets(1, 63)).isFalse();
        assertThat(forgets(64, 64)).isTrue();
        assertThat(forgets(65, 64)).isFalse();
    }

    /** What rested once is not the next to be used, or it would never rest for long. */
    @Test
    void whatItForgotComesAfterWhatNobodyHadYet() {
        Block upward = used(0, 64);
        Block downward = Block.of(LARGE);
        for (int i = 1; i <= 64; i++) {
            downward = downward.with(at(i), assigned());
        }
        for (int i = 64; i >= 1; i--) {
            downward = downward.with(at(i), new AddressUse.Idle(START));
        }

        assertThat(upward.forgetting(RESTED, Steps.COOLDOWN).longestIdle()).isEqualTo(at(65));
        assertThat(downward.forgetting(RESTED, Steps.COOLDOWN).longestIdle()).isEqualTo(at(65));
    }

    @Test
    void afterItsLastAddressComesItsFirst() {
        IpAddress last = LARGE.last();
        Block block = Block.of(LARGE).with(last, assigned()).with(last.plus(-1), assigned());

        assertThat(block.longestIdle()).isEqualTo(at(1));
    }

    @Test
    void ofSeveralTheLatestUseCounts() {
        Block block =
                Block.of(prefix(0, 0))
                        .with(prefix(0, 0).network(), new AddressUse.Idle(START.plusSeconds(9)))
                        .with(prefix(0, 0).last(), new AddressUse.Idle(START));

        assertThat(block.lastUsed()).isEqualTo(START.plusSeconds(9));
    }

    @Test
    void whatWasNeverUsedDoesNotRest() {
        Block block =
                Block.of(prefix(0, 0))
                        .with(prefix(0, 0).network(), AddressUse.Idle.NEVER_USED)
                        .with(prefix(0, 0).last(), new AddressUse.Idle(START));

        assertThat(block.resting())
                .containsExactly(new Checkpoint.Cooling(prefix(0, 0).last(), START));
    }

    /** What is written once need not be made again. */
    @Test
    void whatItSaysOfItselfIsAlwaysTheSame() {
        Block block = used(3, 2);
        Slot granted = block.slots().getFirst();
        Slot resting = block.slots().getLast();

        assertThat(block.grants()).hasSize(3).isSameAs(block.grants());
        assertThat(block.resting()).hasSize(2).isSameAs(block.resting());
        assertThat(granted.grant((AddressUse.Assigned) granted.use()))
                .isSameAs(granted.grant((AddressUse.Assigned) granted.use()));
        assertThat(resting.cooling(START)).isSameAs(resting.cooling(START));
        assertThat(Block.of(LARGE)).hasToString(LARGE + " SERVING");
    }

    private static boolean forgets(int inUse, int past) {
        Block block = used(inUse, past);
        Block after = block.forgetting(RESTED, Steps.COOLDOWN);
        if (after != block) {
            assertThat(after.slots()).hasSize(inUse);
            assertThat(after.inUse()).isEqualTo(inUse);
        }
        return after != block;
    }

    /** Returns a large block whose first addresses are in use; the next ones were. */
    private static Block used(int inUse, int past) {
        Block block = Block.of(LARGE);
        for (int i = 1; i <= inUse + past; i++) {
            IpAddress next = block.longestIdle();
            assertThat(next).isEqualTo(at(i));
            block = block.with(next, assigned());
        }
        for (int i = inUse + 1; i <= inUse + past; i++) {
            block = block.with(at(i), new AddressUse.Idle(START));
        }
        return block;
    }

    private static IpAddress at(int i) {
        return LARGE.network().plus(i);
    }

    private static AddressUse assigned() {
        return new AddressUse.Assigned(key(0), pod(0), START);
    }
}
