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
import dev.vpccni.node.instance.Instance;
import dev.vpccni.node.port.Cluster;
import dev.vpccni.node.port.Ec2Failure;
import dev.vpccni.node.port.ObservedSubnet;
import dev.vpccni.node.settings.AddressingSettings;
import dev.vpccni.node.settings.CloudSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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

    @Test
    void ofSeveralSubnetsThatAreNamedThoseInTheZoneCountTheRoomiestFirst() throws Exception {
        cluster.config(several(List.of("subnet-9", "subnet-7", "subnet-8"), Map.of()));
        show(
                Nouns.subnet("subnet-7", 5),
                Nouns.subnet("subnet-8", 50, "kubernetes.io/role/cni=0"),
                Nouns.subnet("subnet-1", 500, "kubernetes.io/role/cni=1"));

        assertThat(sources(CUSTOM, 0))
                .isEqualTo(
                        new Sources(
                                List.of(
                                        template(new SubnetId("subnet-8"), OTHER_GROUP),
                                        template(PODS, OTHER_GROUP)),
                                ""));
    }

    @Test
    void tagsSelectThoseSubnetsThatHaveAllOfThem() throws Exception {
        cluster.config(several(List.of(), Map.of("pods", "yes", "tier", "a")));
        show(
                Nouns.subnet("subnet-7", 5, "pods=yes", "tier=a", "more=1"),
                Nouns.subnet("subnet-8", 50, "pods=yes", "tier=b"),
                Nouns.subnet("subnet-1", 500, "pods=yes"));

        assertThat(sources(CUSTOM, 0)).isEqualTo(Sources.of(template(PODS, OTHER_GROUP)));
    }

    @Test
    void whereNoneIsMeantNoOtherIsTaken() throws Exception {
        show(Nouns.subnet("subnet-1", 500, "pods=yes"));

        cluster.config(several(List.of("subnet-7"), Map.of()));
        assertThat(sources(CUSTOM, 0).lack())
                .contains("ENIConfig pods names no subnet that is in us-west-2a: [subnet-7]");
        cluster.config(several(List.of(), Map.of("pods", "no")));
        assertThat(sources(CUSTOM, 0).lack())
                .contains("ENIConfig pods selects no subnet in us-west-2a: none has {pods=no}");
        assertThat(sources(CUSTOM, 0).templates()).isEmpty();
    }

    /** A subnet of another zone would have an interface that cannot be attached. */
    @Test
    void untilEc2HasSaidWhichSubnetsThereAreNoneIsTaken() throws Exception {
        cluster.config(several(List.of("subnet-7"), Map.of()));
        assertThat(sources(CUSTOM, 0).lack()).contains("EC2 has not said yet");
        assertThat(subnets.isAwaited()).isTrue();
        fixture.ec2.now("subnets", new Ec2Failure.Denied("ec2:DescribeSubnets"));
        assertThat(subnets.refresh(Duration.ZERO)).isFalse();
        assertThat(sources(CUSTOM, 0).lack()).contains("let the node's role use");

        fixture.tempo.pass(Duration.ofMinutes(6));
        show(Nouns.subnet("subnet-7", 5));
        assertThat(sources(CUSTOM, 0).templates()).hasSize(1);
        assertThat(subnets.isAwaited()).isFalse();
    }

    @Test
    void ec2IsAskedForSubnetsAlsoWhereTheyAreNotDiscoveredOtherwise() throws Exception {
        CloudSettings cloud = CloudSettings.DEFAULT;
        Instance known = fixture.instance();
        fixture.instance(
                new Instance(
                        known.identity(),
                        new CloudSettings(
                                cloud.clusterName(),
                                cloud.additionalTags(),
                                true,
                                false,
                                false,
                                true),
                        CUSTOM,
                        0,
                        known.subnets()));
        var undiscovered =
                new Subnets(
                        fixture.ec2,
                        fixture.tempo,
                        fixture.retry,
                        fixture.current(),
                        fixture.explanations);
        var sources = new InterfaceSources(CUSTOM, undiscovered, fixture.current(), cluster);
        fixture.ec2.now("subnets", List.of(Nouns.subnet("subnet-7", 5)));
        assertThat(undiscovered.refresh(Duration.ZERO)).isFalse();

        cluster.config(several(List.of("subnet-7"), Map.of()));
        assertThat(sources.sources(0).templates()).isEmpty();
        assertThat(undiscovered.refresh(Duration.ZERO)).isTrue();

        assertThat(sources.sources(0).templates()).hasSize(1);
        fixture.tempo.pass(Duration.ofMinutes(2));
        assertThat(undiscovered.isOlder(Duration.ofMinutes(1)))
                .as("tags may have changed when the next interface is made")
                .isTrue();
    }

    /** What was said once of a subnet's zone holds. */
    @Test
    void aListThatCannotBeHadAgainLeavesWhatIsKnown() throws Exception {
        cluster.config(several(List.of("subnet-7"), Map.of()));
        show(Nouns.subnet("subnet-7", 5));
        fixture.ec2.now("subnets", new Ec2Failure.Denied("ec2:DescribeSubnets"));
        subnets.refresh(Duration.ZERO);

        assertThat(sources(CUSTOM, 0)).isEqualTo(Sources.of(template(PODS, OTHER_GROUP)));
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

    private static Cluster.InterfaceConfig several(List<String> named, Map<String, String> tags) {
        return new Cluster.InterfaceConfig.Several(
                "pods",
                named.stream().map(SubnetId::new).toList(),
                new TreeMap<>(tags),
                List.of(OTHER_GROUP));
    }

    private static Cluster.InterfaceConfig config(List<SecurityGroupId> groups) {
        return new Cluster.InterfaceConfig.Known("us-west-2a", PODS, groups);
    }
}
