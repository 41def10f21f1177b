package dev.vpccni.simulation;

import static dev.vpccni.simulation.Worlds.add;
import static dev.vpccni.simulation.Worlds.atRest;
import static dev.vpccni.simulation.Worlds.decisions;
import static dev.vpccni.simulation.Worlds.sandbox;
import static dev.vpccni.simulation.Worlds.serving;
import static dev.vpccni.simulation.Worlds.targets;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.simulation.host.SimulatedSandbox;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Sandboxes that end without a DEL. */
class OrphansTest {

    @Test
    void theirAddressesComeBackWhileTheDaemonRuns() {
        World world = atRest("m5.large", targets(0, 0, 1));
        for (int i = 0; i < 20; i++) {
            SimulatedSandbox sandbox = sandbox("orphan-" + i);
            assertThat(add(world, sandbox).refusal()).isNull();
            world.node().kernel().end(sandbox);
        }
        assertThat(serving(world).ledger().ledger().checkpoint().grants()).hasSize(20);

        world.pass(240);

        assertThat(serving(world).ledger().ledger().checkpoint().grants()).isEmpty();
        assertThat(decisions(world))
                .anyMatch(line -> line.startsWith("let go of the address of aws-cni/c-orphan-3/"));
        world.runPods(0, 20);
        var _ = world.passUntil(() -> world.kubelet().running() == 20, Duration.ofSeconds(30));
    }

    @Test
    void podsThatWaitOnAFullNodeHaveThemLookedForSooner() {
        World world = atRest("t3.small", targets(0, 0, 1));
        for (int i = 0; i < 9; i++) {
            SimulatedSandbox sandbox = sandbox("orphan-" + i);
            assertThat(add(world, sandbox).refusal()).isNull();
            world.node().kernel().end(sandbox);
        }

        world.runPods(0, 9);
        var _ = world.passUntil(() -> world.kubelet().running() == 9, Duration.ofSeconds(150));
    }
}
