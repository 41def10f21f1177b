package dev.vpccni.controller;

import dev.vpccni.model.AttachmentId;
import dev.vpccni.model.InstanceId;
import dev.vpccni.model.InstanceTypes;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.model.SubnetId;
import dev.vpccni.model.VpcId;
import dev.vpccni.node.port.Ec2Exception;
import dev.vpccni.node.port.Ec2Failure;
import dev.vpccni.node.port.ObservedInterface;
import dev.vpccni.node.port.ObservedSubnet;
import dev.vpccni.node.port.TrunkEc2;
import dev.vpccni.vpc.Cloud;
import dev.vpccni.vpc.CloudStep;
import dev.vpccni.vpc.api.Answer;
import dev.vpccni.vpc.api.Ec2Reply;
import dev.vpccni.vpc.api.Ec2Request;
import dev.vpccni.vpc.api.EniDescription;
import dev.vpccni.vpc.api.Filter;
import dev.vpccni.vpc.api.Page;
import dev.vpccni.vpc.api.TagRequest;
import dev.vpccni.vpc.api.TrunkAssociation;
import dev.vpccni.vpc.api.TrunkRequest;
import dev.vpccni.vpc.api.WantedBlocks;
import dev.vpccni.vpc.settings.Latency;
import dev.vpccni.vpc.settings.VpcSettings;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/** A modelled cloud behind the port, whose requests a test may break. */
final class CloudEc2 implements TrunkEc2 {

    final SubnetId subnet;
    private final VpcId vpc;
    private final InstantSource clock;
    private Cloud cloud;
    Faults faults = Faults.NONE;
    int requests;

    /** What happens to requests. */
    interface Faults {
        Faults NONE = (_, _) -> {};

        /** Called before and after each request; may throw. */
        void at(String action, boolean after) throws Ec2Exception;
    }

    CloudEc2(InstantSource clock, Latency latency) {
        this.clock = clock;
        cloud = Cloud.empty(VpcSettings.of(7, latency));
        vpc =
                must(new Ec2Request.CreateVpc(
                                List.of(Ipv4Cidr.parse("10.42.0.0/16")), new TreeMap<>()))
                        .id();
        subnet =
                must(new Ec2Request.CreateSubnet(
                                vpc, "us-west-2a", Ipv4Cidr.parse("10.42.0.0/20"), new TreeMap<>()))
                        .id();
    }

    InstanceId instance(String type) {
        return must(new Ec2Request.RunInstances(
                        Objects.requireNonNull(InstanceTypes.known().find(type)),
                        subnet,
                        List.of(),
                        new TreeMap<>()))
                .id();
    }

    SubnetId subnet(String cidr) {
        return must(new Ec2Request.CreateSubnet(
                        vpc, "us-west-2a", Ipv4Cidr.parse(cidr), new TreeMap<>()))
                .id();
    }

    SecurityGroupId group(String name) {
        return must(new Ec2Request.CreateSecurityGroup(vpc, name)).id();
    }

    /** Makes a request that no test breaks and EC2 does not refuse. */
    <R extends Ec2Reply> R must(Ec2Request<R> request) {
        CloudStep<R> step = cloud.apply(request, clock.instant());
        cloud = step.cloud();
        return step.reply();
    }

    /** Returns every interface, as EC2 describes it. */
    List<EniDescription> all() {
        return must(Ec2Request.DescribeNetworkInterfaces.where()).enis();
    }

    /** Returns every association. */
    List<TrunkAssociation> branches() {
        return must(new TrunkRequest.DescribeTrunkInterfaceAssociations(
                        List.of(), List.of(), Page.ALL))
                .associations();
    }

    private <R extends Ec2Reply> R ask(Ec2Request<R> request) throws Ec2Exception {
        requests++;
        faults.at(request.action(), false);
        CloudStep<R> step = cloud.apply(request, clock.instant());
        cloud = step.cloud();
        faults.at(request.action(), true);
        if (step.answer() instanceof Answer.Refused<?>(var error)) {
            throw new Ec2Exception(request.action(), failure(error.code()), error.message(), null);
        }
        return step.reply();
    }

    /** As the adapter has it. */
    private static Ec2Failure failure(String code) {
        return switch (code) {
            case "AttachmentLimitExceeded", "NetworkInterfaceLimitExceeded" ->
                    new Ec2Failure.LimitExceeded();
            case "InvalidNetworkInterface.InUse", "IncorrectState" -> new Ec2Failure.WrongState();
            case "InsufficientFreeAddressesInSubnet" -> new Ec2Failure.SubnetFull();
            default ->
                    code.endsWith(".NotFound")
                            ? new Ec2Failure.Gone(null)
                            : new Ec2Failure.Rejected(code);
        };
    }

