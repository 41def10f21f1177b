package dev.vpccni.vpc.action;

import dev.vpccni.vpc.api.Ec2Reply;
import dev.vpccni.vpc.api.Ec2Request;
import dev.vpccni.vpc.api.Ec2Request.AssignPrivateIpAddresses;
import dev.vpccni.vpc.api.Ec2Request.AttachNetworkInterface;
import dev.vpccni.vpc.api.Ec2Request.CreateNetworkInterface;
import dev.vpccni.vpc.api.Ec2Request.CreateSecurityGroup;
import dev.vpccni.vpc.api.Ec2Request.CreateSubnet;
import dev.vpccni.vpc.api.Ec2Request.CreateTags;
import dev.vpccni.vpc.api.Ec2Request.CreateVpc;
import dev.vpccni.vpc.api.Ec2Request.DeleteNetworkInterface;
import dev.vpccni.vpc.api.Ec2Request.DescribeInstanceTypes;
import dev.vpccni.vpc.api.Ec2Request.DescribeInstances;
import dev.vpccni.vpc.api.Ec2Request.DescribeNetworkInterfaces;
import dev.vpccni.vpc.api.Ec2Request.DescribeSubnets;
import dev.vpccni.vpc.api.Ec2Request.DescribeVpcs;
import dev.vpccni.vpc.api.Ec2Request.DetachNetworkInterface;
import dev.vpccni.vpc.api.Ec2Request.ModifyNetworkInterfaceAttribute;
import dev.vpccni.vpc.api.Ec2Request.RunInstances;
import dev.vpccni.vpc.api.Ec2Request.TerminateInstances;
import dev.vpccni.vpc.api.Ec2Request.UnassignPrivateIpAddresses;

/** Leads each request to what carries it out. */
public final class Actions {

    private Actions() {}

    /** Tells whether {@code request} changes nothing. */
    public static boolean onlyReads(Ec2Request<?> request) {
        return switch (request) {
            case DescribeNetworkInterfaces _,
                    DescribeInstances _,
                    DescribeSubnets _,
                    DescribeVpcs _,
                    DescribeInstanceTypes _ ->
                    true;
            case CreateNetworkInterface _,
                    AttachNetworkInterface _,
                    ModifyNetworkInterfaceAttribute _,
                    DetachNetworkInterface _,
                    DeleteNetworkInterface _,
                    AssignPrivateIpAddresses _,
                    UnassignPrivateIpAddresses _,
                    CreateTags _,
                    CreateVpc _,
                    CreateSubnet _,
                    CreateSecurityGroup _,
                    RunInstances _,
                    TerminateInstances _ ->
                    false;
        };
    }

    /**
     * Carries out {@code request} on {@code draft}.
     *
     * @throws RequestRefused if it is refused
     */
    @SuppressWarnings("unchecked") // each request is declared with the reply of its action
    public static <R extends Ec2Reply> R carryOut(CloudDraft draft, Ec2Request<R> request) {
        return (R) dispatch(draft, request);
    }

    private static Ec2Reply dispatch(CloudDraft draft, Ec2Request<?> request) {
        return switch (request) {
            case CreateNetworkInterface create -> InterfaceActions.create(draft, create);
            case DeleteNetworkInterface delete -> InterfaceActions.delete(draft, delete);
            case ModifyNetworkInterfaceAttribute modify -> InterfaceActions.modify(draft, modify);
            case AttachNetworkInterface attach -> AttachmentActions.attach(draft, attach);
            case DetachNetworkInterface detach -> AttachmentActions.detach(draft, detach);
            case AssignPrivateIpAddresses assign -> AddressActions.assign(draft, assign);
            case UnassignPrivateIpAddresses unassign -> AddressActions.unassign(draft, unassign);
            case CreateTags create -> TagActions.create(draft, create);
            case DescribeNetworkInterfaces describe -> Describe.interfaces(draft, describe);
            case DescribeInstances describe -> Describe.instances(draft, describe);
            case DescribeSubnets describe -> Describe.subnets(draft, describe);
            case DescribeVpcs describe -> Describe.vpcs(draft, describe);
            case DescribeInstanceTypes describe -> Describe.types(draft, describe);
            case CreateVpc create -> NetworkActions.createVpc(draft, create);
            case CreateSubnet create -> NetworkActions.createSubnet(draft, create);
            case CreateSecurityGroup create -> NetworkActions.createGroup(draft, create);
            case RunInstances run -> InstanceActions.run(draft, run);
            case TerminateInstances terminate -> InstanceActions.terminate(draft, terminate);
        };
    }
}
