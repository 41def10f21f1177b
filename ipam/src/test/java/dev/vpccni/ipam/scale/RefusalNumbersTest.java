package dev.vpccni.ipam.scale;

import static dev.vpccni.ipam.world.Nouns.START;
import static dev.vpccni.ipam.world.Nouns.SUBNET;
import static dev.vpccni.ipam.world.Nouns.TEMPLATE;
import static dev.vpccni.ipam.world.Nouns.blocks;
import static dev.vpccni.ipam.world.Nouns.facts;
import static dev.vpccni.ipam.world.Nouns.id;
import static dev.vpccni.ipam.world.Nouns.key;
import static dev.vpccni.ipam.world.Nouns.pod;
import static dev.vpccni.ipam.world.Nouns.refusing;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.ipam.ledger.InterfaceRole;
import dev.vpccni.ipam.ledger.Ledger;
import dev.vpccni.ipam.ledger.Outcome;
import dev.vpccni.ipam.ledger.Step;
import dev.vpccni.ipam.policy.Demand;
import dev.vpccni.ipam.policy.PoolLimits;
import dev.vpccni.ipam.policy.WarmTarget.Addresses;
import dev.vpccni.model.BlockKind;
import dev.vpccni.model.IpFamily;
import dev.vpccni.model.SubnetId;
import java.time.Duration;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which limit a refusal names, and with which numbers. An instance has 2 interfaces, 4 each. */
class RefusalNumbersTest {

    private static final PoolLimits LIMITS =
            new PoolLimits("x.large", 2, 2, 0, 0, 4, BlockKind.ADDRESS, IpFamily.IPV4, 29);

    private final SortedMap<SubnetId, SubnetRoom> rooms = new TreeMap<>();
    private Ledger ledger = Ledger.empty(Duration.ofSeconds(30), BlockKind.ADDRESS);

    @Test
    void aFullInstanceIsNamedWithoutASetting() {
        join(0, InterfaceRole.PRIMARY, 4);
        join(1, InterfaceRole.SECONDARY, 4);
        use(0, 7);
        apply(new Command.Release(key(0)));

        Refusal refusal = explain();

        assertThat(refusal.cause()).isEqualTo(Refusal.Cause.INSTANCE_LIMIT);
        assertThat(refusal.reason())
                .startsWith("a x.large holds 8 pod addresses (2 interfaces with 4 each)")
                .endsWith("6 in use, 1 cooling down, 1 free");
        assertThat(refusal.remedy()).contains("--max-pods=10");
    }

    @Test
    void whatGoesBackIsCounted() {
        join(0, InterfaceRole.PRIMARY, 4);
        join(1, InterfaceRole.SECONDARY, 4);
        use(0, 5);
        apply(new Command.BeginRelease(id(1), blocks(1, 4).subList(2, 4)));

        assertThat(explain().reason())
                .endsWith("5 in use, 0 cooling down, 1 free, 2 on their way back");
    }

    @Test
    void anInterfaceWithRoomInASubnetWithRoomLeavesEc2() {
        join(0, InterfaceRole.PRIMARY, 4);
        join(1, InterfaceRole.SECONDARY, 3);

        assertThat(explain().cause()).isEqualTo(Refusal.Cause.EC2);
        assertThat(explain().waitingHelps()).isTrue();
        rooms.put(SUBNET, SubnetRoom.of(1));
        assertThat(explain().cause()).isEqualTo(Refusal.Cause.EC2);
        rooms.put(SUBNET, SubnetRoom.of(0));
        assertThat(explain().cause()).isEqualTo(Refusal.Cause.SUBNET);
        rooms.put(SUBNET, refusing(9, START.plusSeconds(1)));
        assertThat(explain().cause()).isEqualTo(Refusal.Cause.SUBNET);
        rooms.put(SUBNET, refusing(9, START));
        assertThat(explain().cause()).isEqualTo(Refusal.Cause.EC2);
    }

    @Test
    void aPlaceForAnotherInterfaceLeavesEc2() {
        join(0, InterfaceRole.PRIMARY, 4);

        assertThat(explain().cause()).isEqualTo(Refusal.Cause.EC2);
    }

    @Test
    void anInterfaceInTheMakingTakesTheLastPlace() {
        join(0, InterfaceRole.PRIMARY, 4);
        apply(new Command.BeginCreate("token", TEMPLATE, 1, BlockKind.ADDRESS, 0, START));

        assertThat(explain().cause()).isEqualTo(Refusal.Cause.INSTANCE_LIMIT);
    }

    @ParameterizedTest
    @EnumSource(
            value = InterfaceRole.class,
            names = {"TRUNK", "UNMANAGED"})
    void whatGetsNoMoreAddressesHasNoRoom(InterfaceRole role) {
        join(0, InterfaceRole.PRIMARY, 4);
        join(1, role, 1);

        assertThat(explain().cause()).isEqualTo(Refusal.Cause.INSTANCE_LIMIT);
    }

    @Test
    void whatIsSuspendedHasNoRoom() {
        join(0, InterfaceRole.PRIMARY, 4);
        join(1, InterfaceRole.SECONDARY, 1);
        apply(new Command.Suspend(id(1)));

        assertThat(explain().cause()).isEqualTo(Refusal.Cause.INSTANCE_LIMIT);
    }

    private Refusal explain() {
        var situation =
                new Situation(
                        new Addresses(1, 0),
                        LIMITS,
                        new Demand(1, 0),
                        Sources.of(TEMPLATE),
                        rooms,
                        new TreeMap<>());
        return Refusals.explain(ledger, situation, START);
    }

    private void join(int device, InterfaceRole role, int count) {
        apply(new Command.AddInterface(facts(device, role), blocks(device, count), null));
    }

    private void use(int from, int to) {
        for (int n = from; n < to; n++) {
            assertThat(apply(new Command.Assign(key(n), pod(n))))
                    .isInstanceOf(Outcome.Granted.class);
        }
    }

    private Outcome apply(Command command) {
        Step step = ledger.apply(command, START);
        ledger = step.ledger();
        assertThat(step.outcome()).isNotInstanceOf(Outcome.Refused.class);
        return step.outcome();
    }
}
