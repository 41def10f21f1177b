package dev.vpccni.node.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.dataplane.NodeSetup;
import dev.vpccni.node.fake.FakeHost;
import dev.vpccni.node.fake.Nouns;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.HostFailure;
import dev.vpccni.node.settings.NodeSettings;
import java.util.List;
import org.junit.jupiter.api.Test;

class NodePreparationTest {

    private static final NodeSetup SETUP =
            NodeSettings.DEFAULT.nodeSetup(Nouns.IDENTITY, List.of(Nouns.BLOCK));

    private final FakeHost host = new FakeHost();
    private final NodePreparation preparation = new NodePreparation(host);

    @Test
    void remembersWhatTheKernelRefusedUntilItDoesNot() throws Exception {
        assertThat(preparation.problem()).isNull();
        host.refuse("setUpNode", new HostFailure.Refused("step", 1));
        assertThatThrownBy(() -> preparation.apply(SETUP)).isInstanceOf(HostException.class);
        assertThat(preparation.problem()).startsWith("cannot setUpNode");

        host.refuseNothing();
        preparation.apply(SETUP);

        assertThat(preparation.problem()).isNull();
        assertThat(host.calls()).hasSize(2);
    }
}
