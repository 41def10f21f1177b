package dev.vpccni.simulation.cloud;

import dev.vpccni.model.BlockKind;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.InstanceId;
import dev.vpccni.model.InstanceType;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.IpFamily;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.Ipv6Cidr;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.model.SubnetId;
import dev.vpccni.model.VpcId;
import dev.vpccni.simulation.time.Baton;
import dev.vpccni.vpc.Cloud;
import dev.vpccni.vpc.CloudStep;
import dev.vpccni.vpc.Port;
import dev.vpccni.vpc.api.AddressBlocks;
import dev.vpccni.vpc.api.Answer;
import dev.vpccni.vpc.api.Ec2Reply;
import dev.vpccni.vpc.api.Ec2Request;
import dev.vpccni.vpc.api.EniDescription;
import dev.vpccni.vpc.api.Filter;
import dev.vpccni.vpc.api.NetworkRequest;
import dev.vpccni.vpc.api.Page;
import dev.vpccni.vpc.api.SubnetDescription;
import dev.vpccni.vpc.api.VpcDescription;
import dev.vpccni.vpc.api.WantedBlocks;
import dev.vpccni.vpc.fault.RequestLimits;
import dev.vpccni.vpc.settings.Latency;
import dev.vpccni.vpc.settings.VpcSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A VPC with a subnet for nodes, and others for pods alone, in the time of a simulation. */
public final class SimulatedCloud {

    private static final String ZONE = "us-west-2a";

    /** The further block of the VPC, of which pods have subnets of their own. */
    private static final Ipv4Cidr FOR_PODS = Ipv4Cidr.parse("100.64.0.0/16");

    /** What the VPC may get besides: as many blocks as EC2 allows in all. */
    private static final List<Ipv4Cidr> MORE =
            List.of(
                    Ipv4Cidr.parse("100.65.0.0/16"),
                    Ipv4Cidr.parse("100.66.0.0/16"),
                    Ipv4Cidr.parse("100.67.0.0/16"));

    /** EC2 has no other subnets of IPv6. */
    private static final int SUBNET_IPV6_BITS = 64;

    private final Baton baton;
    private final RandomGenerator random;
    private final AskedCalls calls = new AskedCalls();
    private final Outages outages;
    private final SortedMap<InstanceId, List<Port>> ports = new TreeMap<>();
    private final Map<Cidr, Port> byBlock = new HashMap<>();
    private final SubnetId subnet;
    private final VpcId vpc;
    private Cloud cloud;
    private @Nullable Instant portsUntil;
    private List<Ipv4Cidr> blocks;
    private boolean portsStale = true;
    private int version;
    private Faults faults = Faults.NONE;
    private final SortedSet<String> denied = new TreeSet<>();
    private boolean metadataDown;
    private @Nullable RequestLimits limits;
    private final SubnetRoles roles;
    private int throttled;
    private RequestObserver observer = RequestObserver.NONE;

    /**
     * @param cidr the block of the subnet for nodes, beside that of IPv6
     */
    public SimulatedCloud(Baton baton, Latency latency, Ipv4Cidr cidr) {
        this.baton = baton;
        random = baton.random();
        outages = new Outages(baton);
        cloud = Cloud.empty(VpcSettings.of(random.nextLong(), latency));
        VpcDescription made =
                apply(new Ec2Request.CreateVpc(List.of(cidr, FOR_PODS), true, new TreeMap<>()))
                        .vpc();
        vpc = made.id();
        blocks = made.cidrs();
        Ipv6Cidr six = Ipv6Cidr.of(made.ipv6Cidrs().getFirst().network(), SUBNET_IPV6_BITS);
        subnet = apply(new Ec2Request.CreateSubnet(vpc, ZONE, cidr, six, new TreeMap<>())).id();
        roles = new SubnetRoles(this, baton);
    }

    /**
     * Starts an instance in the subnet.
     *
     * @param family of its pods' addresses; with IPv6, it has such an address itself
     */
    public InstanceId launch(InstanceType type, IpFamily family) {
        var primary =
                new Ec2Request.CreateNetworkInterface(
                        "",
                        subnet,
                        "",
                        List.of(),
                        new TreeMap<>(),
                        WantedBlocks.NONE,
                        family == IpFamily.IPV6 ? WantedBlocks.anyAddresses(1) : WantedBlocks.NONE);
        return apply(new Ec2Request.RunInstances("", type, 1, primary, true, new TreeMap<>())).id();
    }

