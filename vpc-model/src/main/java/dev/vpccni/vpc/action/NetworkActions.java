package dev.vpccni.vpc.action;

import dev.vpccni.model.Cidr;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.Ipv6Address;
import dev.vpccni.model.Ipv6Cidr;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.model.VpcId;
import dev.vpccni.vpc.api.Ec2Reply;
import dev.vpccni.vpc.api.Ec2Request.CreateSecurityGroup;
import dev.vpccni.vpc.api.Ec2Request.CreateVpc;
import dev.vpccni.vpc.api.NetworkRequest.AssociateVpcCidrBlock;
import dev.vpccni.vpc.api.SecurityGroupDescription;
import dev.vpccni.vpc.api.VpcDescription;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** VPCs, their blocks and their security groups. */
final class NetworkActions {

    /** The first bits of the blocks that EC2 hands out in us-west-2. */
    private static final long IPV6_REGION = 0x2600_1f14L << 32;

    private NetworkActions() {}

    static Ec2Reply.VpcCreated createVpc(CloudDraft draft, CreateVpc request) {
        if (request.cidrs().isEmpty()) {
            throw RequestRefused.missing("cidrBlock");
        }
        var blocks = new ArrayList<Ipv4Cidr>();
        for (Ipv4Cidr cidr : request.cidrs()) {
            checkVpcBlock(cidr, blocks);
            blocks.add(cidr);
        }
        TagActions.check(request.tags());
        var id = new VpcId(draft.newId("vpc-"));
        var group = new SecurityGroupId(draft.newId("sg-"));
        draft.in =
                draft.in.put(
                        new SecurityGroupDescription(
                                group,
                                id,
                                "default",
                                "default VPC security group",
                                new TreeMap<>()));
        List<Ipv6Cidr> six = request.ipv6() ? List.of(anyIpv6Block(draft)) : List.of();
        var vpc = new VpcDescription(id, request.cidrs(), six, group, request.tags());
        draft.in = draft.in.put(vpc);
        return new Ec2Reply.VpcCreated(vpc);
    }

    static Ec2Reply.VpcBlockAssociated associate(CloudDraft draft, AssociateVpcCidrBlock request) {
        VpcDescription vpc = draft.vpc(request.vpc());
        var four = new ArrayList<>(vpc.cidrs());
        var six = new ArrayList<>(vpc.ipv6Cidrs());
        Cidr cidr = request.cidr() == null ? anyIpv6Block(draft) : request.cidr();
        checkVpcBlock(cidr, cidr instanceof Ipv4Cidr ? four : allIpv6Blocks(draft));
        switch (cidr) {
            case Ipv4Cidr block -> four.add(block);
            case Ipv6Cidr block -> six.add(block);
        }
        if (four.size() > Quotas.CIDRS_PER_VPC || six.size() > Quotas.CIDRS_PER_VPC) {
            throw RequestRefused.of(
                    "CidrLimitExceeded",
                    "This network '" + vpc.id() + "' has met its maximum number of allowed CIDRs");
        }
        draft.in = draft.in.put(vpc.with(four, six));
        return new Ec2Reply.VpcBlockAssociated(vpc.id(), cidr);
    }

    static Ec2Reply.GroupCreated createGroup(CloudDraft draft, CreateSecurityGroup request) {
        TagActions.check(request.tags());
        VpcDescription vpc = draft.vpc(request.vpc());
        for (SecurityGroupDescription other : draft.in.groups().values()) {
            if (other.vpc().equals(vpc.id()) && other.name().equals(request.name())) {
                throw RequestRefused.of(
                        "InvalidGroup.Duplicate",
                        "The security group '"
                                + request.name()
                                + "' already exists for VPC '"
                                + vpc.id()
                                + "'");
            }
        }
        if (draft.in.groups().size() >= Quotas.GROUPS) {
            throw RequestRefused.of(
                    "SecurityGroupLimitExceeded",
                    "The maximum number of security groups has been reached.");
        }
        var group =
                new SecurityGroupDescription(
                        new SecurityGroupId(draft.newId("sg-")),
                        vpc.id(),
                        request.name(),
                        request.description(),
                        request.tags());
        draft.in = draft.in.put(group);
        return new Ec2Reply.GroupCreated(group);
    }

    /** Tells whether a VPC or a subnet may have an IPv4 block of this size. */
    static boolean hasAllowedSize(Ipv4Cidr cidr) {
        return cidr.prefixLength() >= Quotas.SHORTEST_PREFIX
                && cidr.prefixLength() <= Quotas.LONGEST_PREFIX;
    }

    private static void checkVpcBlock(Cidr cidr, List<? extends Cidr> others) {
        boolean allowed =
                switch (cidr) {
                    case Ipv4Cidr four -> hasAllowedSize(four);
                    case Ipv6Cidr six -> six.prefixLength() == Quotas.IPV6_VPC_BITS;
                };
        if (!allowed || others.stream().anyMatch(other -> overlap(cidr, other))) {
            throw RequestRefused.of("InvalidVpc.Range", "The CIDR '" + cidr + "' is invalid.");
        }
    }

    /** Tells whether there is an address that lies in both. */
    static boolean overlap(Cidr one, Cidr other) {
        return one.contains(other) || other.contains(one);
    }

    private static Ipv6Cidr anyIpv6Block(CloudDraft draft) {
        List<Ipv6Cidr> taken = allIpv6Blocks(draft);
        while (true) {
            var address = new Ipv6Address(IPV6_REGION | draft.random() >>> 32, 0);
            Ipv6Cidr block = Ipv6Cidr.of(address, Quotas.IPV6_VPC_BITS);
            if (!taken.contains(block)) {
                return block;
            }
        }
    }

    /** IPv6 blocks are of one world: no two VPCs share any. */
    private static List<Ipv6Cidr> allIpv6Blocks(CloudDraft draft) {
        return draft.in.vpcs().values().stream().flatMap(vpc -> vpc.ipv6Cidrs().stream()).toList();
    }
}
