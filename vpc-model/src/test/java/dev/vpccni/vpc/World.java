package dev.vpccni.vpc;

import dev.vpccni.model.AttachmentId;
import dev.vpccni.model.InstanceId;
import dev.vpccni.model.InstanceType;
import dev.vpccni.model.InstanceTypes;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.Ipv6Address;
import dev.vpccni.model.Ipv6Cidr;
import dev.vpccni.model.SubnetId;
import dev.vpccni.model.VpcId;
import dev.vpccni.vpc.api.Answer;
import dev.vpccni.vpc.api.Ec2Error;
import dev.vpccni.vpc.api.Ec2Reply;
import dev.vpccni.vpc.api.Ec2Request;
import dev.vpccni.vpc.api.Ec2Request.AttachNetworkInterface;
import dev.vpccni.vpc.api.Ec2Request.CreateNetworkInterface;
import dev.vpccni.vpc.api.Ec2Request.CreateSubnet;
import dev.vpccni.vpc.api.Ec2Request.CreateVpc;
import dev.vpccni.vpc.api.Ec2Request.DescribeNetworkInterfaces;
import dev.vpccni.vpc.api.Ec2Request.DescribeVpcs;
import dev.vpccni.vpc.api.Ec2Request.RunInstances;
import dev.vpccni.vpc.api.EniDescription;
import dev.vpccni.vpc.api.EniDescription.AttachmentDescription;
import dev.vpccni.vpc.api.NetworkRequest.AssociateSubnetCidrBlock;
import dev.vpccni.vpc.api.NetworkRequest.AssociateVpcCidrBlock;
import dev.vpccni.vpc.api.Page;
import dev.vpccni.vpc.api.SubnetDescription;
import dev.vpccni.vpc.api.VpcDescription;
import dev.vpccni.vpc.api.WantedBlocks;
import dev.vpccni.vpc.settings.Latency;
import dev.vpccni.vpc.settings.VpcSettings;
import dev.vpccni.vpc.state.Contents;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A cloud and its time, for tests: two zones, a /24 in each. */
public final class World {

    /** Nothing is tagged. */
    public static final SortedMap<String, String> NO_TAGS = new TreeMap<>();

    /** What the VPC has of IPv6 once a subnet has. */
    public static final Ipv6Cidr IPV6 = Ipv6Cidr.parse("2600:1f14:aaaa:bb00::/56");

    /** The only VPC there is at first. */
    public final VpcId vpc;

    /** Its subnet in the first zone, where instances are started. */
    public final SubnetId subnetA;

    /** Its subnet in the second zone. */
    public final SubnetId subnetB;

    private Cloud cloud;
    private Instant now = Instant.parse("2026-01-15T10:20:30Z");

    /** Makes the VPC and its subnets in a cloud of {@code settings}. */
    public World(VpcSettings settings) {
        cloud = Cloud.empty(settings);
        vpc = call(new CreateVpc(List.of(Ipv4Cidr.parse("10.42.0.0/16")), NO_TAGS)).id();
        subnetA = subnet("us-west-2a", "10.42.1.0/24");
        subnetB = subnet("us-west-2b", "10.42.2.0/24");
    }

    /** Returns a world in which everything happens, and is seen, at once. */
    public static World instant() {
        return new World(VpcSettings.of(7, Latency.INSTANT));
    }

    /** Returns a world in which things are late. */
    public static World with(Latency latency) {
        return new World(VpcSettings.of(7, latency));
    }

    /** Returns the cloud as the last request left it. */
    public Cloud cloud() {
        return cloud;
    }

    /** Returns what is in {@link #cloud}. */
    public Contents contents() {
        return cloud.contents();
    }

    /** Returns the time of the next request. */
    public Instant now() {
        return now;
    }

    /** Returns the reply of a request, which must not be refused. */
    public <R extends Ec2Reply> R call(Ec2Request<R> request) {
        CloudStep<R> step = cloud.apply(request, now);
        cloud = step.cloud();
        return step.reply();
    }