    @Override
    public ObservedInterface createMember(NewMember wanted) throws Ec2Exception {
        return observed(
                ask(new Ec2Request.CreateNetworkInterface(
                                wanted.token(),
                                wanted.subnet(),
                                wanted.trunk() ? "trunk" : "interface",
                                wanted.description(),
                                wanted.groups(),
                                wanted.tags(),
                                null,
                                WantedBlocks.NONE,
                                WantedBlocks.NONE))
                        .eni());
    }

    @Override
    public List<ObservedInterface> describeTagged(SortedMap<String, String> tags)
            throws Ec2Exception {
        return shown(
                tags.entrySet().stream()
                        .map(tag -> new Filter("tag:" + tag.getKey(), List.of(tag.getValue())))
                        .toArray(Filter[]::new));
    }

    @Override
    public List<ObservedInterface> describeAttached(InstanceId instance) throws Ec2Exception {
        return shown(new Filter("attachment.instance-id", List.of(instance.value())));
    }

    private List<ObservedInterface> shown(Filter... filters) throws Ec2Exception {
        return ask(Ec2Request.DescribeNetworkInterfaces.where(filters)).enis().stream()
                .map(CloudEc2::observed)
                .toList();
    }

    @Override
    public AttachmentId attach(InterfaceId id, InstanceId instance, int card, int device)
            throws Ec2Exception {
        return ask(new Ec2Request.AttachNetworkInterface(id, instance, card, device)).attachment();
    }

    @Override
    public void deleteOnTermination(InterfaceId id, AttachmentId attachment) throws Ec2Exception {
        ask(
                new Ec2Request.ModifyNetworkInterfaceAttribute(
                        id,
                        new Ec2Request.ModifyNetworkInterfaceAttribute.Change.DeleteOnTermination(
                                attachment, true)));
    }

    @Override
    public void tag(InterfaceId id, SortedMap<String, String> tags) throws Ec2Exception {
        ask(new TagRequest.CreateTags(List.of(id.value()), tags));
    }

    @Override
    public void delete(InterfaceId id) throws Ec2Exception {
        ask(new Ec2Request.DeleteNetworkInterface(id));
    }

    @Override
    public ObservedSubnet subnet(SubnetId id) throws Ec2Exception {
        var shown =
                ask(new Ec2Request.DescribeSubnets(List.of(id), List.of(), Page.ALL))
                        .subnets()
                        .getFirst();
        return new ObservedSubnet(
                id, List.of(shown.cidr()), shown.availableAddresses(), new TreeMap<>());
    }

    @Override
    public List<Association> associations(InterfaceId trunk) throws Ec2Exception {
        return ask(
                        new TrunkRequest.DescribeTrunkInterfaceAssociations(
                                List.of(),
                                List.of(
                                        new Filter(
                                                "trunk-interface-association.trunk-interface-id",
                                                List.of(trunk.value()))),
                                Page.ALL))
                .associations()
                .stream()
                .map(CloudEc2::observed)
                .toList();
    }

    @Override
    public Association associate(String token, InterfaceId branch, InterfaceId trunk, int vlan)
            throws Ec2Exception {
        return observed(
                ask(new TrunkRequest.AssociateTrunkInterface(token, branch, trunk, vlan))
                        .association());
    }

    @Override
    public void disassociate(String association) throws Ec2Exception {
        ask(new TrunkRequest.DisassociateTrunkInterface("", association));
    }

    private static Association observed(TrunkAssociation shown) {
        return new Association(shown.id(), shown.branch(), shown.trunk(), shown.vlan());
    }

    private static ObservedInterface observed(EniDescription shown) {
        EniDescription.AttachmentDescription attachment = shown.attachment();
        return new ObservedInterface(
                shown.id(),
                shown.status(),
                shown.type(),
                shown.description(),
                shown.mac(),
                shown.subnet(),
                shown.primaryAddress(),
                shown.secondaryAddresses(),
                shown.held().ipv6Addresses(),
                List.of(),
                List.copyOf(shown.groups().keySet()),
                shown.tags(),
                attachment == null
                        ? null
                        : new ObservedInterface.Attachment(
                                attachment.id(),
                                attachment.status(),
                                attachment.card(),
                                attachment.device(),
                                attachment.deleteOnTermination()));
    }
}
