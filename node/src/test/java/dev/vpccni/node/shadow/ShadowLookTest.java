package dev.vpccni.node.shadow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.ipam.ledger.Checkpoint;
import dev.vpccni.node.fake.ManualTempo;
import dev.vpccni.node.fake.Nouns;
import dev.vpccni.node.port.HostFailure;
import dev.vpccni.node.settings.NodeSettings;
import dev.vpccni.node.settings.PoolSettings;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What is said of a node that another daemon serves, and what of one in disorder. */
class ShadowLookTest extends ShadowFixture {

    @Test
    void aNodeThatIsServedWellIsTakenUpAsItIs() throws Exception {
        ShadowReport report = report();

        assertThat(whats(report, ShadowPart.DAEMON)).isEmpty();
        assertThat(whats(report, ShadowPart.PODS)).isEmpty();
        assertThat(whats(report, ShadowPart.INTERFACES))
                .containsExactly(
                        "take up interface eni-0 (primary, card 0, device 0, in subnet-1)");
        assertThat(whats(report, ShadowPart.ROUTING)).containsExactly("set rule 1024");
        assertThat(report.unseen()).isEmpty();
        assertThat(report.wantsAttention()).isFalse();
        assertThat(report.numbers())
                .containsEntry("pods", 2L)
                .containsEntry("living", 2L)
                .containsEntry("inUse", 2L)
                .containsEntry("free", 1L)
                .containsEntry("interfaces", 1L);
        assertThat(kernel.calls()).as("changes of the kernel").isEmpty();
        assertThat(ec2.calls()).allMatch(call -> call.matches("(attached|described|subnets) .*"));
    }