    /** Returns the error of a request, which must be refused and change nothing. */
    public Ec2Error refused(Ec2Request<?> request) {
        CloudStep<?> step = cloud.apply(request, now);
        if (step.answer() instanceof Answer.Refused<?>(Ec2Error error) && step.cloud() == cloud) {
            return error;
        }
        throw new AssertionError("not refused: " + request);
    }

    /** Makes a request that may be refused. */
    void attempt(Ec2Request<?> request) {
        CloudStep<?> step = cloud.apply(request, now);
        if (step.answer() instanceof Answer.Refused<?> && step.cloud() != cloud) {
            throw new AssertionError("refused, and changed something: " + request);
        }
        cloud = step.cloud();
    }

    /** Lets time pass. */
    public void pass(Duration time) {
        now = now.plus(time);
    }

    /** Makes another subnet. */
    public SubnetId subnet(String zone, String cidr) {
        return call(new CreateSubnet(vpc, zone, Ipv4Cidr.parse(cidr), NO_TAGS)).id();
    }

    /** Gives a subnet the /64 of that number in the VPC. */
    public Ipv6Cidr addIpv6(SubnetId subnet, int number) {
        VpcDescription now =
                call(new DescribeVpcs(List.of(vpc), List.of(), Page.ALL)).vpcs().getFirst();
        if (now.ipv6Cidrs().isEmpty()) {
            call(new AssociateVpcCidrBlock(vpc, IPV6));
        }
        var cidr = new Ipv6Cidr(new Ipv6Address(IPV6.network().high() | number, 0), 64);
        return call(new AssociateSubnetCidrBlock(subnet, cidr)).cidr();
    }

    /** Starts an instance of the type of that name. */
    public InstanceId instance(String type) {
        return call(new RunInstances(type(type), subnetA, List.of(), NO_TAGS)).id();
    }

    /** Makes an interface with {@code secondaries} addresses besides its primary one. */
    public EniDescription eni(SubnetId subnet, int secondaries) {
        return call(new CreateNetworkInterface("", subnet, "", List.of(), NO_TAGS, secondaries))
                .eni();
    }

    /** Makes an interface with these blocks besides its primary address. */
    public EniDescription eni(SubnetId subnet, WantedBlocks ipv4, WantedBlocks ipv6) {
        return call(new CreateNetworkInterface("", subnet, "", List.of(), NO_TAGS, ipv4, ipv6))
                .eni();
    }

    /** Attaches an interface at {@code device} of the first network card. */
    public AttachmentId attach(InterfaceId eni, InstanceId instance, int device) {
        return call(new AttachNetworkInterface(eni, instance, 0, device)).attachment();
    }

    /** Returns how Describe calls show an interface. */
    public EniDescription describe(InterfaceId id) {
        return call(DescribeNetworkInterfaces.of(List.of(id))).enis().getFirst();
    }

    /** Returns how Describe calls show a subnet. */
    public SubnetDescription describe(SubnetId id) {
        return call(new Ec2Request.DescribeSubnets(List.of(id), List.of(), Page.ALL))
                .subnets()
                .getFirst();
    }

    /** Returns the attachment that Describe calls show. */
    public AttachmentDescription attachment(InterfaceId id) {
        return Objects.requireNonNull(describe(id).attachment());
    }

    /** Returns what metadata must have. */
    String read(InstanceId instance, String path) {
        return Objects.requireNonNull(metadata(instance, path), path);
    }

    /** Returns what metadata has at {@code path}, below {@code meta-data}, or null. */
    public @Nullable String metadata(InstanceId instance, String path) {
        return cloud.metadata(instance, "/latest/meta-data/" + path, now);
    }

    /** Returns the type of that name, which must be known. */
    public static InstanceType type(String name) {
        return Objects.requireNonNull(InstanceTypes.known().find(name));
    }
}
