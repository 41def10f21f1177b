package dev.vpccni.lab.cluster;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.vpccni.lab.LabFolder;
import dev.vpccni.lab.node.NodeFiles;
import dev.vpccni.lab.node.NodeHost;
import dev.vpccni.model.InstanceId;
import dev.vpccni.model.InstanceTypes;
import dev.vpccni.model.Ipv4Address;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class MachineTest {

    private final Machine machine =
            new Machine(
                    new NodeHost(
                            "node-2",
                            "none",
                            new NodeFiles(new LabFolder("none").path()),
                            new TreeMap<>()),
                    new InstanceId("i-0123456789abcdef0"),
                    requireNonNull(InstanceTypes.known().find("c5.large")),
                    "us-west-2b",
                    Ipv4Address.parse("10.0.16.7"));

    @Test
    void isCalledAsEksCallsItsNodes() {
        assertThat(machine.name()).isEqualTo("ip-10-0-16-7.us-west-2.compute.internal");
        assertThat(Machine.name("us-east-1a", Ipv4Address.parse("10.0.0.9")))
                .isEqualTo("ip-10-0-0-9.ec2.internal");
    }

    @Test
    void isLabelledAsEksLabelsItsNodes() {
        assertThat(machine.providerId()).isEqualTo("aws:///us-west-2b/i-0123456789abcdef0");
        assertThat(machine.labels())
                .contains(
                        entry("topology.kubernetes.io/zone", "us-west-2b"),
                        entry("topology.kubernetes.io/region", "us-west-2"),
                        entry("node.kubernetes.io/instance-type", "c5.large"),
                        entry("eks.amazonaws.com/capacityType", "ON_DEMAND"),
                        entry(Machine.LAB_LABEL, "node-2"));
    }
}