    @Test
    void thePoolIsPlannedByTheSameRules() throws Exception {
        var settings = NodeSettings.DEFAULT.withPool(PoolSettings.DEFAULT.withTargets(3, 0, 0));

        ShadowReport report = look(settings).look();

        assertThat(report.findings())
                .filteredOn(finding -> finding.part() == ShadowPart.POOL)
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.what()).isEqualTo("assign 2 more addresses to eni-0");
                    assertThat(finding.why()).contains("WARM_IP_TARGET");
                });
    }

    @Test
    void whatTheOtherDaemonStillCoolsDownIsNotFree() throws Exception {
        released.add(
                new Checkpoint.Cooling(
                        Nouns.address(0, 2), ManualTempo.START.minus(Duration.ofSeconds(5))));

        assertThat(report().numbers()).containsEntry("free", 0L).containsEntry("cooling", 1L);
    }

    @Test
    void aGrantWhosePodIsGoneEndsAndAYoungOneIsLeftAlone() throws Exception {
        grant(2, Duration.ofSeconds(5));
        assertThat(whats(report(), ShadowPart.PODS)).isEmpty();

        tempo.pass(Duration.ofMinutes(2));

        assertThat(whats(report(), ShadowPart.PODS))
                .containsExactly("free the address of aws-cni/container-2/eth0");
    }

    @Test
    void aPodOfWhichNobodyKnowsKeepsItsAddressAndIsToBeLookedAt() throws Exception {
        kernel.pod(Nouns.address(0, 2), "eni0123456789a");

        ShadowReport report = report();

        assertThat(whats(report, ShadowPart.PODS)).containsExactly("! keep 10.0.0.3 off pods");
        assertThat(report.wantsAttention()).isTrue();
    }

    @Test
    void rulesOfNoPodGo() throws Exception {
        kernel.rule(Nouns.address(0, 7), 2);

        assertThat(whats(report(), ShadowPart.PODS))
                .containsExactly("remove the rules of 10.0.0.8");
    }

    @Test
    void aPodWhoseAddressEc2DoesNotShowIsToBeLookedAt() throws Exception {
        ec2.now("attached", List.of(Nouns.shown(0, 1)));

        assertThat(whats(report(), ShadowPart.PODS))
                .contains("! leave 10.0.0.2 to its pod without knowing its interface");
    }

    @Test
    void aCheckpointThatMakesNoSenseWouldBeSetAsideAndItsPodsHeld() throws Exception {
        wrong = "unexpected end";

        assertThat(whats(report(), ShadowPart.PODS))
                .containsExactly(
                        "! keep 10.0.0.1 off pods",
                        "! keep 10.0.0.2 off pods",
                        "! set the checkpoint aside, and go by the kernel and EC2");
    }

    @Test
    void aCheckpointThatCannotBeReadSaysNothingOfPods() throws Exception {
        unreadable = "ipam.json: permission denied";

        ShadowReport report = report();

        assertThat(report.unseen())
                .containsEntry(ShadowPart.PODS, "ipam.json: permission denied")
                .containsKeys(ShadowPart.INTERFACES, ShadowPart.POOL);
        assertThat(whats(report, ShadowPart.PODS)).isEmpty();
        assertThat(whats(report, ShadowPart.ROUTING)).containsExactly("set rule 1024");
    }

    @Test
    void withoutMetadataPodsAreLookedAtAllTheSame() throws Exception {
        metadata.down(true);
        kernel.pod(Nouns.address(0, 2), "eni0123456789a");

        ShadowReport report = report();

        assertThat(report.unseen())
                .containsOnlyKeys(
                        ShadowPart.ROUTING,
                        ShadowPart.FILTER,
                        ShadowPart.INTERFACES,
                        ShadowPart.POOL);
        assertThat(whats(report, ShadowPart.PODS)).containsExactly("! keep 10.0.0.3 off pods");
        assertThat(ec2.calls()).isEmpty();
    }

    @Test
    void withoutTheKernelNothingIsSaidOfPods() throws Exception {
        kernel.refuse("observe", new HostFailure.Refused("list links", 1));

        ShadowReport report = report();

        assertThat(report.unseen())
                .containsKeys(ShadowPart.PODS, ShadowPart.INTERFACES, ShadowPart.POOL);
        assertThat(report.findings()).noneMatch(finding -> finding.part() == ShadowPart.PODS);
    }

    @Test
    void withoutTheRightToReadItThePacketFilterIsUnseen() throws Exception {
        withoutRights = true;

        assertThat(report().unseen()).containsOnlyKeys(ShadowPart.FILTER);
    }

    @Test
    void aDaemonThatIsAwayChangesNothingElse() throws Exception {
        silence = "127.0.0.1:61679: Connection refused";

        ShadowReport report = report();

        assertThat(report.unseen()).containsOnlyKeys(ShadowPart.DAEMON);
        assertThat(report.numbers()).containsEntry("inUse", 2L);
    }

    @Test
    void whereTheDaemonsWereToldDifferentThingsIsSaid() throws Exception {
        told.put("WARM_IP_TARGET", "5");
        told.put("AWS_VPC_K8S_CNI_EXTERNALSNAT", "false");

        assertThat(whats(report(), ShadowPart.DAEMON)).containsExactly("! go by WARM_IP_TARGET=0");
    }

    @Test
    void aPodThatOnlyTheOtherDaemonKnowsIsToBeLookedAt() throws Exception {
        assigned.add(Nouns.address(0, 2));

        assertThat(whats(report(), ShadowPart.DAEMON))
                .containsExactly("! not know of the pod that has 10.0.0.3");
    }

    @Test
    void poolsOfDifferentInterfacesAreToBeLookedAt() throws Exception {
        show(1, 1);
        ec2.now("attached", List.of(Nouns.shown(0, 3), Nouns.shown(1, 1)));
        pool.add(Nouns.id(2));

        assertThat(whats(report(), ShadowPart.INTERFACES))
                .contains("! give pods addresses of eni-1", "! give pods no addresses of eni-2");
    }

    @Test
    void anInterfaceThatIsMarkedAsOthersIsLeftToThem() throws Exception {
        show(1, 1);
        var tags = new TreeMap<>(Nouns.tags());
        tags.put("node.k8s.amazonaws.com/no_manage", "true");
        ec2.now(
                "attached",
                List.of(
                        Nouns.shown(0, 3),
                        Nouns.shown(1, 1, "interface", tags, Nouns.attached(1))));

        assertThat(whats(report(), ShadowPart.INTERFACES)).contains("leave eni-1 to others");
    }

    @Test
    void aSecondaryInterfaceWithoutALinkServesNobody() throws Exception {
        ec2.now("attached", List.of(Nouns.shown(0, 3), Nouns.shown(1, 1)));

        assertThat(whats(report(), ShadowPart.INTERFACES))
                .contains("! give pods no addresses of eni-1");
    }

    @Test
    void whatASecondaryInterfaceLacksInTheKernelWouldBeSet() throws Exception {
        show(1, 1);
        ec2.now("attached", List.of(Nouns.shown(0, 3), Nouns.shown(1, 1)));

        assertThat(whats(report(), ShadowPart.ROUTING)).contains("set route of 10.0.1.0");
    }

    @Test
    void tagsThatAreMissingWouldBeSet() throws Exception {
        ec2.now(
                "attached",
                List.of(Nouns.shown(0, 3, "interface", new TreeMap<>(), Nouns.attached(0))));

        assertThat(whats(report(), ShadowPart.INTERFACES))
                .contains("tag eni-0 with [node.k8s.amazonaws.com/instance_id]");
    }

    @Test
    void whatTheOtherDaemonMakesJustNowIsNotLostAndWhatItMadeLongAgoWouldBeDeleted()
            throws Exception {
        ec2.now("described", List.of(made(1, Duration.ofMinutes(1))));
        assertThat(whats(report(), ShadowPart.INTERFACES))
                .noneMatch(what -> what.contains("delete"));

        ec2.now("described", List.of(made(1, Duration.ofMinutes(6))));
        assertThat(whats(report(), ShadowPart.INTERFACES)).contains("! delete eni-1");
    }

    private static dev.vpccni.node.port.ObservedInterface made(int n, Duration ago) {
        var tags = new TreeMap<>(Nouns.tags());
        tags.put("node.k8s.amazonaws.com/createdAt", ManualTempo.START.minus(ago).toString());
        return Nouns.shown(n, 1, "interface", tags, null);
    }

    @Test
    void ofAThousandPodsInDisorderAHundredAreListedAndTheOthersCounted() throws Exception {
        for (int i = 3; i < 1003; i++) {
            kernel.pod(Nouns.address(3, i), "eni" + i);
        }
        kernel.rule(Nouns.address(0, 7), 2);

        ShadowReport report = report();

        assertThat(whats(report, ShadowPart.PODS))
                .hasSize(ShadowReport.FINDINGS_MAX + 1)
                .endsWith("! do more of that kind")
                .doesNotContain("remove the rules of 10.0.0.8");
    }
}
