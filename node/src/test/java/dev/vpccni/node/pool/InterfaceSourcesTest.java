package dev.vpccni.node.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.ipam.ledger.InterfaceTemplate;
import dev.vpccni.ipam.scale.Sources;
import dev.vpccni.model.IpFamily;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.model.SubnetId;
import dev.vpccni.node.fake.Fixture;
import dev.vpccni.node.fake.Nouns;
import dev.vpccni.node.fake.ScriptedCluster;
import dev.vpccni.node.port.Cluster;
import dev.vpccni.node.port.ObservedSubnet;
import dev.vpccni.node.settings.AddressingSettings;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Where the next interface may come from, and what is said where that is nowhere. */
class InterfaceSourcesTest {

    private static final SubnetId PODS = new SubnetId("subnet-7");
    private static final SecurityGroupId OTHER_GROUP = new SecurityGroupId("sg-7");
    private static final AddressingSettings CUSTOM =
            new AddressingSettings(IpFamily.IPV4, false, 0, true, false);
    private static final AddressingSettings IPV6 =
            new AddressingSettings(IpFamily.IPV6, true, 0, false, false);

    private final Fixture fixture = new Fixture();
    private final ScriptedCluster cluster = new ScriptedCluster();
    private final Subnets subnets =
            new Subnets(
                    fixture.ec2,
                    fixture.tempo,
                    fixture.retry,
                    fixture.current(),
                    fixture.explanations);

    @Test
    void theSubnetsThatTagsAdmitComeInTheirOrder() throws Exception {
        show(Nouns.subnet("subnet-1", 5), Nouns.subnet("subnet-7", 9, "kubernetes.io/role/cni=1"));

        assertThat(sources(AddressingSettings.DEFAULT, 0))
                .isEqualTo(new Sources(List.of(template(PODS, Nouns.GROUP), Nouns.TEMPLATE), ""));
    }

    @Test
    void eachCardHasItsOwnAndIpv6IsOfIpv6() {
        assertThat(sources(IPV6, 2))
                .isEqualTo(
                        Sources.of(
                                new InterfaceTemplate(
                                        Nouns.SUBNET, List.of(Nouns.GROUP), 2, IpFamily.IPV6)));
    }

    @Test
    void groupsThatChangeAreThoseOfTheNextInterface() {
        fixture.current().groups(List.of(OTHER_GROUP));

        assertThat(sources(AddressingSettings.DEFAULT, 0))
                .isEqualTo(Sources.of(template(Nouns.SUBNET, OTHER_GROUP)));
    }

    @Test
    void whereTagsAdmitNoneThatIsSaidWithItsRemedy() throws Exception {
        show(Nouns.subnet("subnet-1", 5, "kubernetes.io/role/cni=0"));

        Sources sources = sources(AddressingSettings.DEFAULT, 0);

        assertThat(sources.templates()).isEmpty();
        assertThat(sources.lack()).contains("tag one kubernetes.io/role/cni=1");
    }

    @Test
    void withCustomNetworkingTheClusterSaysWhereAndInWhichGroups() throws Exception {
        show(Nouns.subnet("subnet-1", 5), Nouns.subnet("subnet-2", 9, "kubernetes.io/role/cni=1"));
        cluster.config(config(List.of(OTHER_GROUP)));
        assertThat(sources(CUSTOM, 0)).isEqualTo(Sources.of(template(PODS, OTHER_GROUP)));

        cluster.config(config(List.of()));
        assertThat(sources(CUSTOM, 0))
                .as("the primary interface's")
                .isEqualTo(Sources.of(template(PODS, Nouns.GROUP)));
    }

    /** Upstream falls back to the node's own subnet (W-25). */
    @Test
    void aConfigurationThatNobodyCanReadLeavesNoSource() {
        cluster.config(new Cluster.InterfaceConfig.Unknown("ENIConfig us-west-2a is not there"));

        assertThat(sources(CUSTOM, 0))
                .isEqualTo(
                        Sources.none(
                                "custom networking is on, and ENIConfig us-west-2a is not there"));
    }

    private void show(ObservedSubnet... shown) throws InterruptedException {
        fixture.ec2.now("subnets", List.of(shown));
        subnets.refresh(Duration.ZERO);
    }

    private Sources sources(AddressingSettings addressing, int card) {
        return new InterfaceSources(addressing, subnets, fixture.current(), cluster).sources(card);
    }

    private static InterfaceTemplate template(SubnetId subnet, SecurityGroupId group) {
        return new InterfaceTemplate(subnet, List.of(group), 0, IpFamily.IPV4);
    }

    private static Cluster.InterfaceConfig config(List<SecurityGroupId> groups) {
        return new Cluster.InterfaceConfig.Known("us-west-2a", PODS, groups);
    }
}
