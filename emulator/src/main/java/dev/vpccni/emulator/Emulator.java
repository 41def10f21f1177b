package dev.vpccni.emulator;

import dev.vpccni.emulator.ec2.Ec2Endpoint;
import dev.vpccni.emulator.http.Binding;
import dev.vpccni.emulator.metadata.MetadataEndpoint;
import dev.vpccni.emulator.metadata.MetadataOptions;
import dev.vpccni.emulator.state.CallCounts;
import dev.vpccni.emulator.state.CloudKeeper;
import dev.vpccni.emulator.state.PortListener;
import dev.vpccni.model.InstanceId;
import dev.vpccni.model.InstanceType;
import dev.vpccni.model.SubnetId;
import dev.vpccni.vpc.Cloud;
import dev.vpccni.vpc.api.Answer;
import dev.vpccni.vpc.api.Ec2Reply;
import dev.vpccni.vpc.api.Ec2Request;
import dev.vpccni.vpc.fault.FaultTable;
import dev.vpccni.vpc.settings.Latency;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A VPC that programs can be pointed at: EC2's Query API for all of them, and the metadata service
 * of each instance at an address of its own. Thread-safe.
 */
public final class Emulator implements AutoCloseable {

    private final Binding binding;
    private final CloudKeeper keeper;
    private final CallCounts calls = new CallCounts();
    private final Ec2Endpoint ec2;
    private final SortedMap<InstanceId, MetadataEndpoint> metadata = new TreeMap<>();

    private Emulator(EmulatorSettings settings, Binding binding) throws IOException {
        this.binding = binding;
        keeper = new CloudKeeper(Cloud.empty(settings.cloud()), settings.clock());
        try {
            ec2 = Ec2Endpoint.start(binding, settings.listen(), keeper, calls);
        } catch (IOException e) {
            keeper.close();
            throw e;
        }
    }

    /**
     * Starts to serve an empty cloud.
     *
     * @throws IOException if the address cannot be bound
     */
    public static Emulator start(EmulatorSettings settings) throws IOException {
        return start(settings, Binding.HERE);
    }

    /** Starts to serve an empty cloud, whose servers listen where {@code binding} says. */
    public static Emulator start(EmulatorSettings settings, Binding binding) throws IOException {
        return new Emulator(settings, binding);
    }

    /** Returns where EC2 is served. */
    public InetSocketAddress address() {
        return ec2.address();
    }

    /** Returns the endpoint to give to an SDK, such as {@code AWS_ENDPOINT_URL_EC2}. */
    public URI endpoint() {
        return ec2.uri();
    }

    /** Carries out {@code request} at once: without its latency, and without being counted. */
    public <R extends Ec2Reply> Answer<R> apply(Ec2Request<R> request) {
        return keeper.apply(request);
    }

    /**
     * Starts an instance.
     *
     * @param name its tag {@code Name}
     * @throws IllegalStateException with EC2's error if that is not possible
     */
    public Ec2Reply.InstancesStarted runInstance(InstanceType type, SubnetId subnet, String name) {
        var tags = new TreeMap<String, String>();
        tags.put("Name", name);
        return apply(new Ec2Request.RunInstances(type, subnet, List.of(), tags)).reply();
    }

    /** Ends an instance and its metadata service. */
    public void terminateInstance(InstanceId instance) {
        apply(new Ec2Request.TerminateInstances(instance)).reply();
        closeMetadata(instance);
    }

    /** Ends the metadata service of {@code instance}, if it has one. */
    void closeMetadata(InstanceId instance) {
        synchronized (metadata) {
            MetadataEndpoint endpoint = metadata.remove(instance);
            if (endpoint != null) {
                endpoint.close();
            }
        }
    }

    /** Tells whether the metadata of {@code instance} is served. */
    boolean servesMetadata(InstanceId instance) {
        synchronized (metadata) {
            return metadata.containsKey(instance);
        }
    }

    /**
     * Serves the metadata of {@code instance}. Who asks there is that instance.
     *
     * @param listen port 0 for any
     * @throws IOException if the address cannot be bound
     */
    public MetadataEndpoint listenMetadata(
            InstanceId instance, InetSocketAddress listen, MetadataOptions options)
            throws IOException {
        var endpoint = MetadataEndpoint.start(binding, instance, listen, options, keeper, calls);
        MetadataEndpoint before;
        synchronized (metadata) {
            before = metadata.put(instance, endpoint);
        }
        if (before != null) {
            before.close();
        }
        return endpoint;
    }

    /** Returns the cloud as it is; it does not change afterwards. */
    public Cloud cloud() {
        return keeper.cloud();
    }

    /** Returns the time in the cloud. */
    public Instant now() {
        return keeper.now();
    }

    /** Tells {@code listener} of every device that is there, and of every change from now on. */
    public void listen(PortListener listener) {
        keeper.listen(listener);
    }

    /** Waits until listeners have been told of everything that has happened so far. */
    public void settle() throws InterruptedException {
        keeper.settle();
    }

    /** Returns the counts of calls over HTTP. */
    public CallCounts calls() {
        return calls;
    }

    /** Changes the delays of everything that happens from now on. */
    public void latency(Latency latency) {
        keeper.latency(latency);
    }

    /** Replaces what goes wrong from now on. */
    public void faults(FaultTable faults) {
        ec2.faults(faults);
    }

    /** Turns EC2's request limits on, with full buckets, or off. */
    public void throttling(boolean on) {
        ec2.throttling(on);
    }

    /** Stops serving; requests under way are cut off. */
    @Override
    public void close() {
        ec2.close();
        synchronized (metadata) {
            metadata.values().forEach(MetadataEndpoint::close);
            metadata.clear();
        }
        keeper.close();
    }
}
