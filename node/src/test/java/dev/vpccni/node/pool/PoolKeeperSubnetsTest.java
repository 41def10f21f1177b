package dev.vpccni.node.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.model.BlockKind;
import dev.vpccni.node.fake.Fixture;
import dev.vpccni.node.fake.Nouns;
import dev.vpccni.node.fake.ScriptedEc2;
import dev.vpccni.node.port.ObservedSubnet;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** When the pool looks at subnets, and what it makes of what EC2 says of them. */
class PoolKeeperSubnetsTest {

    private final PoolKeeperFixture made = new PoolKeeperFixture();
    private final Fixture fixture = made.fixture;
    private final ScriptedEc2 ec2 = made.ec2;
    private final Subnets subnets = made.subnets;

    @Test
    void aFullSubnetIsLookedAtAgainLater() {
        PoolKeeper pool = made.pool();
        fixture.grant(1);
        subnets.refused(Nouns.SUBNET, BlockKind.ADDRESS, 1, 0);

        made.run(pool, Duration.ofSeconds(14));

        assertThat(ec2.calls("subnets")).hasSize(1);
        assertThat(ec2.calls("assign")).isEmpty();
        assertThat(fixture.held(0).arriving().count()).isZero();
        made.run(pool, Duration.ofSeconds(2));
        assertThat(fixture.held(0).arriving().count()).as("it has rested").isEqualTo(1);
    }

    @Test
    void whereNobodyWaitsAFullSubnetIsNotLookedAtAsOften() {
        PoolKeeper pool = made.pool();
        fixture.grant(1);
        subnets.refused(Nouns.SUBNET, BlockKind.ADDRESS, 1, 0);
        fixture.tempo.pass(Duration.ofSeconds(15));
        subnets.refused(Nouns.SUBNET, BlockKind.ADDRESS, 1, 0);

        made.run(pool, Duration.ofSeconds(29));

        assertThat(ec2.calls("subnets")).hasSize(1);
    }

    @Test
    void anotherSubnetThatHasRoomIsUsedAtOnce() {
        fixture.grant(1);
        PoolKeeper pool = made.pool();
        subnets.refused(Nouns.SUBNET, BlockKind.ADDRESS, 1, 0);
        ec2.now("subnets", List.of(Nouns.subnet("subnet-2", 9, "kubernetes.io/role/cni=1")));

        made.run(pool, PoolKeeperFixture.MOMENT);

        assertThat(fixture.tempo.started())
                .singleElement()
                .asString()
                .startsWith("create an interface")
                .endsWith("in subnet-2");
    }

    /** Somebody may have excluded a subnet, or admitted another one, since it was looked at. */
    @Test
    void whereAnInterfaceMayBeMadeIsLookedAtFirstIfThatWasLongAgo() throws Exception {
        show("subnet-2");
        fixture.tempo.pass(Duration.ofMinutes(1));
        fixture.grant(1);
        PoolKeeper pool = made.pool();

        made.run(pool, PoolKeeperFixture.MOMENT);
        assertThat(fixture.tempo.started()).containsExactly("look at subnets");
        ec2.now("subnets", List.of(Nouns.subnet("subnet-1", 0), admitted("subnet-3")));
        fixture.tempo.runTasks();
        made.run(pool, PoolKeeperFixture.MOMENT);

        assertThat(fixture.tempo.started())
                .last()
                .asString()
                .startsWith("create an interface")
                .endsWith("in subnet-3");
    }

    @Test
    void whereAnInterfaceMayBeMadeIsKnownForAMinute() throws Exception {
        show("subnet-2");
        fixture.tempo.pass(Duration.ofMinutes(1).minusNanos(1));
        fixture.grant(1);

        made.run(made.pool(), PoolKeeperFixture.MOMENT);

        assertThat(fixture.tempo.started()).singleElement().asString().endsWith("in subnet-2");
    }

    /** An operator who corrects a tag helps the pods that wait for it. */
    @Test
    void whereTagsAdmitNoSubnetTheyAreLookedAtAgain() throws Exception {
        ec2.now("subnets", List.of(Nouns.subnet("subnet-1", 9, "kubernetes.io/role/cni=0")));
        subnets.refresh(Duration.ZERO);
        fixture.add(0, 9);
        IntStream.rangeClosed(1, 9).forEach(fixture::grant);
        PoolKeeper pool = made.pool();
        fixture.tempo.after(
                Duration.ofSeconds(10),
                () ->
                        ec2.now(
                                "subnets",
                                List.of(Nouns.subnet("subnet-1", 0), admitted("subnet-2"))));

        made.run(pool, Duration.ofMinutes(3));

        assertThat(fixture.tempo.started()).singleElement().asString().endsWith("in subnet-2");
    }

    /** The node's own subnet is full, and {@code other} has room. */
    private void show(String other) throws InterruptedException {
        ec2.now("subnets", List.of(Nouns.subnet("subnet-1", 0), admitted(other)));
        subnets.refresh(Duration.ZERO);
    }

    private static ObservedSubnet admitted(String subnet) {
        return Nouns.subnet(subnet, 9, "kubernetes.io/role/cni=1");
    }
}
