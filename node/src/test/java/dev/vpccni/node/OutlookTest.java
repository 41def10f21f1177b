package dev.vpccni.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.ipam.policy.Demand;
import dev.vpccni.ipam.policy.PoolLimits;
import dev.vpccni.ipam.policy.WarmTarget;
import dev.vpccni.ipam.scale.Situation;
import dev.vpccni.ipam.scale.SubnetRoom;
import dev.vpccni.model.SubnetId;
import dev.vpccni.node.fake.Nouns;
import java.time.Duration;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What a pod without an address is told. */
class OutlookTest {

    private static final Outlook.Obstacle PASSING =
            new Outlook.Obstacle("EC2 throttles", "wait", false);
    private static final Outlook.Obstacle LASTING =
            new Outlook.Obstacle("not allowed", "allow it", true);

    private final Fixture fixture = new Fixture();
    private final Outlook outlook = new Outlook(fixture.keeper, fixture.tempo);
    private final SortedMap<SubnetId, SubnetRoom> rooms = new TreeMap<>();

    @Test
    void atTheStartWaitingHelps() {
        assertThat(outlook.isWorthWaiting()).isTrue();
        assertThat(outlook.refusal()).hasMessageContaining("only just started");
        assertThat(outlook.refusal().remedy()).isEqualTo("try again");
        assertThatThrownBy(outlook::situation).hasMessage("not connected yet");
    }

    @Test
    void whatStandsInTheWayAtTheStartIsSaid() {
        outlook.obstacle(PASSING);
        assertThat(outlook.refusal()).hasMessage("EC2 throttles");
        assertThat(outlook.refusal().remedy()).isEqualTo("wait");
        assertThat(outlook.isWorthWaiting()).isTrue();

        outlook.situation(this::situation);
        assertThat(outlook.refusal()).as("nothing is there yet").hasMessage("EC2 throttles");
        outlook.obstacle(null);
        assertThat(outlook.refusal()).hasMessageContaining("EC2 has not given");
    }

    @Test
    void onceThereIsSomethingTheNumbersAreSaidToo() {
        full(1);
        outlook.obstacle(PASSING);

        assertThat(outlook.refusal()).hasMessageStartingWith("EC2 throttles; EC2 has not given");
        assertThat(outlook.refusal().remedy()).isEqualTo("wait");
        assertThat(outlook.isWorthWaiting()).isTrue();
        outlook.obstacle(null);
        assertThat(outlook.refusal()).hasMessageStartingWith("EC2 has not given");
    }

    @Test
    void aLimitIsTheReasonWhateverElseStandsInTheWay() {
        full(9);
        outlook.obstacle(PASSING);

        assertThat(outlook.refusal()).hasMessageStartingWith("a tiny holds 9 pod addresses");
        assertThat(outlook.refusal().remedy()).contains("larger instance type");
        assertThat(outlook.isWorthWaiting()).isFalse();
        assertThat(outlook.lacksSubnet()).isFalse();
    }

    @Test
    void aSubnetWithoutRoomIsNamed() {
        full(3);
        rooms.put(Nouns.SUBNET, new SubnetRoom(0, null));
        outlook.obstacle(PASSING);

        assertThat(outlook.lacksSubnet()).isTrue();
        assertThat(outlook.isWorthWaiting()).isTrue();
        assertThat(outlook.refusal()).hasMessageStartingWith("EC2 throttles; no address is left");
    }

    @Test
    void whereOnlyAnOperatorHelpsWaitingDoesIfSomethingComesOfItself() {
        full(2);
        outlook.obstacle(LASTING);
        assertThat(outlook.isWorthWaiting()).isFalse();

        fixture.done(new Command.BeginAssign(Nouns.id(0), 1));
        assertThat(outlook.isWorthWaiting()).as("one arrives").isTrue();
        fixture.done(new Command.EndAssign(Nouns.id(0), 1));
        assertThat(outlook.isWorthWaiting()).isFalse();
        fixture.apply(new Command.Release(Nouns.key(0)));
        assertThat(outlook.isWorthWaiting()).as("one cools down").isTrue();
        fixture.tempo.pass(Duration.ofSeconds(31));
        assertThat(outlook.isWorthWaiting()).as("it is free").isTrue();
    }

    @Test
    void whatPodsAskForIsPartOfTheSituation() {
        outlook.situation(this::situation);
        assertThat(outlook.situation().demand()).isEqualTo(Demand.NONE);

        outlook.demand(new Demand(3, 5));

        assertThat(outlook.situation().demand()).isEqualTo(new Demand(3, 5));
    }

    private void full(int addresses) {
        fixture.add(0, addresses);
        for (int n = 0; n < addresses; n++) {
            fixture.grant(n);
        }
        outlook.situation(this::situation);
    }

    private Situation situation(Demand demand) {
        return new Situation(
                new WarmTarget.Addresses(1, 0),
                new PoolLimits("tiny", 1, 1, 9, 110),
                demand,
                Nouns.SUBNET,
                rooms,
                Collections.emptySortedMap());
    }
}
