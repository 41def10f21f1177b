package dev.vpccni.controller;

import dev.vpccni.controller.plan.Branch;
import dev.vpccni.controller.plan.GroupSet;
import dev.vpccni.controller.plan.Placement;
import dev.vpccni.controller.plan.PodWish;
import dev.vpccni.controller.plan.TrunkState.Shown;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.PodName;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.model.SubnetId;
import dev.vpccni.node.port.Ec2Exception;
import dev.vpccni.node.port.Ec2Failure;
import dev.vpccni.node.port.ObservedInterface;
import dev.vpccni.node.port.TrunkEc2;
import dev.vpccni.node.port.TrunkEc2.Association;
import dev.vpccni.node.port.TrunkEc2.NewMember;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What EC2 has of one node's trunk and branches, told apart by their tags. One thread uses it. */
final class NodeEc2 {

    private final TrunkNode node;
    private final String cluster;
    private final TrunkEc2 ec2;
    private final RandomGenerator random;
    private List<ObservedInterface> attached = List.of();
    private @Nullable ObservedInterface loose;
    private int attempt;

    /**
     * @param cluster its name, which interfaces are tagged with
     * @param random makes requests differ that are not to be answered as one
     */
    NodeEc2(TrunkNode node, String cluster, TrunkEc2 ec2, RandomGenerator random) {
        this.node = node;
        this.cluster = cluster;
        this.ec2 = ec2;
        this.random = random;
    }

    /** Asks EC2 what the node has. */
    Shown observe() throws Ec2Exception, InterruptedException {
        attached = ec2.describeAttached(node.instance());
        ObservedInterface trunk = null;
        for (ObservedInterface one : attached) {
            if (one.type().equals("trunk") && one.attachment() != null) {
                trunk = one;
            }
        }
        SortedMap<String, String> tags = new TreeMap<>();
        tags.put(BranchTags.INSTANCE, node.instance().value());
        tags.put(BranchTags.OWNER, BranchTags.OWNER_VALUE);
        SortedMap<InterfaceId, Branch> branches = new TreeMap<>();
        loose = null;
        for (ObservedInterface one : ec2.describeTagged(tags)) {
            if (!one.type().equals("trunk")) {
                branches.put(one.id(), branch(one));
            } else if (one.attachment() == null) {
                loose = one;
            }
        }
        ObservedInterface primary = find(0);
        SubnetId home = primary == null ? null : primary.subnet();
        SortedSet<Integer> others = new TreeSet<>();
        if (trunk == null) {
            return new Shown(null, home, branches, others);
        }
        refuseOthers(trunk);
        ObservedInterface.Attachment attachment = trunk.attachment();
        if (attachment != null && !attachment.deletedOnTermination()) {
            ec2.deleteOnTermination(trunk.id(), attachment.id());
        }
        for (Association one : ec2.associations(trunk.id())) {
            Branch ours = branches.get(one.branch());
            if (ours == null) {
                others.add(one.vlan());
            } else {
                branches.put(one.branch(), ours.with(one.id(), one.vlan()));
            }
        }
        return new Shown(trunk.id(), home, branches, others);
    }

    /** Two controllers would take each other's interfaces for left over. */
    private void refuseOthers(ObservedInterface trunk) throws Ec2Exception {
        String owner = trunk.tags().getOrDefault(BranchTags.OWNER, BranchTags.OWNER_VALUE);
        if (!owner.equals(BranchTags.OWNER_VALUE)) {
            throw new Ec2Exception(
                    "DescribeNetworkInterfaces",
                    new Ec2Failure.Rejected("AnotherOwner"),
                    "the trunk "
                            + trunk.id()
                            + " is of "
                            + owner
                            + ", which serves the node's pods: it is left to that; on a cluster"
                            + " with a managed controller this one is not needed",
                    null);
        }
    }

    private static Branch branch(ObservedInterface shown) {
        String uid = shown.tags().getOrDefault(BranchTags.POD_UID, "");
        String namespace = shown.tags().getOrDefault(BranchTags.POD_NAMESPACE, "");
        String name = shown.tags().getOrDefault(BranchTags.POD_NAME, "");
        return new Branch(
                shown.id(),
                uid,
                name.isEmpty() ? Branch.NOBODY : new PodName(namespace, name),
                shown.mac(),
                shown.primaryAddress(),
                shown.ipv6Addresses().isEmpty() ? null : shown.ipv6Addresses().getFirst(),
                shown.subnet(),
                GroupSet.of(shown.groups()),
                null,
                0);
    }

