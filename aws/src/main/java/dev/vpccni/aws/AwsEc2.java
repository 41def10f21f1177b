package dev.vpccni.aws;

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
import dev.vpccni.node.port.Tempo;
import dev.vpccni.node.port.TrunkEc2;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * EC2 through the AWS SDK. Each method keeps to EC2's published rates and sends one request; a list
 * in parts takes one for each part. Where an answer was lost the caller hears {@link
 * Ec2Failure.Ambiguous}, or of what only reads {@link Ec2Failure.Unavailable}.
 *
 * <p>The SDK and its classes are loaded by the first call. Safe for use by many threads.
 */
public final class AwsEc2 implements Ec2, TrunkEc2, AutoCloseable {

    private final AwsSettings settings;
    private final Ec2Calls calls;
    private @Nullable SdkEc2 sdk;

    /**
     * @param listener hears of every request that was sent
     */
    public AwsEc2(AwsSettings settings, Tempo tempo, CallListener listener) {
        this.settings = settings;
        this.calls = new Ec2Calls(tempo, listener);
    }

    @Override
    public ObservedInterface createInterface(NewInterface wanted)
            throws Ec2Exception, InterruptedException {
        return calls.make(Ec2Action.CREATE_INTERFACE, () -> sdk().create(wanted));
    }

    @Override
    public AttachmentId attach(InterfaceId id, InstanceId instance, int card, int device)
            throws Ec2Exception, InterruptedException {
        return calls.make(
                Ec2Action.ATTACH_INTERFACE, () -> sdk().attach(id, instance, card, device));
    }

    @Override
    public void deleteOnTermination(InterfaceId id, AttachmentId attachment)
            throws Ec2Exception, InterruptedException {
        calls.make(Ec2Action.MODIFY_INTERFACE, () -> sdk().deleteOnTermination(id, attachment));
    }

    @Override
    public void setSecurityGroups(InterfaceId id, List<SecurityGroupId> groups)
            throws Ec2Exception, InterruptedException {
        calls.make(Ec2Action.MODIFY_INTERFACE, () -> sdk().setSecurityGroups(id, groups));
    }

    @Override
    public void detach(AttachmentId attachment) throws Ec2Exception, InterruptedException {
        calls.make(Ec2Action.DETACH_INTERFACE, () -> sdk().detach(attachment));
    }

    @Override
    public void delete(InterfaceId id) throws Ec2Exception, InterruptedException {
        calls.make(Ec2Action.DELETE_INTERFACE, () -> sdk().delete(id));
    }

    @Override
    public List<Cidr> assign(InterfaceId id, IpFamily family, BlockKind kind, int count)
            throws Ec2Exception, InterruptedException {
        return family == IpFamily.IPV4
                ? calls.make(Ec2Action.ASSIGN_ADDRESSES, () -> sdk().assign(id, kind, count))
                : calls.make(
                        Ec2Action.ASSIGN_IPV6_ADDRESSES, () -> sdk().assignIpv6(id, kind, count));
    }

    @Override
    public void unassign(InterfaceId id, Collection<Cidr> blocks)
            throws Ec2Exception, InterruptedException {
        if (blocks.isEmpty()) {
            throw new IllegalArgumentException("no address of " + id + " to give back");
        }
        Cidr first = blocks.iterator().next();
        BlockKind kind = BlockKind.of(first);
        if (first.family() == IpFamily.IPV4) {
            calls.make(Ec2Action.UNASSIGN_ADDRESSES, () -> sdk().unassign(id, kind, blocks));
        } else {
            calls.make(
                    Ec2Action.UNASSIGN_IPV6_ADDRESSES, () -> sdk().unassignIpv6(id, kind, blocks));
        }
    }

    @Override
    public List<ObservedInterface> describe(Collection<InterfaceId> ids)
            throws Ec2Exception, InterruptedException {
        if (ids.isEmpty()) {
            return List.of(); // without an id EC2 would describe the whole account
        }
        return calls.make(Ec2Action.DESCRIBE_INTERFACES, () -> sdk().describe(ids));
    }

