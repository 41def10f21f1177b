package dev.vpccni.ipam.scale;

import static dev.vpccni.ipam.world.Nouns.START;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.model.BlockKind;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** What a subnet may be asked for after it has refused something, and until when it may not. */
class SubnetRoomTest {

    private static final Instant BEFORE = START.minusNanos(1);

    @Test
    void oneThatRefusedRests() {
        var room = new SubnetRoom(9, START, Integer.MAX_VALUE, null);

        assertThat(room.available(BEFORE)).isZero();
        assertThat(room.refusedUntil(BlockKind.ADDRESS, BEFORE)).isEqualTo(START);
        assertThat(room.refusedUntil(BlockKind.PREFIX, BEFORE)).isEqualTo(START);
        assertThat(room.available(START)).isEqualTo(9);
        assertThat(room.refusedUntil(BlockKind.ADDRESS, START)).isNull();
    }

    @Test
    void oneWithoutPrefixesHasSingleAddresses() {
        var room = new SubnetRoom(9, null, 4, START);

        assertThat(room.most(BlockKind.PREFIX, BEFORE)).isZero();
        assertThat(room.most(BlockKind.ADDRESS, BEFORE)).isEqualTo(Integer.MAX_VALUE);
        assertThat(room.refusedUntil(BlockKind.PREFIX, BEFORE)).isEqualTo(START);
        assertThat(room.refusedUntil(BlockKind.ADDRESS, BEFORE)).isNull();
        assertThat(room.most(BlockKind.PREFIX, START)).isEqualTo(4);
        assertThat(room.refusedUntil(BlockKind.PREFIX, START)).isNull();
    }

    @Test
    void ofOneThatNeverRefusedNothingIsKnown() {
        assertThat(SubnetRoom.UNKNOWN.available(START)).isEqualTo(Integer.MAX_VALUE);
        assertThat(SubnetRoom.UNKNOWN.most(BlockKind.PREFIX, START)).isEqualTo(Integer.MAX_VALUE);
        assertThat(SubnetRoom.UNKNOWN.refusedUntil(BlockKind.PREFIX, START)).isNull();
    }

    @Test
    void whatIsShortOfNothingHasNothing() {
        assertThat(SubnetRoom.of(-3).available(START)).isZero();
    }
}
