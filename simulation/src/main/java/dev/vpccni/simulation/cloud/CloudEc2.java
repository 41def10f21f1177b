package dev.vpccni.simulation.cloud;

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
import dev.vpccni.simulation.time.SimulatedProcess;
import dev.vpccni.vpc.api.AddressBlocks;
import dev.vpccni.vpc.api.Answer;
import dev.vpccni.vpc.api.Ec2Error;
import dev.vpccni.vpc.api.Ec2Reply;
import dev.vpccni.vpc.api.Ec2Request;
import dev.vpccni.vpc.api.EniDescription;
import dev.vpccni.vpc.api.Filter;
import dev.vpccni.vpc.api.Page;
import dev.vpccni.vpc.api.SubnetDescription;
import dev.vpccni.vpc.api.TagRequest;
import dev.vpccni.vpc.api.WantedBlocks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;

/** EC2 as one daemon reaches it. */
public final class CloudEc2 implements Ec2 {

    /** How long a caller waits for an answer that does not come. */
    private static final Duration NO_ANSWER = Duration.ofSeconds(10);

    private final SimulatedCloud cloud;
    private final InstanceId instance;
    private final SimulatedProcess daemon;

    /** Creates EC2 for the daemon of {@code instance}. */
    public CloudEc2(SimulatedCloud cloud, InstanceId instance, SimulatedProcess daemon) {
        this.cloud = cloud;
        this.instance = instance;
        this.daemon = daemon;
    }