    @Override
    public List<ObservedInterface> describeAttached(InstanceId instance)
            throws Ec2Exception, InterruptedException {
        return calls.make(Ec2Action.DESCRIBE_INTERFACES, () -> sdk().describeAttached(instance));
    }

    @Override
    public List<ObservedInterface> describeByDescription(VpcId vpc, String description)
            throws Ec2Exception, InterruptedException {
        return calls.make(
                Ec2Action.DESCRIBE_INTERFACES, () -> sdk().describeByDescription(vpc, description));
    }

    @Override
    public List<ObservedInterface> describeAvailable(
            VpcId vpc, String tagKey, SortedMap<String, String> tags)
            throws Ec2Exception, InterruptedException {
        return calls.make(
                Ec2Action.DESCRIBE_INTERFACES, () -> sdk().describeAvailable(vpc, tagKey, tags));
    }

    @Override
    public InstanceType instanceType(String name) throws Ec2Exception, InterruptedException {
        return calls.make(Ec2Action.DESCRIBE_INSTANCE_TYPES, () -> sdk().instanceType(name));
    }

    @Override
    public void tag(InterfaceId id, SortedMap<String, String> tags)
            throws Ec2Exception, InterruptedException {
        calls.make(Ec2Action.CREATE_TAGS, () -> sdk().tag(id, tags));
    }

    @Override
    public ObservedSubnet subnet(SubnetId id) throws Ec2Exception, InterruptedException {
        return calls.make(Ec2Action.DESCRIBE_SUBNETS, () -> sdk().subnet(id));
    }

    @Override
    public List<ObservedSubnet> subnets(VpcId vpc, String zone)
            throws Ec2Exception, InterruptedException {
        return calls.make(Ec2Action.DESCRIBE_SUBNETS, () -> sdk().subnets(vpc, zone));
    }

    @Override
    public ObservedInterface createMember(NewMember wanted)
            throws Ec2Exception, InterruptedException {
        return calls.make(Ec2Action.CREATE_INTERFACE, () -> sdk().trunks().create(wanted));
    }

    @Override
    public List<ObservedInterface> describeTagged(SortedMap<String, String> tags)
            throws Ec2Exception, InterruptedException {
        if (tags.isEmpty()) {
            throw new IllegalArgumentException("no tag: EC2 would describe the whole account");
        }
        return calls.make(Ec2Action.DESCRIBE_INTERFACES, () -> sdk().trunks().describeTagged(tags));
    }

    @Override
    public List<Association> associations(InterfaceId trunk)
            throws Ec2Exception, InterruptedException {
        return calls.make(
                Ec2Action.DESCRIBE_ASSOCIATIONS, () -> sdk().trunks().associations(trunk));
    }

    @Override
    public Association associate(String token, InterfaceId branch, InterfaceId trunk, int vlan)
            throws Ec2Exception, InterruptedException {
        return calls.make(
                Ec2Action.ASSOCIATE_TRUNK,
                () -> sdk().trunks().associate(token, branch, trunk, vlan));
    }

    @Override
    public void disassociate(String association) throws Ec2Exception, InterruptedException {
        calls.make(Ec2Action.DISASSOCIATE_TRUNK, () -> sdk().trunks().disassociate(association));
    }

    /**
     * Loads what it takes to make an interface, so that the first pods in need of one do not wait
     * for that. Nothing is sent. Takes some tenths of a second of a processor.
     *
     * @throws Ec2Exception if the SDK cannot be used at all
     */
    public void rehearse() throws Ec2Exception, InterruptedException {
        Rehearsal.run(settings);
    }

    /** Gives up the connections; calls in flight fail. */
    @Override
    public synchronized void close() {
        if (sdk != null) {
            sdk.close();
            sdk = null;
        }
    }

    private synchronized SdkEc2 sdk() {
        if (sdk == null) {
            sdk = new SdkEc2(settings);
        }
        return sdk;
    }
}