    /**
     * Makes a subnet in which no node lies.
     *
     * @param cidr within 100.64.0.0/16
     */
    public SubnetId newSubnet(Ipv4Cidr cidr) {
        var request = new Ec2Request.CreateSubnet(vpc, ZONE, cidr, null, new TreeMap<>());
        return apply(request).id();
    }

    /** Gives the VPC another IPv4 block, if it may have one more. */
    public void widen() {
        for (Ipv4Cidr block : MORE) {
            if (!blocks.contains(block)) {
                var _ = change(new NetworkRequest.AssociateVpcCidrBlock(vpc, block));
                blocks = Stream.concat(blocks.stream(), Stream.of(block)).toList();
                return;
            }
        }
    }

    /** Returns the VPC's IPv4 blocks, oldest first. */
    public List<Ipv4Cidr> blocks() {
        return blocks;
    }

    /** Returns what tags say of subnets. */
    public SubnetRoles roles() {
        return roles;
    }

    /** Tells whether nobody could look at anything in EC2 at some time during {@code latest}. */
    boolean wasOut(Duration latest) {
        return outages.wasOut(latest);
    }

    List<SubnetDescription> subnets() {
        return truth(new Ec2Request.DescribeSubnets(List.of(), List.of(), Page.ALL)).subnets();
    }

    /** Makes a security group. */
    public SecurityGroupId newGroup(String name) {
        return apply(new Ec2Request.CreateSecurityGroup(vpc, name)).id();
    }

    /** Sets what goes wrong from now on. */
    public void faults(Faults changed) {
        baton.tell(() -> changed.toString());
        faults = changed;
    }

    /** Takes EC2 away as a whole, or brings it back. */
    public void outage(Outage changed) {
        outages.change(changed);
    }

    /** Takes the permission for an action from the nodes' role. */
    public void deny(String action) {
        denied.add(action);
    }

    /** Gives the permission for an action back to the nodes' role. */
    public void allow(String action) {
        denied.remove(action);
    }

    /** Takes metadata away, or brings it back. */
    public void metadataDown(boolean changed) {
        metadataDown = changed;
    }

    /** Sets who sees each request of a node. */
    public void observer(RequestObserver looking) {
        observer = looking;
    }

    /** Has EC2 accept no more requests of all nodes together than it says it does. */
    public void limitRequests() {
        limits = RequestLimits.full();
    }

    /** Returns how many requests were more than EC2 accepts. */
    public int throttled() {
        return throttled;
    }

    /** Tells whether EC2 takes one more request; nodes filter what they have described. */
    boolean accepts(String action) {
        if (limits == null) {
            return true;
        }
        RequestLimits.Taken taken = limits.take(action, true, now());
        limits = taken.after();
        throttled += taken.accepted() ? 0 : 1;
        return taken.accepted();
    }

    Faults faults() {
        return faults;
    }

    boolean denies(String action) {
        return outages.now() == Outage.DENIED || denied.contains(action);
    }

    Outage outage() {
        return outages.now();
    }

    boolean metadataDown() {
        return metadataDown;
    }

    /** Tells whether metadata answers every request now. */
    public boolean metadataAnswers() {
        return !metadataDown && faults.metadataDown() == 0;
    }

    RandomGenerator random() {
        return random;
    }

    /** Returns how often each EC2 action was asked for, and {@code metadata} how often that. */
    public SortedMap<String, Integer> calls() {
        return calls.all();
    }

    /** Returns the calls so far that change something in EC2, whatever came of them. */
    public int changes() {
        return calls.changes();
    }

    /** Returns how long no request has arrived so far. */
    public Duration unreachable() {
        return outages.unreachable();
    }

    /** Returns the calls so far that change nothing in EC2. */
    public int reads() {
        return calls.reads();
    }

    /** Returns the devices of {@code instance}, as they are. */
    public List<Port> ports(InstanceId instance) {
        lookAtPorts();
        return Collections.unmodifiableList(ports.getOrDefault(instance, List.of()));
    }

