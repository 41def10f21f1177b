package dev.vpccni.vpc.state;

import dev.vpccni.model.AttachmentId;
import dev.vpccni.model.InstanceId;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.MacAddress;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.model.SubnetId;
import dev.vpccni.model.VpcId;
import dev.vpccni.model.collection.OrderedMap;
import dev.vpccni.vpc.api.SecurityGroupDescription;
import dev.vpccni.vpc.api.VpcDescription;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Everything in a cloud, as a value.
 *
 * @param attachments the interface of each attachment that is shown, those that have ended included
 * @param attached the interfaces of each instance that have an attachment, the oldest first
 * @param macs which are taken
 * @param past what Describe calls show of interfaces that have changed since, the oldest first
 * @param tokens by action and client token
 * @param devicesVersion another number whenever {@code Cloud.ports} may be others, but by time
 */
public record Contents(
        OrderedMap<VpcId, VpcDescription> vpcs,
        OrderedMap<SecurityGroupId, SecurityGroupDescription> groups,
        OrderedMap<SubnetId, Subnet> subnets,
        OrderedMap<InstanceId, Ec2Instance> instances,
        OrderedMap<InterfaceId, Eni> enis,
        OrderedMap<AttachmentId, InterfaceId> attachments,
        OrderedMap<InstanceId, List<InterfaceId>> attached,
        OrderedMap<MacAddress, InterfaceId> macs,
        ExpiringMap<InterfaceId, List<Past>> past,
        ExpiringMap<String, Idempotent> tokens,
        ExpiringMap<InterfaceId, Ghost> ghosts,
        long devicesVersion) {

    /** Returns what a new cloud has. */
    public static Contents empty() {
        return new Contents(
                OrderedMap.empty(),
                OrderedMap.empty(),
                OrderedMap.empty(),
                OrderedMap.empty(),
                OrderedMap.empty(),
                OrderedMap.empty(),
                OrderedMap.empty(),
                OrderedMap.empty(),
                ExpiringMap.empty(),
                ExpiringMap.empty(),
                ExpiringMap.empty(),
                0);
    }

    /**
     * Returns the interfaces of an instance that have an attachment, if it has not ended or has.
     */
    public List<Eni> enisOf(InstanceId instance) {
        var enis = new ArrayList<Eni>();
        for (InterfaceId id : idsOf(instance)) {
            enis.add(Objects.requireNonNull(this.enis.get(id)));
        }
        return enis;
    }

    /** Returns these contents with a VPC as it is now. */
    public Contents put(VpcDescription vpc) {
        return with(vpcs.put(vpc.id(), vpc), groups, subnets, instances);
    }

    /** Returns these contents with a security group as it is now. */
    public Contents put(SecurityGroupDescription group) {
        return with(vpcs, groups.put(group.id(), group), subnets, instances);
    }

    /** Returns these contents with a subnet as it is now. */
    public Contents put(Subnet subnet) {
        return with(vpcs, groups, subnets.put(subnet.id(), subnet), instances);
    }

    /** Returns these contents without a subnet, in which nothing is. */
    public Contents remove(Subnet subnet) {
        return with(vpcs, groups, subnets.remove(subnet.id()), instances);
    }

    /** Returns these contents with an instance as it is now. */
    public Contents put(Ec2Instance instance) {
        return with(vpcs, groups, subnets, instances.put(instance.id(), instance));
    }

    /** Returns these contents with an interface as it is now. */
    public Contents put(Eni eni) {
        Contents before = forgetAttachment(eni.id());
        EniAttachment attachment = eni.attachment();
        OrderedMap<AttachmentId, InterfaceId> newAttachments = before.attachments;
        OrderedMap<InstanceId, List<InterfaceId>> newAttached = before.attached;
        if (attachment != null) {
            newAttachments = newAttachments.put(attachment.id(), eni.id());
            var ids = new ArrayList<>(before.idsOf(attachment.instance()));
            ids.add(eni.id());
            newAttached = newAttached.put(attachment.instance(), List.copyOf(ids));
        }
        return before.with(
                enis.put(eni.id(), eni),
                newAttachments,
                newAttached,
                macs.put(eni.mac(), eni.id()),
                attachment == null ? before.devicesVersion : devicesVersion + 1);
    }

    /** Returns these contents without an interface. */
    public Contents remove(Eni eni) {
        Contents before = forgetAttachment(eni.id());
        return before.with(
                enis.remove(eni.id()),
                before.attachments,
                before.attached,
                macs.remove(eni.mac()),
                before.devicesVersion);
    }

    /** Returns these contents with another past. */
    public Contents withPast(ExpiringMap<InterfaceId, List<Past>> replacement) {
        return with(replacement, tokens, ghosts);
    }

    /** Returns these contents with other client tokens. */
    public Contents withTokens(ExpiringMap<String, Idempotent> replacement) {
        return with(past, replacement, ghosts);
    }

    /** Returns these contents with other ghosts. */
    public Contents withGhosts(ExpiringMap<InterfaceId, Ghost> replacement) {
        return with(past, tokens, replacement);
    }

    /** Returns these contents without what nobody sees any more at {@code now}. */
    public Contents at(Instant now) {
        return with(past.at(now), tokens.at(now), ghosts.at(now));
    }

    private List<InterfaceId> idsOf(InstanceId instance) {
        List<InterfaceId> ids = attached.get(instance);
        return ids == null ? List.of() : ids;
    }

    private Contents forgetAttachment(InterfaceId id) {
        @Nullable Eni eni = enis.get(id);
        EniAttachment attachment = eni == null ? null : eni.attachment();
        if (attachment == null) {
            return this;
        }
        List<InterfaceId> others =
                idsOf(attachment.instance()).stream().filter(other -> !other.equals(id)).toList();
        return with(
                enis,
                attachments.remove(attachment.id()),
                others.isEmpty()
                        ? attached.remove(attachment.instance())
                        : attached.put(attachment.instance(), others),
                macs,
                devicesVersion + 1);
    }

    private Contents with(
            OrderedMap<VpcId, VpcDescription> newVpcs,
            OrderedMap<SecurityGroupId, SecurityGroupDescription> newGroups,
            OrderedMap<SubnetId, Subnet> newSubnets,
            OrderedMap<InstanceId, Ec2Instance> newInstances) {
        return new Contents(
                newVpcs,
                newGroups,
                newSubnets,
                newInstances,
                enis,
                attachments,
                attached,
                macs,
                past,
                tokens,
                ghosts,
                devicesVersion);
    }

    private Contents with(
            OrderedMap<InterfaceId, Eni> newEnis,
            OrderedMap<AttachmentId, InterfaceId> newAttachments,
            OrderedMap<InstanceId, List<InterfaceId>> newAttached,
            OrderedMap<MacAddress, InterfaceId> newMacs,
            long newVersion) {
        return new Contents(
                vpcs,
                groups,
                subnets,
                instances,
                newEnis,
                newAttachments,
                newAttached,
                newMacs,
                past,
                tokens,
                ghosts,
                newVersion);
    }

    private Contents with(
            ExpiringMap<InterfaceId, List<Past>> newPast,
            ExpiringMap<String, Idempotent> newTokens,
            ExpiringMap<InterfaceId, Ghost> newGhosts) {
        return new Contents(
                vpcs,
                groups,
                subnets,
                instances,
                enis,
                attachments,
                attached,
                macs,
                newPast,
                newTokens,
                newGhosts,
                devicesVersion);
    }
}
