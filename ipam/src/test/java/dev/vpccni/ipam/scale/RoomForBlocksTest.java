package dev.vpccni.ipam.scale;

import static dev.vpccni.ipam.world.Nouns.START;
import static dev.vpccni.ipam.world.Nouns.address;
import static dev.vpccni.ipam.world.Nouns.blocks;
import static dev.vpccni.ipam.world.Nouns.id;
import static dev.vpccni.ipam.world.Nouns.prefixes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.ipam.ledger.Checkpoint;
import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.ipam.ledger.Ledger;
import dev.vpccni.model.BlockKind;
import dev.vpccni.model.IpAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What gives way to blocks of the kind that the node prefers, where interfaces are full. */
class RoomForBlocksTest extends MixedGrowthFixture {

    /** A whole prefix is given up only if another address is left for whoever comes. */
    @Test
    void prefixesMakeRoomForSinglesButForTheLast() {
        ledger = Ledger.empty(Duration.ofSeconds(30), BlockKind.ADDRESS);
        add(0, prefixes(0, 2));

        assertThat(planForSingles(2, 1).actions()).containsExactly(release(0, BlockKind.PREFIX, 1));

        ledger = Ledger.empty(Duration.ofSeconds(30), BlockKind.ADDRESS);
        add(0, prefixes(0, 1));
        assertThat(planForSingles(1, 1).actions()).isEmpty();
    }

    /** The prefix leaves more room than the addresses take. */
    @Test
    void theyDoSoInAFullSubnetToo() {
        ledger = Ledger.empty(Duration.ofSeconds(30), BlockKind.ADDRESS);
        add(0, prefixes(0, 2));
        room(SubnetRoom.of(0));

        assertThat(planForSingles(2, 1).actions()).containsExactly(release(0, BlockKind.PREFIX, 1));
    }

    @Test
    void whatMakesRoomOnOneInterfaceDoesNotOnTheNext() {
        twoOfSingles();
        room(SubnetRoom.of(31));
        assertThat(plan(9 * 16).actions()).as("one prefix is there").containsExactly(release(1));
        room(SubnetRoom.of(PLENTY));
        assertThat(plan(16).actions()).as("one is missing").containsExactly(release(1));
    }

    @Test
    void oneSingleOfAllInterfacesServesWhoeverComesMeanwhile() {
        twoOfSingles();
        room(SubnetRoom.of(PLENTY));
        grant(18);
        release(address(0, 0), address(0, 1), address(1, 0));
        assertThat(plan(18 * 16).actions()).containsExactly(release(2));
    }

    @Test
    void onAnInterfaceThatMayNotGrowSinglesStay() {
        interfaces = 2;
        add(0, prefixes(0, 9));
        add(1, blocks(1, 9));
        apply(new Command.Suspend(id(1)));
        room(SubnetRoom.of(PLENTY));

        assertThat(plan(16).actions()).isEmpty();
    }

    private void release(IpAddress... freed) {
        for (Checkpoint.Grant grant : ledger.checkpoint().grants()) {
            if (List.of(freed).contains(grant.address())) {
                ledger = ledger.apply(new Command.Release(grant.key()), START).ledger();
            }
        }
    }

    private void twoOfSingles() {
        interfaces = 2;
        add(0, blocks(0, 9));
        add(1, blocks(1, 9));
    }
}
