package dev.vpccni.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.controller.TrunkWorld.Pod;
import dev.vpccni.controller.plan.GroupSet;
import dev.vpccni.controller.plan.Placement;
import dev.vpccni.controller.plan.PodWish;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.PodName;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.model.SubnetId;
import dev.vpccni.node.port.TrunkEc2.NewMember;
import dev.vpccni.vpc.api.Ec2Request;
import dev.vpccni.vpc.api.EniDescription;
import dev.vpccni.vpc.api.TagRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class TrunkKeeperTest {

    private final TrunkWorld world = new TrunkWorld();

    private Pod pod(String uid) {
        return Objects.requireNonNull(world.book.pods.get(uid));
    }

    private List<EniDescription> ofPods() {
        return world.ec2.all().stream()
                .filter(eni -> eni.tags().containsKey(BranchTags.POD_UID))
                .toList();
    }

    private EniDescription trunk() {
        return world.ec2.all().stream()
                .filter(one -> one.type().equals("trunk"))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aPodGetsABranchOfANewTrunk() {
        String uid = world.addPod();
        world.work(world.keeper());

        Pod pod = pod(uid);
        assertThat(pod.vlan()).isEqualTo(1);
        Map<String, ?> entry = pod.entry().members();
        assertThat(entry.get("subnetCidr")).isEqualTo("10.42.0.0/20");
        assertThat(String.valueOf(entry.get("associationID"))).startsWith("trunk-assoc-");
        EniDescription eni = world.eni(pod);
        assertThat(entry.get("ifAddress")).isEqualTo(eni.mac().toString());
        assertThat(entry.get("privateIp")).isEqualTo(eni.primaryAddress().toString());
        assertThat(eni.tags())
                .containsEntry(BranchTags.INSTANCE, world.instance.value())
                .containsEntry("cluster.k8s.amazonaws.com/name", "test")
                .containsEntry(BranchTags.POD_NAMESPACE, "default");
        assertThat(Objects.requireNonNull(trunk().attachment()).device()).isEqualTo(2);
        assertThat(trunk().attachment().deleteOnTermination()).isTrue();
    }

    @Test
    void anInterfaceGoesWhenItsCooldownIsOver() {
        String uid = world.addPod();
        TrunkKeeper keeper = world.keeper();
        world.work(keeper);
        world.endPod(uid);
        Instant end = world.now;
        world.work(keeper);

        Instant over = end.plus(TrunkWorld.RULES.cooldown());
        world.now = over.minusSeconds(1);
        assertThat(world.step(keeper, world.book.wishes())).isEqualTo(over);
        assertThat(world.ec2.branches()).hasSize(1);
        world.now = over;
        world.work(keeper);
        assertThat(world.ec2.branches()).isEmpty();
        assertThat(ofPods()).isEmpty();
    }

    /** A watch that is late by more than a cool-down takes no interface away. */
    @Test
    void aPodThatIsThereAfterAllKeepsItsInterface() {
        world.addPod();
        TrunkKeeper keeper = world.keeper();
        world.settle(keeper);
        for (int i = 0; i < 300; i++) {
            var _ = world.step(keeper, new TreeMap<>());
            world.now = world.now.plusSeconds(1);
        }
        assertThat(world.ec2.branches()).hasSize(1);
        assertThat(world.log).anyMatch(line -> line.contains("is there after all"));
    }

    @Test
    void aPodThatCannotBeServedHoldsUpNobodyAndIsToldWhy() {
        TrunkKeeper keeper = world.keeper();
        world.settle(keeper);
        SortedMap<String, PodWish> pods = new TreeMap<>();
        pods.put("a", wish("a", List.of(new SecurityGroupId("sg-0123456789abcdef0"))));
        pods.put("b", wish("b", List.of()));
        String good = world.addPod();
        for (int i = 0; i < 100; i++) {
            SortedMap<String, PodWish> all = new TreeMap<>(pods);
            all.putAll(world.book.wishes());
            var _ = world.step(keeper, all);
            world.now = world.now.plusMillis(200);
        }
        assertThat(pod(good).annotation()).isNotEmpty();
        assertThat(world.events)
                .anyMatch(event -> event.startsWith("default/a: ") && event.contains("sg-01234567"))
                .anyMatch(event ->
                        event.startsWith("default/b: no SecurityGroupPolicy names")
                                && event.contains("make one"));
        int before = world.ec2.requests;
        for (int i = 0; i < 600; i++) {
            var _ = world.step(keeper, pods);
            world.now = world.now.plusSeconds(1);
        }
        assertThat(world.ec2.requests - before)
                .as("in ten minutes, of one that never works")
                .isLessThan(60);
    }

    private static PodWish wish(String uid, List<SecurityGroupId> groups) {
        return new PodWish(uid, new PodName("default", uid), "1", GroupSet.of(groups), "", 0);
    }

    @Test
    void whoIsTooManyWaitsAndIsToldWhatFor() {
        for (int i = 0; i < TrunkWorld.LIMIT + 1; i++) {
            world.addPod();
        }
        TrunkKeeper keeper = world.keeper();
        world.work(keeper);
        assertThat(world.ec2.branches()).hasSize(TrunkWorld.LIMIT);
        assertThat(world.events).anyMatch(event -> event.contains("all 9 branch interfaces"));
        world.endPod("uid-0000");
        world.settle(keeper);
        assertThat(world.book.pods.values()).allMatch(pod -> !pod.annotation().isEmpty());
    }

    @Test
    void anInterfaceWaitsForTheNextPodOfEachSetOfGroups() {
        world.addPod(world.groups.getFirst());
        world.addPod(world.groups.getLast());
        TrunkKeeper keeper = world.keeper();
        world.work(keeper);
        assertThat(world.warm())
                .extracting(eni -> GroupSet.of(eni.groups().keySet()))
                .containsExactlyInAnyOrderElementsOf(world.groups);

        List<InterfaceId> waited = world.warm().stream().map(EniDescription::id).toList();
        List<String> asked = new java.util.ArrayList<>();
        world.ec2.faults =
                (action, after) -> {
                    if (after) {
                        asked.add(action);
                    }
                };
        String next = world.addPod(world.groups.getLast());
        for (int i = 0; i < 2; i++) {
            var _ = world.step(keeper, world.book.wishes());
        }
        assertThat(asked).startsWith("AssociateTrunkInterface", "CreateTags");
        assertThat(asked).doesNotContain("CreateNetworkInterface");
        assertThat(waited).extracting(InterfaceId::value).contains(pod(next).eni());
        world.work(keeper);
        assertThat(world.warm()).hasSize(2);
    }

    @Test
    void aSetThatNobodyHasUsedForAWhileHasNothingWaiting() {
        String uid = world.addPod();
        TrunkKeeper keeper = world.keeper();
        world.work(keeper);
        assertThat(world.warm()).hasSize(1);
        world.endPod(uid);
        world.work(keeper);
        world.now = world.now.plus(TrunkWorld.RULES.keep()).minusSeconds(1);
        world.work(keeper);
        assertThat(world.warm()).hasSize(1);
        world.now = world.now.plusSeconds(2);
        world.work(keeper);
        assertThat(world.warm()).isEmpty();
    }

    /** Where all branches are taken, nothing waits; and no pod is refused for what waits. */
    @Test
    void whatWaitsTakesNoPodsPlace() {
        for (int i = 0; i < TrunkWorld.LIMIT - 1; i++) {
            world.addPod();
        }
        TrunkKeeper keeper = world.keeper();
        world.work(keeper);
        assertThat(world.warm()).hasSize(1);
        String last = world.addPod(world.groups.getLast());
        world.work(keeper);
        assertThat(pod(last).annotation()).isNotEmpty();
        assertThat(world.warm()).isEmpty();
    }

    /** It was made a branch for a pod that was never told of it. */
    @Test
    void whatWasClaimedByACrashedKeeperIsNobodys() {
        world.addPod();
        TrunkKeeper keeper = world.keeper();
        world.work(keeper);
        String claimed = world.warm().getFirst().id().value();
        String next = world.addPod();
        stepAndEnd(keeper, "CreateTags", false);
        TrunkKeeper successor = world.keeper();
        world.work(successor);
        assertThat(pod(next).eni()).isNotEmpty().isNotEqualTo(claimed);
        world.settle(successor);
        assertThat(world.ec2.branches()).hasSize(2);
    }

    /** The answer to a request of the same token would tell of an association that is undone. */
    @Test
    void whatWasFreedByACrashedKeeperIsMadeABranchAnew() {
        for (int i = 1; i < TrunkWorld.LIMIT; i++) {
            world.addPod();
        }
        TrunkKeeper keeper = world.keeper();
        world.work(keeper);
        String claimed = world.warm().getFirst().id().value();
        String last = world.addPod();
        stepAndEnd(keeper, "CreateTags", false);
        TrunkKeeper second = world.keeper();
        world.work(second);
        assertThat(pod(last).annotation()).isEmpty();
        world.now = world.now.plus(TrunkWorld.RULES.cooldown());
        stepAndEnd(second, "DisassociateTrunkInterface", true);

        TrunkKeeper third = world.keeper();
        world.work(third);
        assertThat(pod(last).eni()).isEqualTo(claimed);
        world.settle(third);
    }

    /** Ends a keeper's process at its next request of a kind. */
    private void stepAndEnd(TrunkKeeper keeper, String action, boolean afterwards) {
        world.ec2.faults =
                (asked, after) -> {
                    if (asked.equals(action) && after == afterwards) {
                        throw new IllegalStateException("the process ends");
                    }
                };
        assertThatThrownBy(
                        () -> {
                            for (int i = 0; i < 20; i++) {
                                var _ = world.step(keeper, world.book.wishes());
                            }
                        })
                .hasMessage("the process ends");
        world.ec2.faults = CloudEc2.Faults.NONE;
    }

    @Test
    void branchesLieWhereTheEniConfigSays() {
        SubnetId other = world.ec2.subnet("10.42.16.0/24");
        SecurityGroupId ofTrunk = world.groups.getLast().ids().getFirst();
        world.placement = new Placement.Configured(other, List.of(ofTrunk));
        String first = world.addPod();
        TrunkKeeper keeper = world.keeper();
        world.work(keeper);
        assertThat(world.eni(pod(first)).subnet()).isEqualTo(other);
        assertThat(pod(first).entry().value("subnetCidr")).isEqualTo("10.42.16.0/24");
        assertThat(trunk().groups().keySet()).containsExactly(ofTrunk);

        world.placement = new Placement.Unknown("the ENIConfig x cannot be understood");
        String second = world.addPod();
        world.work(keeper);
        assertThat(pod(second).annotation()).isEmpty();
        assertThat(world.events).anyMatch(event -> event.contains("ENIConfig x cannot be"));

        world.placement = new Placement.OfPrimary();
        world.work(keeper);
        assertThat(world.eni(pod(second)).subnet()).isEqualTo(world.ec2.subnet);
        assertThat(world.warm()).allMatch(eni -> eni.subnet().equals(world.ec2.subnet));
    }

    @Test
    void anotherControllersTrunkIsLeftToThat() {
        TrunkKeeper keeper = world.keeper();
        world.work(keeper);
        world.ec2.must(
                new TagRequest.CreateTags(
                        List.of(trunk().id().value()),
                        new TreeMap<>(Map.of(BranchTags.OWNER, "eks-vpc-resource-controller"))));
        String uid = world.addPod();
        TrunkKeeper next = world.keeper();
        for (int i = 0; i < 5; i++) {
            var _ = world.step(next, world.book.wishes());
            world.now = world.now.plusSeconds(60);
        }
        assertThat(pod(uid).annotation()).isEmpty();
        assertThat(world.log).anyMatch(line -> line.contains("is of eks-vpc-resource-controller"));
    }

    /** Somebody has freed the branch of a living pod; the node goes on to use its VLAN. */
    @Test
    void theVlanThatAPodWasToldOfIsNobodyElses() throws Exception {
        String first = world.addPod();
        TrunkKeeper keeper = world.keeper();
        world.work(keeper);
        int vlan = pod(first).vlan();
        SortedMap<String, PodWish> pods = world.book.wishes();
        pods.put("other", wish("other", world.groups.getFirst().ids()));
        world.ec2.disassociate(String.valueOf(pod(first).entry().value("associationID")));
        TrunkKeeper next = world.keeper();
        for (int i = 0; i < 10; i++) {
            var _ = next.step(pods, world.placement);
        }
        assertThat(world.ec2.branches()).hasSize(1).noneMatch(one -> one.vlan() == vlan);
    }

    /** What somebody makes or takes away in EC2 is seen after half an hour. */
    @Test
    void ec2IsLookedAtAgain() throws Exception {
        world.addPod();
        TrunkKeeper keeper = world.keeper();
        world.work(keeper);
        world.ec2.delete(world.warm().getFirst().id());
        world.now = world.now.plus(TrunkKeeper.LOOK).minusSeconds(1);
        world.work(keeper);
        assertThat(world.warm()).isEmpty();
        world.now = world.now.plusSeconds(1);
        world.work(keeper);
        assertThat(world.warm()).hasSize(1);
    }

    /** Somebody's branch on the trunk has its VLAN and its place. */
    @Test
    void othersBranchesCount() throws Exception {
        world.work(world.keeper());
        var made =
                world.ec2.createMember(
                        new NewMember(
                                "x",
                                false,
                                world.ec2.subnet,
                                List.of(world.groups.getFirst().ids().getFirst()),
                                "by hand",
                                new TreeMap<>()));
        var _ = world.ec2.associate("x", made.id(), trunk().id(), 1);
        for (int i = 0; i < TrunkWorld.LIMIT; i++) {
            world.addPod();
        }
        world.work(world.keeper());
        long served = world.book.pods.values().stream().filter(p -> p.vlan() > 1).count();
        assertThat(served).isEqualTo(TrunkWorld.LIMIT - 1);
        assertThat(world.book.pods.values()).noneMatch(pod -> pod.vlan() == 1);
    }

    @Test
    void anInstanceThatIsGoneIsAskedForSeldom() {
        world.addPod();
        world.ec2.must(new Ec2Request.TerminateInstances(List.of(world.instance)));
        world.now = world.now.plus(Duration.ofMinutes(5));
        TrunkKeeper keeper = world.keeper();
        for (int i = 0; i < 600; i++) {
            var _ = world.step(keeper, world.book.wishes());
            world.now = world.now.plusSeconds(1);
        }
        assertThat(world.ec2.requests).isLessThan(40);
        assertThat(world.log).anyMatch(line -> line.contains("has no primary interface"));
    }
}