    /** Attaches a trunk: the one that was made for it, or a new one. */
    InterfaceId makeTrunk(Placement placement) throws Ec2Exception, InterruptedException {
        ObservedInterface primary = primary();
        ObservedInterface made = loose;
        if (made == null) {
            SubnetId subnet = placement.subnet(primary.subnet());
            List<SecurityGroupId> groups =
                    placement instanceof Placement.Configured(_, var named) && !named.isEmpty()
                            ? named
                            : primary.groups();
            made =
                    ec2.createMember(
                            new NewMember(
                                    "trunk-" + node.instance() + "-" + attempt,
                                    true,
                                    subnet == null ? primary.subnet() : subnet,
                                    groups,
                                    BranchTags.DESCRIPTION + "trunk-eni",
                                    tags()));
        }
        try {
            var attachment = ec2.attach(made.id(), node.instance(), 0, device());
            ec2.deleteOnTermination(made.id(), attachment);
        } catch (Ec2Exception e) {
            if (e.failure() instanceof Ec2Failure.Gone) {
                attempt++; // The token would answer with what is gone for a day.
            }
            throw e;
        }
        return made.id();
    }

    /** Nodes take the lowest one that is free for their own interfaces. */
    private int device() throws Ec2Exception {
        for (int device = node.type().maxInterfaces() - 1; device > 0; device--) {
            if (find(device) == null) {
                return device;
            }
        }
        throw new Ec2Exception(
                "AttachNetworkInterface",
                new Ec2Failure.LimitExceeded(),
                "the instance has no place for a trunk: all of its "
                        + node.type().maxInterfaces()
                        + " interfaces are there; with ENABLE_POD_ENI the daemon keeps one free on"
                        + " a node that begins",
                null);
    }

    /** Makes an interface for a pod; the same one if it was made before. */
    Branch create(PodWish pod, SubnetId subnet, InterfaceId trunk, int podAttempt)
            throws Ec2Exception, InterruptedException {
        SortedMap<String, String> tags = memberTags(trunk);
        tags.putAll(podTags(pod));
        return made("pod-" + pod.uid() + "-" + podAttempt, subnet, pod.groups(), tags);
    }

    /** Makes an interface for a pod to come. */
    Branch createWarm(GroupSet groups, SubnetId subnet, InterfaceId trunk)
            throws Ec2Exception, InterruptedException {
        return made("warm-" + once(), subnet, groups, memberTags(trunk));
    }

    /**
     * Makes an interface a branch. No token is used twice: the answer to an earlier request would
     * tell of an association that may have been undone since.
     */
    Association associate(InterfaceId branch, InterfaceId trunk, int vlan)
            throws Ec2Exception, InterruptedException {
        return ec2.associate("branch-" + once(), branch, trunk, vlan);
    }

    private String once() {
        return Long.toHexString(random.nextLong()) + Integer.toHexString(random.nextInt());
    }

    private Branch made(
            String token, SubnetId subnet, GroupSet groups, SortedMap<String, String> tags)
            throws Ec2Exception, InterruptedException {
        return branch(
                ec2.createMember(
                        new NewMember(
                                token,
                                false,
                                subnet,
                                groups.ids(),
                                BranchTags.DESCRIPTION + "branch-eni",
                                tags)));
    }

    /** Makes an interface a pod's. */
    void tag(InterfaceId id, PodWish pod) throws Ec2Exception, InterruptedException {
        ec2.tag(id, podTags(pod));
    }

    private SortedMap<String, String> memberTags(InterfaceId trunk) {
        SortedMap<String, String> tags = tags();
        tags.put(BranchTags.TRUNK, trunk.value());
        return tags;
    }

    private static SortedMap<String, String> podTags(PodWish pod) {
        SortedMap<String, String> tags = new TreeMap<>();
        tags.put(BranchTags.POD_UID, pod.uid());
        tags.put(BranchTags.POD_NAMESPACE, pod.pod().namespace());
        tags.put(BranchTags.POD_NAME, pod.pod().name());
        return tags;
    }

    private SortedMap<String, String> tags() {
        SortedMap<String, String> tags = new TreeMap<>();
        tags.put(BranchTags.INSTANCE, node.instance().value());
        tags.put(BranchTags.OWNER, BranchTags.OWNER_VALUE);
        tags.put(BranchTags.CLUSTER, cluster);
        return tags;
    }

    private ObservedInterface primary() throws Ec2Exception {
        ObservedInterface primary = find(0);
        if (primary == null) {
            throw new Ec2Exception(
                    "DescribeNetworkInterfaces",
                    new Ec2Failure.Gone(null),
                    "the instance " + node.instance() + " has no primary interface",
                    null);
        }
        return primary;
    }

    private @Nullable ObservedInterface find(int device) {
        for (ObservedInterface one : attached) {
            ObservedInterface.Attachment attachment = one.attachment();
            if (attachment != null && attachment.card() == 0 && attachment.device() == device) {
                return one;
            }
        }
        return null;
    }
}
