package dev.vpccni.node.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.dataplane.NodeSetup;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.node.fake.FakeHost;
import dev.vpccni.node.fake.Nouns;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.HostFailure;
import dev.vpccni.node.port.HostNetwork.Part;
import dev.vpccni.node.settings.NodeSettings;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NodePreparationTest {

    private static final NodeSetup SETUP =
            NodeSettings.DEFAULT.nodeSetup(Nouns.IDENTITY, List.of(Nouns.BLOCK));

    private static final Set<Part> ALL = EnumSet.allOf(Part.class);

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
        assertThat(host.calls()).hasSize(3);
    }

    @Test
    void restoresNothingBeforeAllWasDoneOnce() throws Exception {
        assertThat(preparation.restore(ALL)).isEmpty();
        host.refuse("setUpPacketFilter", new HostFailure.Refused("step", 1));
        assertThatThrownBy(() -> preparation.apply(SETUP)).isInstanceOf(HostException.class);
        host.forget();

        assertThat(preparation.restore(ALL)).isEmpty();
        assertThat(host.calls()).isEmpty();
    }

    @Test
    void restoresThePartsThatItIsAskedFor() throws Exception {
        preparation.apply(SETUP);
        host.lose("setUpNode", "a rule");
        host.lose("setUpPacketFilter", "a chain");

        assertThat(preparation.restore(EnumSet.of(Part.PACKET_FILTER))).containsExactly("a chain");
        assertThat(preparation.restore(ALL)).containsExactly("a rule");
    }

    /** One that works says nothing of the other. */
    @Test
    void eachPartHasItsOwnProblem() throws Exception {
        preparation.apply(SETUP);
        host.refuse("setUpPacketFilter", new HostFailure.Refused("step", 1));
        assertThatThrownBy(() -> preparation.restore(EnumSet.of(Part.PACKET_FILTER)))
                .isInstanceOf(HostException.class);

        assertThat(preparation.restore(EnumSet.of(Part.ROUTING))).isEmpty();
        assertThat(preparation.problem()).startsWith("cannot setUpPacketFilter");
    }

    /** Else the old blocks would be translated for until something is disturbed. */
    @Test
    void whoChangesTheWishWhileItIsRestoredHasTheLastWord() throws Exception {
        preparation.apply(SETUP);
        host.forget();
        NodeSetup changed =
                NodeSettings.DEFAULT.nodeSetup(
                        Nouns.IDENTITY, List.of(Nouns.BLOCK, Ipv4Cidr.parse("100.64.0.0/16")));
        List<String> once = new ArrayList<>(List.of("once"));
        host.during(
                "setUpNode [10.0.0.0/16]",
                () -> {
                    if (!once.isEmpty()) {
                        once.clear();
                        apply(changed);
                    }
                });

        var _ = preparation.restore(EnumSet.of(Part.ROUTING));

        assertThat(host.calls())
                .containsExactly(
                        "setUpNode [10.0.0.0/16]",
                        "setUpNode [10.0.0.0/16, 100.64.0.0/16]",
                        "setUpPacketFilter [10.0.0.0/16, 100.64.0.0/16]",
                        "setUpNode [10.0.0.0/16, 100.64.0.0/16]");
    }

    private void apply(NodeSetup setup) {
        try {
            preparation.apply(setup);
        } catch (HostException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
