package dev.vpccni.node.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.ipam.policy.Demand;
import dev.vpccni.ipam.policy.PoolLimits;
import dev.vpccni.ipam.policy.WarmTarget;
import dev.vpccni.ipam.scale.Situation;
import dev.vpccni.ipam.scale.Sources;
import dev.vpccni.ipam.scale.SubnetRoom;
import dev.vpccni.model.BlockKind;
import dev.vpccni.model.IpFamily;
import dev.vpccni.model.SubnetId;
import dev.vpccni.node.fake.Fixture;
import dev.vpccni.node.fake.Nouns;
import dev.vpccni.node.ledger.LedgerKeeper;
import java.time.Duration;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What a pod without an address is told. */
class AddressAvailabilityTest {

    private static final AddressAvailability.Problem PASSING =
            new AddressAvailability.Problem("EC2 throttles", "wait", false);
    private static final AddressAvailability.Problem LASTING =
            new AddressAvailability.Problem("not allowed", "allow it", true);

    private final Fixture fixture = new Fixture();
    private final AddressAvailability availability =
            new AddressAvailability(fixture.keeper, fixture.tempo);
    private final SortedMap<SubnetId, SubnetRoom> rooms = new TreeMap<>();

    @Test
    void atTheStartWaitingHelps() {
        assertThat(availability.isWorthWaiting()).isTrue();
        assertThat(availability.refusal()).hasMessageContaining("only just started");
        assertThat(availability.refusal().remedy()).isEqualTo("try again");
        assertThatThrownBy(availability::situation).hasMessage("not connected yet");
    }

    @Test
    void whatStandsInTheWayAtTheStartIsSaid() {
        availability.problem(PASSING);
        assertThat(availability.refusal()).hasMessage("EC2 throttles");
        assertThat(availability.refusal().remedy()).isEqualTo("wait");
        assertThat(availability.isWorthWaiting()).isTrue();

        availability.situation(this::situation);
        assertThat(availability.refusal()).as("nothing is there yet").hasMessage("EC2 throttles");
        availability.problem(null);
        assertThat(availability.refusal()).hasMessageContaining("EC2 has not given");
    }

    @Test
    void onceThereIsSomethingTheNumbersAreSaidToo() {
        full(1);
        availability.problem(PASSING);

        assertThat(availability.refusal())
                .hasMessageStartingWith("EC2 throttles; EC2 has not given");
        assertThat(availability.refusal().remedy())
                .isEqualTo("EC2 is asked again, after pauses of seconds that grow; wait");
        assertThat(availability.isWorthWaiting()).isTrue();
        availability.problem(null);
        assertThat(availability.refusal()).hasMessageStartingWith("EC2 has not given");
    }

    @Test
    void aLimitIsTheReasonWhateverElseStandsInTheWay() {
        full(9);
        availability.problem(PASSING);

        assertThat(availability.refusal()).hasMessageStartingWith("a tiny holds 9 pod addresses");
        assertThat(availability.refusal().remedy()).contains("larger instance type");
        assertThat(availability.isWorthWaiting()).isFalse();
        assertThat(availability.lacksSubnet()).isFalse();
    }

    @Test
    void sinceWhenPodsWaitIsSaidUntilNobodyHasTo() throws Exception {
        full(2);
        assertThat(availability.refusal().getMessage()).doesNotContain("since");
        fixture.tempo.pass(Duration.ofSeconds(100));
        waits(7, Duration.ofSeconds(20));
        fixture.tempo.pass(Duration.ofSeconds(100));
        waits(8, Duration.ofSeconds(20));

        assertThat(availability.refusal())
                .hasMessageEndingWith("; pods wait since 2026-01-01T00:01:40Z");
        fixture.add(3, 1);
        assertThat(availability.refusal().getMessage()).doesNotContain("since");
    }

    private void waits(int pod, Duration patience) throws Exception {
        var _ =
                fixture.keeper.assign(
                        new Command.Assign(Nouns.key(pod), Nouns.pod(pod)),
                        patience,
                        LedgerKeeper.ALWAYS);
    }

    @Test
    void whatIsBeingDoneIsSaidBesideWhatWouldHelp() {
        full(9);
        assertThat(availability.refusal().remedy())
                .startsWith("the next address of a pod that ends goes to who has waited longest; ")
                .contains("larger instance type");
        fixture.apply(new Command.Release(Nouns.key(0)));
        assertThat(availability.refusal().remedy()).startsWith("the next address that has cooled");
    }

    @Test
    void aSubnetWithoutRoomIsNamed() {
        full(3);
        rooms.put(Nouns.SUBNET, SubnetRoom.of(0));
        availability.problem(PASSING);

        assertThat(availability.lacksSubnet()).isTrue();
        assertThat(availability.isWorthWaiting()).isTrue();
        assertThat(availability.refusal())
                .hasMessageStartingWith("EC2 throttles; no address is left");
        assertThat(availability.refusal().remedy())
                .startsWith("the subnet is asked again within two minutes; ");
    }

    @Test
    void whereOnlyAnOperatorHelpsWaitingDoesIfSomethingComesOfItself() {
        full(2);
        availability.problem(LASTING);
        assertThat(availability.isWorthWaiting()).isFalse();

        fixture.done(new Command.BeginAssign(Nouns.id(0), BlockKind.ADDRESS, 1));
        assertThat(availability.isWorthWaiting()).as("one arrives").isTrue();
        fixture.done(new Command.EndAssign(Nouns.id(0), 1));
        assertThat(availability.isWorthWaiting()).isFalse();
        fixture.apply(new Command.Release(Nouns.key(0)));
        assertThat(availability.isWorthWaiting()).as("one cools down").isTrue();
        fixture.tempo.pass(Duration.ofSeconds(31));
        assertThat(availability.isWorthWaiting()).as("it is free").isTrue();
    }

    @Test
    void whatPodsAskForIsPartOfTheSituation() {
        availability.situation(this::situation);
        assertThat(availability.situation().demand()).isEqualTo(Demand.NONE);

        availability.demand(new Demand(3, 5));

        assertThat(availability.situation().demand()).isEqualTo(new Demand(3, 5));
    }

    private void full(int addresses) {
        fixture.add(0, addresses);
        for (int n = 0; n < addresses; n++) {
            fixture.grant(n);
        }
        availability.situation(this::situation);
    }

    private Situation situation(Demand demand) {
        return new Situation(
                new WarmTarget.Addresses(1, 0),
                new PoolLimits("tiny", 1, 1, 0, 0, 9, BlockKind.ADDRESS, IpFamily.IPV4, 110),
                demand,
                Sources.of(Nouns.TEMPLATE),
                rooms,
                Collections.emptySortedMap());
    }
}
