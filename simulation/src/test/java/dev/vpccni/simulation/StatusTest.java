package dev.vpccni.simulation;

import static dev.vpccni.simulation.Worlds.atRest;
import static dev.vpccni.simulation.Worlds.serving;
import static dev.vpccni.simulation.Worlds.targets;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.cni.CniException;
import org.junit.jupiter.api.Test;

/** What STATUS says of a node that cannot do its work. */
class StatusTest {

    @Test
    void iptablesThatCannotBeUsedAreTold() {
        World world = atRest("m5.large", targets(1, 0, 0));
        world.node().kernel().breakIptables(true);
        restart(world);

        assertThatThrownBy(() -> serving(world).status())
                .isInstanceOf(CniException.class)
                .hasMessageContaining("the node's network cannot be set up: cannot run iptables");

        world.node().kernel().breakIptables(false);
        world.pass(60);
        assertThatCode(() -> serving(world).status()).doesNotThrowAnyException();
    }

    private static void restart(World world) {
        world.node().daemon().kill();
        var _ = world.node().boot();
        world.pass(10);
    }
}