    @Override
    public ObservedInterface createInterface(NewInterface wanted) throws Ec2Exception {
        boolean ipv4 = wanted.family() == IpFamily.IPV4;
        return observed(
                ask(new Ec2Request.CreateNetworkInterface(
                                wanted.token(),
                                wanted.subnet(),
                                wanted.description(),
                                wanted.securityGroups(),
                                wanted.tags(),
                                ipv4 ? wanted(wanted.kind(), wanted.count()) : WantedBlocks.NONE,
                                ipv4 ? WantedBlocks.NONE : wanted(wanted.kind(), wanted.count())))
                        .eni());
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
    public void setSecurityGroups(InterfaceId id, List<SecurityGroupId> groups)
            throws Ec2Exception {
        ask(
                new Ec2Request.ModifyNetworkInterfaceAttribute(
                        id,
                        new Ec2Request.ModifyNetworkInterfaceAttribute.Change.SecurityGroups(
                                groups)));
    }

    @Override
    public void detach(AttachmentId attachment) throws Ec2Exception {
        ask(new Ec2Request.DetachNetworkInterface(attachment, false));
    }

    @Override
    public void delete(InterfaceId id) throws Ec2Exception {
        ask(new Ec2Request.DeleteNetworkInterface(id));
    }

    @Override
    public List<Cidr> assign(InterfaceId id, IpFamily family, BlockKind kind, int count)
            throws Ec2Exception {
        WantedBlocks wanted = wanted(kind, count);
        return family == IpFamily.IPV4
                ? ask(new Ec2Request.AssignPrivateIpAddresses(id, wanted, false)).assigned().all()
                : ask(new Ec2Request.AssignIpv6Addresses(id, wanted)).assigned().all();
    }

    @Override
    public void unassign(InterfaceId id, Collection<Cidr> blocks) throws Ec2Exception {
        AddressBlocks some = AddressBlocks.of(blocks);
        if (blocks.iterator().next().family() == IpFamily.IPV4) {
            ask(new Ec2Request.UnassignPrivateIpAddresses(id, some.addresses(), some.prefixes()));
        } else {
            ask(
                    new Ec2Request.UnassignIpv6Addresses(
                            id, some.ipv6Addresses(), some.ipv6Prefixes()));
        }
    }

    private static WantedBlocks wanted(BlockKind kind, int count) {
        return kind == BlockKind.ADDRESS
                ? WantedBlocks.anyAddresses(count)
                : WantedBlocks.anyPrefixes(count);
    }

    @Override
    public List<ObservedInterface> describe(Collection<InterfaceId> ids) throws Ec2Exception {
        return observed(ask(Ec2Request.DescribeNetworkInterfaces.of(List.copyOf(ids))).enis());
    }

    @Override
    public List<ObservedInterface> describeAttached(InstanceId instance) throws Ec2Exception {
        return observed(where(Filter.of("attachment.instance-id", instance.value())));
    }

    @Override
    public List<ObservedInterface> describeByDescription(VpcId vpc, String description)
            throws Ec2Exception {
        return observed(
                where(Filter.of("vpc-id", vpc.value()), Filter.of("description", description)));
    }

    @Override
    public List<ObservedInterface> describeAvailable(
            VpcId vpc, String tagKey, SortedMap<String, String> tags) throws Ec2Exception {
        List<Filter> filters = new ArrayList<>();
        filters.add(Filter.of("vpc-id", vpc.value()));
        filters.add(Filter.of("status", "available"));
        filters.add(Filter.of("tag-key", tagKey));
        tags.forEach((key, value) -> filters.add(Filter.of("tag:" + key, value)));
        return observed(where(filters.toArray(Filter[]::new)));
    }

    @Override
    public InstanceType instanceType(String name) throws Ec2Exception {
        return ask(new Ec2Request.DescribeInstanceTypes(List.of(name), List.of(), Page.ALL))
                .types()
                .getFirst();
    }

    @Override
    public void tag(InterfaceId id, SortedMap<String, String> tags) throws Ec2Exception {
        ask(new TagRequest.CreateTags(List.of(id.value()), tags));
    }

    @Override
    public ObservedSubnet subnet(SubnetId id) throws Ec2Exception {
        var request = new Ec2Request.DescribeSubnets(List.of(id), List.of(), Page.ALL);
        return observed(ask(request).subnets().getFirst());
    }

    @Override
    public List<ObservedSubnet> subnets(VpcId vpc, String zone) throws Ec2Exception {
        var request =
                new Ec2Request.DescribeSubnets(
                        List.<SubnetId>of(),
                        List.of(
                                Filter.of("vpc-id", vpc.value()),
                                Filter.of("availability-zone", zone)),
                        Page.ALL);
        return ask(request).subnets().stream().map(CloudEc2::observed).toList();
    }

    private static ObservedSubnet observed(SubnetDescription shown) {
        var blocks = new ArrayList<Cidr>();
        blocks.add(shown.cidr());
        Cidr six = shown.ipv6Cidr();
        if (six != null) {
            blocks.add(six);
        }
        return new ObservedSubnet(shown.id(), blocks, shown.availableAddresses(), shown.tags());
    }

    private List<EniDescription> where(Filter... filters) throws Ec2Exception {
        return ask(Ec2Request.DescribeNetworkInterfaces.where(filters)).enis();
    }

    /** One request: there and back, with everything that may happen on the way. */
    private <R extends Ec2Reply> R ask(Ec2Request<R> request) throws Ec2Exception {
        String action = request.getClass().getSimpleName();
        cloud.count(action);
        Duration latency = cloud.latency().call(action).at(cloud.random().nextLong());
        daemon.cross(latency.dividedBy(2));
        boolean reads = action.startsWith("Describe");
        Ec2Failure lost = reads ? new Ec2Failure.Unavailable() : new Ec2Failure.Ambiguous();
        if (cloud.denies(action)) {
            throw failure(action, new Ec2Failure.Denied("ec2:" + action), "simulated");
        }
        switch (cloud.outage()) {
            case UNREACHABLE -> throw failure(action, new Ec2Failure.Unavailable(), "no route");
            case SILENT -> {
                if (cloud.random().nextBoolean()) {
                    var _ = cloud.ask(instance, request);
                }
                daemon.cross(NO_ANSWER);
                throw failure(action, lost, "no answer");
            }
            case QUOTA_REACHED -> {
                if (request instanceof Ec2Request.CreateNetworkInterface) {
                    throw failure(action, new Ec2Failure.LimitExceeded(), "simulated quota");
                }
            }
            case NONE, DENIED -> {}
        }
        fail(action, request, lost);
        Answer<R> answer = cloud.ask(instance, request);
        daemon.cross(latency.dividedBy(2));
        if (Faults.strikes(cloud.faults().answerLost(), cloud.random())) {
            throw failure(action, lost, "answer lost");
        }
        return switch (answer) {
            case Answer.Done<R>(R reply) -> reply;
            case Answer.Refused<R>(Ec2Error error) ->
                    throw failure(action, failureOf(action, error), error.message());
        };
    }

    private void fail(String action, Ec2Request<?> request, Ec2Failure lost) throws Ec2Exception {
        Faults faults = cloud.faults();
        if (!cloud.accepts(action) || Faults.strikes(faults.throttled(), cloud.random())) {
            throw failure(action, new Ec2Failure.Throttled(), "simulated");
        }
        if (Faults.strikes(faults.unavailable(), cloud.random())) {
            throw failure(action, new Ec2Failure.Unavailable(), "simulated");
        }
        if (Faults.strikes(faults.requestLost(), cloud.random())) {
            throw failure(action, lost, "request lost");
        }
        boolean takesAddresses =
                request instanceof Ec2Request.CreateNetworkInterface
                        || request instanceof Ec2Request.AssignPrivateIpAddresses
                        || request instanceof Ec2Request.AssignIpv6Addresses;
        if (takesAddresses && Faults.strikes(faults.full(), cloud.random())) {
            Ec2Failure full =
                    cloud.random().nextBoolean()
                            ? new Ec2Failure.SubnetFull()
                            : new Ec2Failure.Fragmented();
            throw failure(action, full, "simulated");
        }
    }

    /** Maps as the adapter for the real EC2 does. */
    private static Ec2Failure failureOf(String action, Ec2Error error) {
        return switch (error.code()) {
            case "RequestLimitExceeded" -> new Ec2Failure.Throttled();
            case "InsufficientFreeAddressesInSubnet" -> new Ec2Failure.SubnetFull();
            case "InsufficientCidrBlocks" -> new Ec2Failure.Fragmented();
            case "AttachmentLimitExceeded",
                    "PrivateIpAddressLimitExceeded",
                    "NetworkInterfaceLimitExceeded" ->
                    new Ec2Failure.LimitExceeded();
            case "IncorrectState", "InvalidNetworkInterface.InUse" -> new Ec2Failure.WrongState();
            case "InvalidParameterValue" ->
                    switch (action) {
                        case "DeleteNetworkInterface" -> new Ec2Failure.WrongState();
                        case "AttachNetworkInterface" -> new Ec2Failure.DeviceTaken();
                        default -> new Ec2Failure.Rejected(error.code());
                    };
            default ->
                    error.code().endsWith(".NotFound")
                            ? new Ec2Failure.Gone(null)
                            : new Ec2Failure.Rejected(error.code());
        };
    }

    private static Ec2Exception failure(String action, Ec2Failure failure, String message) {
        return new Ec2Exception(action, failure, message, null);
    }

    private static List<ObservedInterface> observed(List<EniDescription> enis) {
        return enis.stream().map(CloudEc2::observed).toList();
    }

    private static List<Cidr> prefixes(AddressBlocks held) {
        return held.all().stream().filter(block -> !block.isSingle()).toList();
    }

    private static ObservedInterface observed(EniDescription eni) {
        EniDescription.AttachmentDescription attachment = eni.attachment();
        return new ObservedInterface(
                eni.id(),
                eni.status(),
                eni.type(),
                eni.description(),
                eni.mac(),
                eni.subnet(),
                eni.primaryAddress(),
                eni.secondaryAddresses(),
                eni.held().ipv6Addresses(),
                prefixes(eni.held()),
                List.copyOf(eni.groups().keySet()),
                eni.tags(),
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
