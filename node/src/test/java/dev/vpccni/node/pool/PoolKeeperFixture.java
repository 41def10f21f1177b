package dev.vpccni.node.pool;

import dev.vpccni.ipam.policy.Demand;
import dev.vpccni.ipam.policy.PoolLimits;
import dev.vpccni.ipam.policy.WarmTarget;
import dev.vpccni.ipam.scale.Situation;
import dev.vpccni.model.BlockKind;
import dev.vpccni.model.IpFamily;
import dev.vpccni.node.eni.Addresses;
import dev.vpccni.node.fake.FixedRandom;
import dev.vpccni.node.fake.Fixture;
import dev.vpccni.node.fake.ScriptedEc2;
import dev.vpccni.node.port.Cluster;
import dev.vpccni.node.settings.AddressingSettings;
import dev.vpccni.node.work.Tasks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The pool of a node that has one interface with one address, and may have another. */
final class PoolKeeperFixture {

    static final Duration MOMENT = Duration.ofMillis(100);

    final Fixture fixture = new Fixture().add(0, 1);
    final ScriptedEc2 ec2 = fixture.ec2.on("subnets", List.of());
    final AddressAvailability availability = new AddressAvailability(fixture.keeper, fixture.tempo);
    final Subnets subnets =
            new Subnets(ec2, fixture.tempo, fixture.retry, fixture.current(), fixture.explanations);
    final InterfaceSources sources =
            new InterfaceSources(
                    AddressingSettings.DEFAULT, subnets, fixture.current(), Cluster.SILENT);
    final List<String> told = new ArrayList<>();
    int interfaces = 2;
    final PoolChanges changes =
            new PoolChanges(
                    fixture.interfaces(),
                    new Addresses(ec2, IpFamily.IPV4, fixture.keeper, fixture.tempo, fixture.retry),
                    subnets,
                    fixture.keeper,
                    availability,
                    fixture.explanations,
                    new Tasks(fixture.explanations, fixture.tempo, fixture.retry),
                    new PoolChanges.Doubts() {
                        @Override
                        public void attachments() {
                            told.add("attachments");
                        }

                        @Override
                        public void lostInterfaces() {
                            told.add("lost");
                        }
                    },
                    fixture.tempo,
                    FixedRandom.LEAST);

    /** Makes the pool, which looks when it is run. */
    PoolKeeper pool() {
        availability.situation(this::situation);
        return new PoolKeeper(
                fixture.keeper,
                changes,
                subnets,
                availability,
                Cluster.SILENT,
                false,
                () -> told.add("kernel"),
                fixture.explanations,
                fixture.tempo);
    }

    /** Lets {@code pool} work for a while. */
    void run(PoolKeeper pool, Duration duration) {
        fixture.tempo.runFor(duration, pool::run);
    }

    Situation situation(Demand demand) {
        return new Situation(
                new WarmTarget.Addresses(1, 0),
                limits(),
                demand,
                sources.sources(0),
                subnets.rooms(fixture.tempo.instant()),
                Collections.emptySortedMap());
    }

    private PoolLimits limits() {
        return new PoolLimits(
                "tiny",
                interfaces,
                interfaces,
                0,
                0,
                interfaces == 1 ? 2 : 9,
                BlockKind.ADDRESS,
                IpFamily.IPV4,
                110);
    }
}
