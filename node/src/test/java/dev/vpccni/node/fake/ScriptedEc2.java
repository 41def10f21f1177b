package dev.vpccni.node.fake;

import dev.vpccni.model.AttachmentId;
import dev.vpccni.model.BlockKind;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.InstanceId;
import dev.vpccni.model.InstanceType;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.IpFamily;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.model.SubnetId;
import dev.vpccni.model.VpcId;
import dev.vpccni.node.port.Ec2;
import dev.vpccni.node.port.Ec2Exception;
import dev.vpccni.node.port.Ec2Failure;
import dev.vpccni.node.port.ObservedInterface;
import dev.vpccni.node.port.ObservedSubnet;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * EC2 that answers as a test says: each action has its answers, one after the other, and the last
 * of them for ever. An action without an answer is a failed test.
 */
public final class ScriptedEc2 implements Ec2 {

    /** The answer of an action that has nothing to tell. */
    public static final Object DONE = "done";

    private final Map<String, Deque<Object>> answers = new TreeMap<>();
    private final List<String> calls = new ArrayList<>();

    /**
     * Adds answers to {@code action}, such as {@code assign}: values, or an {@link Ec2Failure} to
     * throw.
     */
    public ScriptedEc2 on(String action, Object... more) {
        answers.computeIfAbsent(action, _ -> new ArrayDeque<>()).addAll(List.of(more));
        return this;
    }

    /** Replaces the answers to {@code action}. */
    public ScriptedEc2 now(String action, Object... others) {
        answers.remove(action);
        return on(action, others);
    }

    /** Returns every request so far, such as {@code assign eni-1 IPv4 3 addresses}. */
    public List<String> calls() {
        return Collections.unmodifiableList(calls);
    }

    /** Returns the requests of {@code action} so far. */
    public List<String> calls(String action) {
        return calls.stream().filter(call -> (call + " ").startsWith(action + " ")).toList();
    }

    @Override
    public ObservedInterface createInterface(NewInterface wanted) throws Ec2Exception {
        return answer("create", wanted);
    }

    @Override
    public AttachmentId attach(InterfaceId id, InstanceId instance, int card, int device)
            throws Ec2Exception {
        return answer("attach", id, instance, card, device);
    }

    @Override
    public void setSecurityGroups(InterfaceId id, List<SecurityGroupId> groups)
            throws Ec2Exception {
        answer("groups", id, groups);
    }

    @Override
    public void deleteOnTermination(InterfaceId id, AttachmentId attachment) throws Ec2Exception {
        answer("ending", id, attachment);
    }

    @Override
    public void detach(AttachmentId attachment) throws Ec2Exception {
        answer("detach", attachment);
    }

    @Override
    public void delete(InterfaceId id) throws Ec2Exception {
        answer("delete", id);
    }

    @Override
    public List<Cidr> assign(InterfaceId id, IpFamily family, BlockKind kind, int count)
            throws Ec2Exception {
        return answer("assign", id, family, kind.text(count));
    }

    @Override
    public void unassign(InterfaceId id, Collection<Cidr> blocks) throws Ec2Exception {
        answer("unassign", id, blocks);
    }

    @Override
    public List<ObservedInterface> describe(Collection<InterfaceId> ids) throws Ec2Exception {
        return answer("describe", ids);
    }

    @Override
    public List<ObservedInterface> describeAttached(InstanceId instance) throws Ec2Exception {
        return answer("attached", instance);
    }

    @Override
    public List<ObservedInterface> describeByDescription(VpcId vpc, String description)
            throws Ec2Exception {
        return answer("described", vpc, description);
    }

    @Override
    public List<ObservedInterface> describeAvailable(
            VpcId vpc, String tagKey, SortedMap<String, String> tags) throws Ec2Exception {
        return answer("available", vpc, tagKey, tags);
    }

    @Override
    public InstanceType instanceType(String name) throws Ec2Exception {
        return answer("type", name);
    }

    @Override
    public void tag(InterfaceId id, SortedMap<String, String> tags) throws Ec2Exception {
        answer("tag", id, tags);
    }

    @Override
    public ObservedSubnet subnet(SubnetId id) throws Ec2Exception {
        return answer("subnet", id);
    }

    @Override
    public List<ObservedSubnet> subnets(VpcId vpc, String zone) throws Ec2Exception {
        return answer("subnets", vpc, zone);
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private <T> T answer(String action, Object... arguments) throws Ec2Exception {
        var call = new StringBuilder(action);
        for (Object argument : arguments) {
            call.append(' ').append(argument);
        }
        calls.add(call.toString());
        Deque<Object> left = answers.getOrDefault(action, new ArrayDeque<>());
        if (left.isEmpty()) {
            throw new AssertionError("not expected: " + call);
        }
        Object answer = left.size() == 1 ? left.element() : left.remove();
        if (answer instanceof Ec2Failure failure) {
            throw new Ec2Exception(action, failure, "scripted", null);
        }
        return (T) answer;
    }
}
