package dev.vpccni.daemon.branch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.ipam.ledger.InterfaceFacts;
import dev.vpccni.ipam.ledger.InterfaceRole;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.IpFamily;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.MacAddress;
import dev.vpccni.model.SubnetId;
import dev.vpccni.node.port.Cluster;
import dev.vpccni.node.settings.AddressingSettings;
import dev.vpccni.node.settings.NodeSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class WantedFeaturesTest {

    private static final NodeSettings OWN =
            NodeSettings.DEFAULT.withPool(NodeSettings.DEFAULT.pool().withTrunk());
    private static final AddressingSettings CUSTOM =
            new AddressingSettings(IpFamily.IPV4, false, 0, true, false);

    private final List<InterfaceFacts> interfaces = new ArrayList<>();
    private String config = "default";
    private boolean connected = true;

    /** On a type with three interfaces. */
    private SortedMap<String, String> wanted(NodeSettings settings) {
        return new WantedFeatures(
                        settings, () -> connected, () -> interfaces, new NamedConfig(), "m5.large")
                .get();
    }

    /** A cluster whose Node names an ENIConfig. */
    private final class NamedConfig implements Cluster {
        @Override
        public View view() {
            var known = new InterfaceConfig.Known(config, new SubnetId("subnet-1"), List.of());
            return new View(known, true, new TreeSet<>());
        }

        @Override
        public void onChange(Runnable listener) {}
    }

    private void add(int device, InterfaceRole role) {
        interfaces.add(
                new InterfaceFacts(
                        new InterfaceId("eni-" + device),
                        MacAddress.local(device),
                        new SubnetId("subnet-1"),
                        Ipv4Cidr.parse("10.0.0.0/24"),
                        0,
                        device,
                        null,
                        Ipv4Address.parse("10.0.0.5"),
                        role,
                        true));
    }

    @Test
    void aTrunkIsWantedWhereThereIsAPlaceOrOneAlready() {
        add(0, InterfaceRole.PRIMARY);
        add(1, InterfaceRole.SECONDARY);
        assertThat(wanted(OWN)).isEqualTo(Map.of("SecurityGroupsForPods", ""));

        add(2, InterfaceRole.SECONDARY);
        assertThat(wanted(OWN)).as("the third is the last").isEmpty();

        interfaces.removeLast();
        add(2, InterfaceRole.TRUNK);
        assertThat(wanted(OWN)).containsKey("SecurityGroupsForPods");
    }

    @Test
    void nothingIsWantedBeforeItIsKnownWhatThereIsOrWithoutTheSetting() {
        assertThat(wanted(NodeSettings.DEFAULT)).isEmpty();
        connected = false;
        assertThat(wanted(OWN)).isEmpty();
    }

    @Test
    void anEniConfigIsNamedUnlessItIsTheDefaultOne() {
        assertThat(wanted(OWN.withAddressing(CUSTOM))).doesNotContainKey("CustomNetworking");
        config = "us-west-2a";
        assertThat(wanted(OWN.withAddressing(CUSTOM)))
                .containsEntry("CustomNetworking", "us-west-2a");
        assertThat(wanted(OWN)).doesNotContainKey("CustomNetworking");
    }
}
