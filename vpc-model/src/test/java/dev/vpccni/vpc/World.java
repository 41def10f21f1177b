package dev.vpccni.vpc;

import dev.vpccni.model.AttachmentId;
import dev.vpccni.model.InstanceId;
import dev.vpccni.model.InstanceType;
import dev.vpccni.model.InstanceTypes;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.SubnetId;
import dev.vpccni.model.VpcId;
import dev.vpccni.vpc.Ec2Request.AttachNetworkInterface;
import dev.vpccni.vpc.Ec2Request.CreateNetworkInterface;
import dev.vpccni.vpc.Ec2Request.CreateSubnet;
import dev.vpccni.vpc.Ec2Request.CreateVpc;
import dev.vpccni.vpc.Ec2Request.DescribeNetworkInterfaces;
import dev.vpccni.vpc.Ec2Request.RunInstances;
import dev.vpccni.vpc.EniDescription.AttachmentDescription;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A cloud and its time, for tests: two zones, a /24 in each. */
final class World {

    static final SortedMap<String, String> NO_TAGS = new TreeMap<>();

    final VpcId vpc;
    final SubnetId subnetA;
    final SubnetId subnetB;
    Cloud cloud;
    Instant now = Instant.parse("2026-01-15T10:20:30Z");

    World(VpcSettings settings) {
        cloud = Cloud.empty(settings);
        vpc = call(new CreateVpc(List.of(Ipv4Cidr.parse("10.42.0.0/16")), NO_TAGS)).id();
        subnetA = subnet("us-west-2a", "10.42.1.0/24");
        subnetB = subnet("us-west-2b", "10.42.2.0/24");
    }

    static World instant() {
        return new World(VpcSettings.of(7, Latency.INSTANT));
    }

    static World with(Latency latency) {
        return new World(VpcSettings.of(7, latency));
    }

    <R extends Ec2Reply> R call(Ec2Request<R> request) {
        CloudStep<R> step = cloud.apply(request, now);
        cloud = step.cloud();
        return step.reply();
    }

    /** Returns the error of a request, which must be refused and change nothing. */
    Ec2Error refused(Ec2Request<?> request) {
        CloudStep<?> step = cloud.apply(request, now);
        if (step.answer() instanceof Answer.Refused<?>(Ec2Error error) && step.cloud() == cloud) {
            return error;
        }
        throw new AssertionError("not refused: " + request);
    }

    void pass(Duration time) {
        now = now.plus(time);
    }

    SubnetId subnet(String zone, String cidr) {
        return call(new CreateSubnet(vpc, zone, Ipv4Cidr.parse(cidr), NO_TAGS)).id();
    }

    InstanceId instance(String type) {
        return call(new RunInstances(type(type), subnetA, List.of(), NO_TAGS)).id();
    }

    EniDescription eni(SubnetId subnet, int secondaries) {
        return call(new CreateNetworkInterface("", subnet, "", List.of(), NO_TAGS, secondaries))
                .eni();
    }

    AttachmentId attach(InterfaceId eni, InstanceId instance, int device) {
        return call(new AttachNetworkInterface(eni, instance, 0, device)).attachment();
    }

    EniDescription describe(InterfaceId id) {
        return call(DescribeNetworkInterfaces.of(List.of(id))).enis().getFirst();
    }

    SubnetDescription describe(SubnetId id) {
        return call(new Ec2Request.DescribeSubnets(List.of(id), List.of(), Page.ALL))
                .subnets()
                .getFirst();
    }

    /** Returns the attachment that Describe calls show. */
    AttachmentDescription attachment(InterfaceId id) {
        return Objects.requireNonNull(describe(id).attachment());
    }

    /** Returns what metadata must have. */
    String read(InstanceId instance, String path) {
        return Objects.requireNonNull(metadata(instance, path), path);
    }

    @Nullable String metadata(InstanceId instance, String path) {
        return cloud.metadata(instance, "/latest/meta-data/" + path, now);
    }

    static InstanceType type(String name) {
        return Objects.requireNonNull(InstanceTypes.known().find(name));
    }
}
