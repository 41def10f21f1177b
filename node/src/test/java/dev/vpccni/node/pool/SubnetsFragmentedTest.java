package dev.vpccni.node.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.ipam.scale.SubnetRoom;
import dev.vpccni.model.BlockKind;
import dev.vpccni.model.SubnetId;
import dev.vpccni.node.fake.Fixture;
import dev.vpccni.node.fake.Nouns;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What a subnet without whole prefixes may be asked for, and when again. */
class SubnetsFragmentedTest {

    private static final SubnetId OWN = Nouns.SUBNET;
    private static final SubnetId OTHER = new SubnetId("subnet-2");

    private final Fixture fixture = new Fixture();
    private final Subnets subnets =
            new Subnets(
                    fixture.ec2,
                    fixture.tempo,
                    fixture.retry,
                    fixture.current(),
                    fixture.explanations);

    @Test
    void itIsAskedForHalfThenForOneThenForNoneForAWhile() {
        subnets.fragmented(OWN, 5);
        assertThat(room()).isEqualTo(prefixes(2));
        subnets.fragmented(OWN, 2);
        assertThat(room()).isEqualTo(prefixes(1));
        subnets.fragmented(OWN, 1);
        assertThat(room()).isEqualTo(rests(15));

        assertThat(room().most(BlockKind.PREFIX, now())).isZero();
        assertThat(room().most(BlockKind.ADDRESS, now()))
                .as("single addresses are another matter")
                .isEqualTo(Integer.MAX_VALUE);
        assertThat(room().available(now())).isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void onceItHasRestedItIsAskedForOneAndHavingGivenItForAny() {
        subnets.fragmented(OWN, 1);
        pass(14);
        assertThat(room()).isEqualTo(rests(1));
        pass(1);
        assertThat(room()).isEqualTo(prefixes(1));

        subnets.gave(OWN, BlockKind.PREFIX, 1, 0);

        assertThat(subnets.rooms(now())).as("as good as new").isEmpty();
    }

    @Test
    void pausesGrowWhileItHasNoneAndEndWithTheFirstThatItGives() {
        List<Long> pauses = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            subnets.fragmented(OWN, 1);
            long pause = Duration.between(now(), until()).toSeconds();
            pauses.add(pause);
            pass(pause);
        }
        assertThat(pauses).containsExactly(15L, 30L, 60L, 120L, 240L, 300L);

        subnets.gave(OWN, BlockKind.PREFIX, 1, 0);
        subnets.fragmented(OWN, 1);
        assertThat(until()).isEqualTo(now().plusSeconds(15));
    }

    @Test
    void smallerAndSmallerRequestsInOneGoAreOneRefusal() {
        subnets.fragmented(OWN, 8);
        pass(14);
        subnets.fragmented(OWN, 4);
        pass(14);
        subnets.fragmented(OWN, 1);

        assertThat(until()).isEqualTo(now().plusSeconds(15));
    }

    @Test
    void eachSubnetIsForItself() {
        subnets.fragmented(OWN, 1);
        subnets.fragmented(OTHER, 4);

        assertThat(subnets.rooms(now()))
                .containsEntry(OWN, rests(15))
                .containsEntry(OTHER, prefixes(2));
        subnets.gave(OTHER, BlockKind.PREFIX, 2, 0);
        assertThat(subnets.rooms(now())).containsOnlyKeys(OWN);
    }

    @Test
    void singleAddressesThatItGivesMakeNoPrefixWhole() {
        subnets.fragmented(OWN, 1);

        subnets.gave(OWN, BlockKind.ADDRESS, 3, 0);

        assertThat(room()).isEqualTo(rests(15));
    }

    /** Two faults together: no prefix, and then not even an address. */
    @Test
    void oneThatIsFullTooIsAskedForNeither() {
        subnets.fragmented(OWN, 1);
        pass(5);
        subnets.refused(OWN, BlockKind.ADDRESS, 1, 0);

        SubnetRoom room = room();

        assertThat(room.available(now())).isZero();
        assertThat(room.refusedUntil(BlockKind.ADDRESS, now())).isEqualTo(now().plusSeconds(15));
        pass(10);
        assertThat(room().most(BlockKind.PREFIX, now())).as("the prefix has rested").isPositive();
        assertThat(room().available(now())).as("and the address has not").isZero();
    }

    @Test
    void aPrefixTakesSixteenOfTheAddressesThatAreLeft() throws Exception {
        fixture.ec2.on("subnets", List.of(Nouns.subnet("subnet-1", 40)));
        subnets.refresh(Duration.ZERO);

        subnets.gave(OWN, BlockKind.PREFIX, 2, 1);

        assertThat(room()).isEqualTo(SubnetRoom.of(40 - 2 * 16 - 1));
    }

    @Test
    void aRefusalOfPrefixesForWantOfAddressesIsCountedInAddresses() {
        subnets.refused(OWN, BlockKind.PREFIX, 2, 1);

        assertThat(room()).as("half of 33").isEqualTo(SubnetRoom.of(16));
    }

    private SubnetRoom room() {
        return Objects.requireNonNull(subnets.rooms(now()).get(OWN));
    }

    private Instant until() {
        return Objects.requireNonNull(room().fragmentedUntil());
    }

    private static SubnetRoom prefixes(int most) {
        return new SubnetRoom(Integer.MAX_VALUE, null, most, null);
    }

    private SubnetRoom rests(long seconds) {
        return new SubnetRoom(Integer.MAX_VALUE, null, 0, now().plusSeconds(seconds));
    }

    private Instant now() {
        return fixture.tempo.instant();
    }

    private void pass(long seconds) {
        fixture.tempo.pass(Duration.ofSeconds(seconds));
    }
}
