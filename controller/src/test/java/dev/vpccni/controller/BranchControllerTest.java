package dev.vpccni.controller;

import static dev.vpccni.controller.BranchesUnderTest.CNINODES;
import static dev.vpccni.controller.BranchesUnderTest.CONFIGS;
import static dev.vpccni.controller.BranchesUnderTest.LEASES;
import static dev.vpccni.controller.BranchesUnderTest.NODES;
import static dev.vpccni.controller.BranchesUnderTest.PODS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.json.JsonObject;
import dev.vpccni.model.InstanceId;
import dev.vpccni.vpc.api.Ec2Error;
import dev.vpccni.vpc.api.Ec2Request;
import dev.vpccni.vpc.api.EniDescription;
import dev.vpccni.vpc.fault.Effect;
import dev.vpccni.vpc.fault.Fault;
import dev.vpccni.vpc.fault.FaultTable;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The controller between an API server and EC2 over HTTP. */
final class BranchControllerTest {

    @TempDir Path folder;
    private BranchesUnderTest world;

    @BeforeEach
    void begin() throws Exception {
        world = new BranchesUnderTest(folder);
        world.addNode("node-1", world.instance);
        world.addPolicy("db", "\"podSelector\":{\"matchLabels\":{\"app\":\"db\"}}");
    }

    @AfterEach
    void end() {
        world.close();
    }

    private JsonObject served(String pod) throws Exception {
        world.passUntil(pod + " is told", () -> world.told(pod) != null);
        return Objects.requireNonNull(world.told(pod));
    }

    private EniDescription eni(String id) {
        return world.interfaces().stream()
                .filter(one -> one.id().value().equals(id))
                .findFirst()
                .orElseThrow();
    }

    private void awaitLog(String words) throws Exception {
        world.passUntil(words, () -> world.log.stream().anyMatch(line -> line.contains(words)));
    }

    @Test
    void aNodeGetsItsTrunkAndAPodItsBranch() throws Exception {
        world.start("a");
        world.passUntil("a CNINode", () -> world.server.find(CNINODES, "node-1") != null);
        assertThat(world.part(CNINODES, "node-1", "metadata"))
                .contains("kind=Node", "name=node-1", "uid=uid-of-node-1");
        assertThat(world.calls("CreateNetworkInterface")).isZero();

        world.want("node-1");
        world.passUntil(
                "what the node offers",
                () ->
                        world.part(NODES, "node-1", "status")
                                .contains("vpc.amazonaws.com/pod-eni=9"));
        world.addPod("db-0", "node-1", true);
        JsonObject told = served("db-0");

        EniDescription eni = eni(told.string("eniId"));
        assertThat(eni.type()).isEqualTo("branch");
        assertThat(eni.groups()).containsOnlyKeys(world.group);
        assertThat(told.string("ifAddress")).isEqualTo(eni.mac().toString());
        assertThat(told.string("privateIp")).isEqualTo(eni.primaryAddress().toString());
        assertThat(told.integer("vlanID")).isEqualTo(1);
        assertThat(told.string("subnetCidr")).isEqualTo("10.0.0.0/24");
        assertThat(eni.tags()).containsEntry(BranchTags.POD_NAME, "db-0");
    }

    @Test
    void aServiceAccountsLabelsSelectToo() throws Exception {
        world.objects.delete(BranchesUnderTest.POLICIES, "db");
        world.addPolicy("sa", "\"serviceAccountSelector\":{\"matchLabels\":{\"team\":\"x\"}}");
        world.want("node-1");
        world.addPod("db-0", "node-1", true);
        world.start("a");
        awaitLog("no SecurityGroupPolicy names");
        world.objects.write(
                "/api/v1/serviceaccounts",
                "{\"metadata\":{\"name\":\"default\",\"namespace\":\"default\","
                        + "\"labels\":{\"team\":\"x\"}}}",
                "user");
        served("db-0");
    }

    @Test
    void aPodThatGoesLeavesNothingAfterItsCooldown() throws Exception {
        world.want("node-1");
        world.addPod("db-0", "node-1", true);
        world.start("a");
        served("db-0");
        world.objects.delete(PODS, "db-0");
        awaitLog("is gone as it seems");
        long before = world.ofPods();
        world.pass(55);
        assertThat(before).isEqualTo(1);
        assertThat(world.ofPods()).isEqualTo(1);
        world.passUntil("its interface is gone", () -> world.ofPods() == 0);
    }

    @Test
    void aPodThatAsksForNothingIsToldThatItsPolicyDoesNotHold() throws Exception {
        world.want("node-1");
        world.addPod("db-0", "node-1", false);
        world.start("a");
        world.passUntil(
                "an event",
                () -> {
                    // Before it leads it tells of nothing; the pod changes as pods do.
                    world.objects.edit(PODS, "db-0", "kubelet", pod -> {});
                    return world.events().stream()
                            .anyMatch(event -> event.contains("SecurityGroupsNotUsed"));
                });
        assertThat(world.told("db-0")).isNull();
        assertThat(world.events().getFirst()).contains("uid-of-db-0", "limit set to 1");
    }

