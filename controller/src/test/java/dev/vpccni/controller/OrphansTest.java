package dev.vpccni.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.model.InterfaceId;
import dev.vpccni.node.port.Ec2Exception;
import dev.vpccni.node.port.Ec2Failure;
import dev.vpccni.node.port.TrunkEc2.NewMember;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class OrphansTest {

    private final TrunkWorld world = new TrunkWorld();
    private final Orphans orphans = new Orphans(world.ec2, "test", () -> world.now, world.log::add);

    private InterfaceId left(String cluster, String instance, String pod) throws Exception {
        SortedMap<String, String> tags =
                new TreeMap<>(
                        Map.of(
                                BranchTags.OWNER,
                                BranchTags.OWNER_VALUE,
                                BranchTags.CLUSTER,
                                cluster,
                                BranchTags.INSTANCE,
                                instance));
        if (!pod.isEmpty()) {
            tags.put(BranchTags.POD_UID, pod);
        }
        String token = cluster + instance + pod;
        return world.ec2
                .createMember(
                        new NewMember(
                                token,
                                false,
                                world.ec2.subnet,
                                world.groups.getFirst().ids(),
                                "left",
                                tags))
                .id();
    }

    private List<InterfaceId> there() {
        return world.ec2.all().stream().map(one -> one.id()).toList();
    }

    private void look() throws InterruptedException {
        orphans.look(Set.of("i-alive"), Set.of("alive"));
    }

    @Test
    void whatANodeHasLeftGoesAfterAWhileAndNothingElse() throws Exception {
        InterfaceId orphan = left("test", "i-gone", "gone");
        InterfaceId warm = left("test", "i-gone", "");
        InterfaceId anothers = left("another", "i-gone", "gone");
        InterfaceId ofNode = left("test", "i-alive", "gone");
        InterfaceId ofPod = left("test", "i-gone", "alive");
        look();
        world.now = world.now.plus(Orphans.PATIENCE).minusSeconds(1);
        look();
        assertThat(there()).contains(orphan, warm);
        world.now = world.now.plusSeconds(1);
        look();
        assertThat(there()).doesNotContain(orphan, warm).contains(anothers, ofNode, ofPod);
    }

    @Test
    void aNodeThatComesBackKeepsWhatItHas() throws Exception {
        InterfaceId left = left("test", "i-back", "gone");
        look();
        world.now = world.now.plus(Orphans.PATIENCE.minusSeconds(1));
        orphans.look(Set.of("i-alive", "i-back"), Set.of());
        world.now = world.now.plusSeconds(2);
        look();
        assertThat(there()).contains(left);
    }

    @Test
    void ofManySomeGoAtATimeAndAThrottledOneEndsTheLook() throws Exception {
        for (int i = 0; i < Orphans.BATCH + 5; i++) {
            left("test", "i-gone", "gone-" + i);
        }
        int before = there().size();
        look();
        world.now = world.now.plus(Duration.ofHours(1));
        world.ec2.faults =
                (action, after) -> {
                    if (action.equals("DeleteNetworkInterface") && !after) {
                        throw new Ec2Exception(
                                action, new Ec2Failure.Throttled(), "throttled", null);
                    }
                };
        int asked = world.ec2.requests;
        look();
        assertThat(world.ec2.requests - asked).isEqualTo(2);
        world.ec2.faults = CloudEc2.Faults.NONE;
        look();
        assertThat(there()).hasSize(before - Orphans.BATCH);
        look();
        assertThat(there()).hasSize(before - Orphans.BATCH - 5);
    }
}
