package dev.vpccni.aws;

import dev.vpccni.model.InstanceId;
import dev.vpccni.model.InstanceType;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.SubnetId;
import dev.vpccni.model.VpcId;
import dev.vpccni.node.port.Ec2Exception;
import dev.vpccni.node.port.Ec2Reader;
import dev.vpccni.node.port.ObservedInterface;
import dev.vpccni.node.port.ObservedSubnet;
import dev.vpccni.node.port.Tempo;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;

/**
 * What EC2 tells, through the AWS SDK: requests that describe, and no others. Safe for use by many
 * threads.
 */
public final class AwsEc2Reader implements Ec2Reader, AutoCloseable {

    private final AwsEc2 ec2;

    /**
     * @param listener hears of every request that was sent
     */
    public AwsEc2Reader(AwsSettings settings, Tempo tempo, CallListener listener) {
        ec2 = new AwsEc2(settings, tempo, listener);
    }

    @Override
    public List<ObservedInterface> describe(Collection<InterfaceId> ids)
            throws Ec2Exception, InterruptedException {
        return ec2.describe(ids);
    }

    @Override
    public List<ObservedInterface> describeAttached(InstanceId instance)
            throws Ec2Exception, InterruptedException {
        return ec2.describeAttached(instance);
    }

    @Override
    public List<ObservedInterface> describeByDescription(VpcId vpc, String description)
            throws Ec2Exception, InterruptedException {
        return ec2.describeByDescription(vpc, description);
    }

    @Override
    public List<ObservedInterface> describeAvailable(
            VpcId vpc, String tagKey, SortedMap<String, String> tags)
            throws Ec2Exception, InterruptedException {
        return ec2.describeAvailable(vpc, tagKey, tags);
    }

    @Override
    public InstanceType instanceType(String name) throws Ec2Exception, InterruptedException {
        return ec2.instanceType(name);
    }

    @Override
    public ObservedSubnet subnet(SubnetId id) throws Ec2Exception, InterruptedException {
        return ec2.subnet(id);
    }

    @Override
    public List<ObservedSubnet> subnets(VpcId vpc, String zone)
            throws Ec2Exception, InterruptedException {
        return ec2.subnets(vpc, zone);
    }

    /** Gives up the connections; calls in flight fail. */
    @Override
    public void close() {
        ec2.close();
    }
}
