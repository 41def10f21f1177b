package dev.vpccni.controller;

import dev.vpccni.model.AttachmentId;
import dev.vpccni.model.InstanceId;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.SubnetId;
import dev.vpccni.node.port.Ec2Exception;
import dev.vpccni.node.port.Ec2Failure;
import dev.vpccni.node.port.ObservedInterface;
import dev.vpccni.node.port.ObservedSubnet;
import dev.vpccni.node.port.TrunkEc2;
import java.util.List;
import java.util.SortedMap;
import java.util.function.BooleanSupplier;

/** EC2 as long as this process leads: nothing is changed by one that does not any more. */
final class FencedEc2 implements TrunkEc2 {

    private final TrunkEc2 ec2;
    private final BooleanSupplier leads;

    FencedEc2(TrunkEc2 ec2, BooleanSupplier leads) {
        this.ec2 = ec2;
        this.leads = leads;
    }

    private TrunkEc2 fenced(String action) throws Ec2Exception {
        if (!leads.getAsBoolean()) {
            throw new Ec2Exception(
                    action,
                    new Ec2Failure.Unavailable(),
                    "not sent: another controller may act now",
                    null);
        }
        return ec2;
    }

    @Override
    public ObservedInterface createMember(NewMember wanted)
            throws Ec2Exception, InterruptedException {
        return fenced("CreateNetworkInterface").createMember(wanted);
    }

    @Override
    public List<ObservedInterface> describeTagged(SortedMap<String, String> tags)
            throws Ec2Exception, InterruptedException {
        return ec2.describeTagged(tags);
    }

    @Override
    public List<ObservedInterface> describeAttached(InstanceId instance)
            throws Ec2Exception, InterruptedException {
        return ec2.describeAttached(instance);
    }

    @Override
    public AttachmentId attach(InterfaceId id, InstanceId instance, int card, int device)
            throws Ec2Exception, InterruptedException {
        return fenced("AttachNetworkInterface").attach(id, instance, card, device);
    }

    @Override
    public void deleteOnTermination(InterfaceId id, AttachmentId attachment)
            throws Ec2Exception, InterruptedException {
        fenced("ModifyNetworkInterfaceAttribute").deleteOnTermination(id, attachment);
    }

    @Override
    public void tag(InterfaceId id, SortedMap<String, String> tags)
            throws Ec2Exception, InterruptedException {
        fenced("CreateTags").tag(id, tags);
    }

    @Override
    public void delete(InterfaceId id) throws Ec2Exception, InterruptedException {
        fenced("DeleteNetworkInterface").delete(id);
    }

    @Override
    public ObservedSubnet subnet(SubnetId id) throws Ec2Exception, InterruptedException {
        return ec2.subnet(id);
    }

    @Override
    public List<Association> associations(InterfaceId trunk)
            throws Ec2Exception, InterruptedException {
        return ec2.associations(trunk);
    }

    @Override
    public Association associate(String token, InterfaceId branch, InterfaceId trunk, int vlan)
            throws Ec2Exception, InterruptedException {
        return fenced("AssociateTrunkInterface").associate(token, branch, trunk, vlan);
    }

    @Override
    public void disassociate(String association) throws Ec2Exception, InterruptedException {
        fenced("DisassociateTrunkInterface").disassociate(association);
    }
}
