package dev.vpccni.simulation;

import static dev.vpccni.simulation.Worlds.add;
import static dev.vpccni.simulation.Worlds.address;
import static dev.vpccni.simulation.Worlds.atRest;
import static dev.vpccni.simulation.Worlds.decisions;
import static dev.vpccni.simulation.Worlds.del;
import static dev.vpccni.simulation.Worlds.gc;
import static dev.vpccni.simulation.Worlds.sandbox;
import static dev.vpccni.simulation.Worlds.sendAdd;
import static dev.vpccni.simulation.Worlds.serving;
import static dev.vpccni.simulation.Worlds.targets;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.cni.CniResult;
import dev.vpccni.ipam.ledger.Checkpoint;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.simulation.host.SimulatedSandbox;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The verbs of the CNI protocol, one beside, before and after another. */
class VerbsTest {

    private static final Duration AT_ONCE = Duration.ofMillis(100);

    @Test
    void aDelThatTheKernelRefusesKeepsTheAddress() {
        World world = world();
        SimulatedSandbox sandbox = sandbox("pod");
        Worlds.Answer<CniResult> added = add(world, sandbox);
        world.node().kernel().refuse(1000);

        assertThat(del(world, sandbox, added.value()).text()).contains("cannot unwire");

        assertThat(grants(world))
                .singleElement()
                .satisfies(grant -> assertThat(grant.address()).isEqualTo(address(added)));
        world.node().kernel().refuse(0);
        assertThat(del(world, sandbox, added.value()).refusal()).isNull();
        assertThat(grants(world)).isEmpty();
        assertThat(world.node().kernel().routes()).isEmpty();
    }

    @Test
    void anAddThatTheKernelRefusesKeepsNothing() {
        World world = world();
        world.node().kernel().refuse(1000);

        assertThat(add(world, sandbox("pod")).text()).contains("cannot wire");

        assertThat(grants(world)).isEmpty();
    }

    @Test
    void aLateDelLeavesThePodAloneThatHasTheAddressNow() {
        World world = atRest("m5.large", targets(0, 1, 0));
        SimulatedSandbox first = sandbox("first");
        Worlds.Answer<CniResult> added = add(world, first);
        var _ = del(world, first, added.value());
        world.node().kernel().end(first);
        world.pass(31);
        SimulatedSandbox second = sandbox("second");
        Ipv4Address address = address(add(world, second));
        assertThat(address).isEqualTo(address(added));

        assertThat(del(world, first, added.value()).refusal()).isNull();

        assertThat(world.node().kernel().disconnected(second, address)).isNull();
        assertThat(grants(world)).hasSize(1);
    }

    @Test
    void aDelWhoseGrantIsLostUndoesWhatItsResultSays() {
        World world = world();
        SimulatedSandbox sandbox = sandbox("pod");
        Worlds.Answer<CniResult> added = add(world, sandbox);
        world.node().daemon().kill();
        world.invariants.forgiveLostDisk();
        world.node().disk().lose();
        var _ = atRest(world);
        assertThat(serving(world).ledger().ledger().held()).containsExactly(address(added));

        assertThat(del(world, sandbox, added.value()).refusal()).isNull();

        assertThat(world.node().kernel().routes()).isEmpty();
        assertThat(serving(world).ledger().ledger().held()).isEmpty();
    }

    @Test
    void aDelEndsTheAddThatWaits() {
        World world = full();
        SimulatedSandbox sandbox = sandbox("pod");
        Worlds.Sent<CniResult> waiting = sendAdd(world, sandbox);
        world.pass(1);
        assertThat(serving(world).ledger().waiting()).isEqualTo(1);

        Worlds.Answer<Boolean> deleted = del(world, sandbox, null);

        assertThat(deleted.refusal()).isNull();
        assertThat(deleted.took()).isLessThan(AT_ONCE);
        assertThat(waiting.await().refusal()).isNotNull();
        assertThat(waiting.await().took()).isLessThan(Duration.ofMillis(1_200));
    }

    @Test
    void aDelDuringAnAddLeavesNothing() {
        for (int micros = 0; micros < 2_000; micros += 50) {
            World world = world();
            SimulatedSandbox sandbox = sandbox("pod");
            Worlds.Sent<CniResult> adding = sendAdd(world, sandbox);
            world.baton.runFor(Duration.ofNanos(micros * 1_000L));

            var _ = del(world, sandbox, null);
            boolean addedAfter = adding.await().refusal() == null && !grants(world).isEmpty();

            if (!addedAfter) {
                assertThat(grants(world)).as("DEL after %d us", micros).isEmpty();
                assertThat(world.node().kernel().routes()).isEmpty();
            } else {
                assertThat(micros).as("the DEL came first").isZero();
            }
        }
    }

    @Test
    void twoAddsOfOneContainerGetOneAddress() {
        World world = world();
        SimulatedSandbox sandbox = sandbox("pod");
        Worlds.Sent<CniResult> one = sendAdd(world, sandbox);
        Worlds.Sent<CniResult> other = sendAdd(world, sandbox);

        assertThat(address(one.await())).isEqualTo(address(other.await()));
        assertThat(grants(world)).hasSize(1);
        assertThat(world.node().kernel().wired())
                .as("the second finds it connected, and cuts nothing off")
                .isEqualTo(1);
    }

    @Test
    void aRepeatedAddConnectsAPodWhoseRouteIsGone() {
        World world = world();
        SimulatedSandbox sandbox = sandbox("pod");
        Ipv4Address address = address(add(world, sandbox));
        world.node().kernel().unwireDirectly(address);
        assertThat(world.node().kernel().disconnected(sandbox, address)).isNotNull();

        assertThat(address(add(world, sandbox))).isEqualTo(address);

        assertThat(world.node().kernel().disconnected(sandbox, address)).isNull();
    }

    @Test
    void gcLetsGoOfWhatIsNotListedAndOfNothingElse() {
        World world = world();
        SimulatedSandbox kept = sandbox("kept");
        SimulatedSandbox stale = sandbox("stale");
        var _ = add(world, kept);
        Ipv4Address gone = address(add(world, stale));

        assertThat(gc(world, kept).value()).isEqualTo(1);

        assertThat(grants(world))
                .extracting(Checkpoint.Grant::key)
                .extracting(Object::toString)
                .containsExactly("aws-cni/c-kept/eth0");
        assertThat(world.node().kernel().routes()).doesNotContainKey(gone);
    }

    @Test
    void aSpooledDelIsCarriedOutAtTheNextStart() {
        World world = world();
        world.runPods(0, 3);
        world.pass(5);
        world.node().daemon().kill();
        world.kubelet().end("pod-1");
        world.pass(2);
        assertThat(world.node().spooled()).hasSize(1);

        var _ = world.node().boot();
        world.pass(2);

        assertThat(world.node().spooled()).isEmpty();
        assertThat(grants(world)).hasSize(2);
        assertThat(world.node().kernel().rules()).hasSize(2);
        assertThat(decisions(world)).noneMatch(line -> line.contains("for later"));
    }

    private static List<Checkpoint.Grant> grants(World world) {
        return serving(world).ledger().ledger().checkpoint().grants();
    }

    private static World world() {
        return atRest("m5.large", targets(0, 0, 1));
    }

    /** Returns a world whose node has given all its addresses to pods. */
    private static World full() {
        World world = atRest("t3.small", targets(0, 0, 1));
        for (int i = 0; i < 9; i++) {
            assertThat(add(world, sandbox("full-" + i)).refusal()).isNull();
        }
        return world;
    }
}