    /** Returns the device on which {@code address} lies, or null if it lies on none. */
    public @Nullable Port port(IpAddress address) {
        lookAtPorts();
        for (BlockKind kind : BlockKind.values()) {
            Port port = byBlock.get(Cidr.of(address, kind.prefixLength(address.family())));
            if (port != null) {
                return port;
            }
        }
        return null;
    }

    private void lookAtPorts() {
        noteTheTime();
        if (portsStale) {
            Instant now = now();
            ports.clear();
            byBlock.clear();
            for (Port port : cloud.ports(now).values()) {
                ports.computeIfAbsent(port.instance(), _ -> new ArrayList<>()).add(port);
                port.held().all().forEach(block -> byBlock.put(block, port));
            }
            portsUntil = cloud.nextPortChange(now);
            portsStale = false;
        }
    }

    /** Returns a number that changes when {@link #ports} may have. */
    public int version() {
        noteTheTime();
        return version;
    }

    /** Returns every interface that there is, as it really is. */
    public List<EniDescription> interfaces() {
        return truth(Ec2Request.DescribeNetworkInterfaces.where(Filter.of("vpc-id", vpc.value())))
                .enis();
    }

    /** Returns what an interface really holds; nothing if there is no such interface. */
    public AddressBlocks held(InterfaceId id) {
        Answer<Ec2Reply.Interfaces> answer =
                cloud.withoutDescribeLag()
                        .apply(Ec2Request.DescribeNetworkInterfaces.of(List.of(id)), now())
                        .answer();
        return answer instanceof Answer.Done<Ec2Reply.Interfaces>(var reply)
                ? reply.enis().getFirst().held()
                : AddressBlocks.NONE;
    }

    /** Returns what the subnets have left now. */
    public SubnetSpace space() {
        return new SubnetSpace(cloud.withoutDescribeLag(), now());
    }

    /** Returns the subnet for nodes. */
    public SubnetId subnet() {
        return subnet;
    }

    /** Changes something behind every node's back, at once. */
    public <R extends Ec2Reply> Answer<R> change(Ec2Request<R> request) {
        Answer<R> answer = ask(request);
        baton.tell(() -> "somebody: " + request + " -> " + answer);
        return answer;
    }

    /** Takes an interface away behind everybody's back. */
    public void forceAway(InterfaceId id) {
        for (EniDescription eni : interfaces()) {
            if (eni.id().equals(id) && eni.attachment() != null) {
                var _ = change(new Ec2Request.DetachNetworkInterface(eni.attachment().id(), true));
            }
        }
    }

    /** Takes addresses of an interface away behind everybody's back. */
    public void unassign(InterfaceId id, List<Ipv4Address> addresses) {
        var _ = change(new Ec2Request.UnassignPrivateIpAddresses(id, addresses));
    }

    /** Returns when the devices change by time alone, or null if they do not. */
    public @Nullable Instant nextPortChange() {
        return cloud.nextPortChange(now());
    }

    /** Returns the time by which the cloud lives, which nobody steps. */
    public Instant now() {
        return Baton.ORIGIN.plusNanos(baton.nanos());
    }

    void count(String action) {
        calls.add(action);
    }

    Latency latency() {
        return cloud.settings().latency();
    }

    <R extends Ec2Reply> Answer<R> ask(InstanceId by, Ec2Request<R> request) {
        observer.arrives(by, request);
        Answer<R> answer = ask(request);
        baton.tell(() -> by + ": " + request + " -> " + answer);
        return answer;
    }

    @Nullable String metadata(InstanceId instance, String path) {
        return cloud.metadata(instance, "/latest/meta-data/" + path, now());
    }

    private <R extends Ec2Reply> Answer<R> ask(Ec2Request<R> request) {
        CloudStep<R> step = cloud.apply(request, now());
        if (step.cloud() != cloud) {
            cloud = step.cloud();
            portsStale = true;
            version++;
        }
        return step.answer();
    }

    private <R extends Ec2Reply> R truth(Ec2Request<R> request) {
        return cloud.withoutDescribeLag().apply(request, now()).answer().reply();
    }

    /** Devices appear and go by the passing of time, too. */
    private void noteTheTime() {
        Instant until = portsUntil;
        if (!portsStale && until != null && !now().isBefore(until)) {
            portsStale = true;
            version++;
        }
    }

    private <R extends Ec2Reply> R apply(Ec2Request<R> request) {
        return ask(request).reply();
    }
}
