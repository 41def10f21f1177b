package dev.vpccni.node.pool;

import dev.vpccni.ipam.scale.Action;
import dev.vpccni.model.IpFamily;
import dev.vpccni.node.eni.Addresses;
import dev.vpccni.node.fake.FixedRandom;
import dev.vpccni.node.fake.Fixture;
import dev.vpccni.node.fake.Nouns;
import dev.vpccni.node.fake.ScriptedEc2;
import dev.vpccni.node.work.Tasks;
import java.util.ArrayList;
import java.util.List;

/** The changes of a pool whose node has one interface with two addresses. */
final class PoolChangesFixture {

    final Fixture fixture = new Fixture().add(0, 2);
    final ScriptedEc2 ec2 = fixture.ec2;
    final AddressAvailability availability = new AddressAvailability(fixture.keeper, fixture.tempo);
    final Subnets subnets =
            new Subnets(ec2, fixture.tempo, fixture.retry, fixture.current(), fixture.explanations);
    final Tasks tasks = new Tasks(fixture.explanations, fixture.tempo, fixture.retry);
    final List<String> doubts = new ArrayList<>();
    final PoolChanges changes =
            new PoolChanges(
                    fixture.interfaces(),
                    new Addresses(ec2, IpFamily.IPV4, fixture.keeper, fixture.tempo, fixture.retry),
                    subnets,
                    fixture.keeper,
                    availability,
                    fixture.explanations,
                    tasks,
                    new PoolChanges.Doubts() {
                        @Override
                        public void attachments() {
                            doubts.add("attachments");
                        }

                        @Override
                        public void lostInterfaces() {
                            doubts.add("lost interfaces");
                        }
                    },
                    fixture.tempo,
                    FixedRandom.LEAST);

    PoolChangesFixture() {
        fixture.host.link(Nouns.mac(1));
        ec2.on("ending", ScriptedEc2.DONE);
    }

    /** Begins what the plan asks for; the test runs the task. */
    PoolChanges.Change begin(Action action) {
        PoolChanges.Change change = changes.prepare(action);
        fixture.done(change.beginning());
        changes.start(change);
        return change;
    }

    /** Takes up what has begun, and runs it. */
    void resume() {
        var _ = changes.resume(fixture.keeper.ledger());
        fixture.tempo.runTasks();
    }
}
