package dev.vpccni.vpc.action;

import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.model.SubnetId;
import dev.vpccni.model.VpcId;
import dev.vpccni.vpc.api.Ec2Reply;
import dev.vpccni.vpc.api.Ec2Request.CreateSecurityGroup;
import dev.vpccni.vpc.api.Ec2Request.CreateSubnet;
import dev.vpccni.vpc.api.Ec2Request.CreateVpc;
import dev.vpccni.vpc.api.VpcDescription;
import dev.vpccni.vpc.state.AddressPool;
import dev.vpccni.vpc.state.SecurityGroup;
import dev.vpccni.vpc.state.Subnet;

/** VPCs and what they are made of. */
final class NetworkActions {

    private NetworkActions() {}

    static Ec2Reply.VpcCreated createVpc(CloudDraft draft, CreateVpc request) {
        if (request.cidrs().isEmpty()) {
            throw RequestRefused.missing("cidrBlock");
        }
        for (Ipv4Cidr cidr : request.cidrs()) {
            if (!hasAllowedSize(cidr)) {
                throw RequestRefused.of("InvalidVpc.Range", "The CIDR '" + cidr + "' is invalid.");
            }
        }
        TagActions.check(request.tags());
        var id = new VpcId(draft.newId("vpc-"));
        var group = new SecurityGroupId(draft.newId("sg-"));
        draft.in = draft.in.put(group, new SecurityGroup(id, "default"));
        draft.in = draft.in.put(new VpcDescription(id, request.cidrs(), group, request.tags()));
        return new Ec2Reply.VpcCreated(id, group);
    }

    static Ec2Reply.SubnetCreated createSubnet(CloudDraft draft, CreateSubnet request) {
        TagActions.check(request.tags());
        VpcDescription vpc = draft.vpc(request.vpc());
        Ipv4Cidr cidr = request.cidr();
        if (!request.zone().matches(draft.settings.region() + "[a-z]")) {
            throw RequestRefused.invalidValue(
                    "Value (" + request.zone() + ") for parameter availabilityZone is invalid.");
        }
        boolean inside =
                vpc.cidrs().stream()
                        .anyMatch(block ->
                                block.contains(cidr.network())
                                        && block.prefixLength() <= cidr.prefixLength());
        if (!inside || !hasAllowedSize(cidr)) {
            throw RequestRefused.of("InvalidSubnet.Range", "The CIDR '" + cidr + "' is invalid.");
        }
        for (Subnet other : draft.in.subnets().values()) {
            if (other.vpc().equals(vpc.id())
                    && (other.cidr().contains(cidr.network())
                            || cidr.contains(other.cidr().network()))) {
                throw RequestRefused.of(
                        "InvalidSubnet.Conflict",
                        "The CIDR '" + cidr + "' conflicts with another subnet");
            }
        }
        var id = new SubnetId(draft.newId("subnet-"));
        draft.put(
                new Subnet(
                        id, vpc.id(), request.zone(), cidr, request.tags(), AddressPool.of(cidr)));
        return new Ec2Reply.SubnetCreated(id);
    }

    static Ec2Reply.GroupCreated createGroup(CloudDraft draft, CreateSecurityGroup request) {
        VpcDescription vpc = draft.vpc(request.vpc());
        var id = new SecurityGroupId(draft.newId("sg-"));
        draft.in = draft.in.put(id, new SecurityGroup(vpc.id(), request.name()));
        return new Ec2Reply.GroupCreated(id);
    }

    private static boolean hasAllowedSize(Ipv4Cidr cidr) {
        return cidr.prefixLength() >= Quotas.SHORTEST_PREFIX
                && cidr.prefixLength() <= Quotas.LONGEST_PREFIX;
    }
}