    @Test
    void whatIsThrottledIsToldOnThePodAndDoneLater() throws Exception {
        world.want("node-1");
        world.start("a");
        awaitLog("offer 9");
        world.emulator.faults(
                FaultTable.of(
                        Fault.always(
                                "CreateNetworkInterface", new Effect.Fail(Ec2Error.throttled()))));
        world.addPod("db-0", "node-1", true);
        world.passUntil(
                "an event",
                () ->
                        world.events().stream()
                                .anyMatch(event -> event.contains("BranchInterfaceMissing")));
        long asked = world.calls("CreateNetworkInterface");
        world.pass(60);
        assertThat(world.calls("CreateNetworkInterface") - asked).isLessThan(10);
        world.emulator.faults(FaultTable.of());
        world.passUntil("it is told", () -> world.told("db-0") != null);
    }

    @Test
    void branchesLieInTheSubnetOfTheNodesEniConfig() throws Exception {
        world.want("node-1", "pods-a");
        world.addPod("db-0", "node-1", true);
        world.start("a");
        awaitLog("there is no ENIConfig pods-a");
        assertThat(world.calls("CreateNetworkInterface")).isZero();
        world.objects.write(
                CONFIGS,
                "{\"metadata\":{\"name\":\"pods-a\",\"namespace\":\"\"},\"spec\":{\"subnet\":\""
                        + world.other
                        + "\"}}",
                "user");
        JsonObject told = served("db-0");
        assertThat(told.string("subnetCidr")).isEqualTo("10.0.1.0/24");
    }

    @Test
    void ofTwoOneActsAndTheOtherTakesOver() throws Exception {
        world.want("node-1");
        BranchProgram first = world.start("a");
        awaitLog("a: this is a");
        world.start("b");
        awaitLog("b: a has the lease");
        world.addPod("db-0", "node-1", true);
        served("db-0");
        assertThat(world.log).noneMatch(line -> line.startsWith("b: node-1"));

        // A lease that somebody has taken by force is the other one's.
        world.objects.edit(
                LEASES,
                "branch-controller",
                "b",
                lease -> {
                    if (lease.get("spec") instanceof Map<?, ?> spec) {
                        @SuppressWarnings("unchecked") // a parsed text
                        var members = (Map<String, Object>) spec;
                        members.put("holderIdentity", "b");
                    }
                });
        awaitLog("a: b has the lease");
        awaitLog("b: this is b");
        world.addPod("db-1", "node-1", true);
        served("db-1");
        assertThat(world.log).anyMatch(line -> line.startsWith("b: node-1: tell default/db-1"));
        first.close();
    }

    @Test
    void whoCannotRenewItsLeaseChangesNothing() throws Exception {
        world.want("node-1");
        world.start("a");
        awaitLog("offer 9");
        world.server.refuse(LEASES + "/branch-controller", 500);
        awaitLog("cannot be renewed");
        world.pass((int) Leadership.FENCE.toSeconds() + 3);
        long made = world.calls("CreateNetworkInterface");
        world.addPod("db-0", "node-1", true);
        world.pass(30);
        assertThat(world.calls("CreateNetworkInterface")).isEqualTo(made);
        assertThat(world.told("db-0")).isNull();
        world.server.refuse(LEASES + "/branch-controller", 0);
        served("db-0");
    }

    /** Its watch shows no pod any more, and nobody says that it is gone. */
    @Test
    void whileTheApiServerIsAwayNothingIsTakenFromAnybody() throws Exception {
        world.want("node-1");
        world.addPod("db-0", "node-1", true);
        world.start("a");
        JsonObject told = served("db-0");
        world.server.refuse(PODS + "/db-0", 503);
        var pod = Map.copyOf(Objects.requireNonNull(world.server.find(PODS, "db-0")));
        world.objects.delete(PODS, "db-0");
        awaitLog("cannot be read");
        world.pass(100);
        assertThat(eni(told.string("eniId")).type()).isEqualTo("branch");
        assertThat(pod).isNotEmpty();
        world.server.refuse(PODS + "/db-0", 0);
        world.passUntil("it is gone", () -> world.ofPods() == 0);
    }

    @Test
    void whatANodeLeavesIsDeletedAndAnotherClustersIsNot() throws Exception {
        InstanceId second = world.runInstance("node-2");
        world.addNode("node-2", second);
        world.want("node-2");
        world.addPod("db-0", "node-2", true);
        world.start("a");
        String left = served("db-0").string("eniId");
        var foreign =
                world.made(
                                new Ec2Request.CreateNetworkInterface(
                                        "",
                                        world.subnet,
                                        "",
                                        List.of(),
                                        new TreeMap<>(
                                                Map.of(
                                                        BranchTags.OWNER,
                                                        BranchTags.OWNER_VALUE,
                                                        BranchTags.CLUSTER,
                                                        "another")),
                                        0))
                        .eni();
        world.emulator.terminateInstance(second);
        world.objects.delete(NODES, "node-2");
        world.objects.delete(CNINODES, "node-2");
        world.objects.delete(PODS, "db-0");
        world.pass((int) Orphans.PATIENCE.toSeconds() - 60, 5);
        assertThat(world.ofPods()).isEqualTo(1);
        world.pass(600, 5);
        world.passUntil("what it left is gone", () -> world.ofPods() == 0);
        awaitLog("delete " + left);
        assertThat(world.interfaces()).anyMatch(eni -> eni.id().equals(foreign.id()));
    }
}
