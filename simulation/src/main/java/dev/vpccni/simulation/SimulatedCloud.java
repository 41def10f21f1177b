package dev.vpccni.simulation;

import dev.vpccni.model.InstanceId;
import dev.vpccni.model.InstanceType;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.SubnetId;
import dev.vpccni.model.VpcId;
import dev.vpccni.vpc.Answer;
import dev.vpccni.vpc.Cloud;
import dev.vpccni.vpc.CloudSettings;
import dev.vpccni.vpc.Ec2Reply;
import dev.vpccni.vpc.Ec2Request;
import dev.vpccni.vpc.EniDescription;
import dev.vpccni.vpc.Filter;
import dev.vpccni.vpc.Latency;
import dev.vpccni.vpc.Port;
import dev.vpccni.vpc.Step;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** A VPC with one subnet, in the time of a simulation. */
public final class SimulatedCloud {

    private static final String ZONE = "us-west-2a";

    private final Baton baton;
    private final RandomGenerator random;
    private final SortedMap<String, Integer> calls = new TreeMap<>();
    private final SubnetId subnet;
    private final VpcId vpc;
    private Cloud cloud;
    private Faults faults = Faults.NONE;

    /**
     * @param cidr the block of the VPC and of its subnet
     */
    public SimulatedCloud(Baton baton, Latency latency, Ipv4Cidr cidr) {
        this.baton = baton;
        random = baton.random();
        cloud = Cloud.empty(CloudSettings.of(random.nextLong(), latency));
        vpc = apply(new Ec2Request.CreateVpc(List.of(cidr), new TreeMap<>())).id();
        subnet = apply(new Ec2Request.CreateSubnet(vpc, ZONE, cidr, new TreeMap<>())).id();
    }

    /** Starts an instance in the subnet. */
    public InstanceId launch(InstanceType type) {
        return apply(new Ec2Request.RunInstances(type, subnet, List.of(), new TreeMap<>())).id();
    }

    /** Sets what goes wrong from now on. */
    public void faults(Faults changed) {
        faults = changed;
    }

    Faults faults() {
        return faults;
    }

    RandomGenerator random() {
        return random;
    }

    /** Returns how often each EC2 action was asked for, and {@code metadata} how often that. */
    public SortedMap<String, Integer> calls() {
        return Collections.unmodifiableSortedMap(new TreeMap<>(calls));
    }

    /** Returns how many requests there were, of any kind. */
    public int callsInAll() {
        return calls.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** Returns the devices of {@code instance}, as they are. */
    public List<Port> ports(InstanceId instance) {
        List<Port> ports = new ArrayList<>();
        for (Port port : cloud.ports(now()).values()) {
            if (port.instance().equals(instance)) {
                ports.add(port);
            }
        }
        return ports;
    }

    /** Returns every interface that there is. */
    public List<EniDescription> interfaces() {
        return apply(Ec2Request.DescribeNetworkInterfaces.where(Filter.of("vpc-id", vpc.value())))
                .enis();
    }

    /** Takes an interface away behind everybody's back. */
    public void forceAway(InterfaceId id) {
        for (EniDescription eni : interfaces()) {
            if (eni.id().equals(id) && eni.attachment() != null) {
                apply(new Ec2Request.DetachNetworkInterface(eni.attachment().id(), true));
            }
        }
    }

    @Nullable Instant nextPortChange() {
        return cloud.nextPortChange(now());
    }

    /** Returns the time by which the cloud lives, which nobody steps. */
    Instant now() {
        return Baton.ORIGIN.plusNanos(baton.nanos());
    }

    void count(String action) {
        calls.merge(action, 1, Integer::sum);
    }

    Latency latency() {
        return cloud.settings().latency();
    }

    <R extends Ec2Reply> Answer<R> ask(Ec2Request<R> request) {
        Step<R> step = cloud.apply(request, now());
        cloud = step.cloud();
        return step.answer();
    }

    @Nullable String metadata(InstanceId instance, String path) {
        return cloud.metadata(instance, "/latest/meta-data/" + path, now());
    }

    private <R extends Ec2Reply> R apply(Ec2Request<R> request) {
        return ask(request).reply();
    }
}
