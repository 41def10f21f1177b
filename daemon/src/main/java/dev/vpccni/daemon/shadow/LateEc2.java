package dev.vpccni.daemon.shadow;

import dev.vpccni.aws.AwsEc2Reader;
import dev.vpccni.aws.AwsSettings;
import dev.vpccni.aws.CallListener;
import dev.vpccni.model.InstanceId;
import dev.vpccni.model.InstanceType;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.SubnetId;
import dev.vpccni.model.VpcId;
import dev.vpccni.node.port.Ec2Exception;
import dev.vpccni.node.port.Ec2Failure;
import dev.vpccni.node.port.Ec2Reader;
import dev.vpccni.node.port.Metadata;
import dev.vpccni.node.port.MetadataException;
import dev.vpccni.node.port.ObservedInterface;
import dev.vpccni.node.port.ObservedSubnet;
import dev.vpccni.node.port.Tempo;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** EC2 of the region that metadata names, as soon as metadata answers. Used by one thread. */
public final class LateEc2 implements Ec2Reader, AutoCloseable {

    private final Map<String, String> environment;
    private final String version;
    private final Metadata metadata;
    private final Tempo tempo;
    private @Nullable AwsEc2Reader known;

    /**
     * @param environment where the SDK is configured
     * @param version of this program, for the user agent; may be empty
     */
    public LateEc2(
            Map<String, String> environment, String version, Metadata metadata, Tempo tempo) {
        this.environment = Map.copyOf(environment);
        this.version = version;
        this.metadata = metadata;
        this.tempo = tempo;
    }

    private AwsEc2Reader ec2() throws Ec2Exception, InterruptedException {
        AwsEc2Reader found = known;
        if (found == null) {
            try {
                String region = metadata.identity().region();
                found =
                        new AwsEc2Reader(
                                AwsSettings.from(environment, region, version),
                                tempo,
                                CallListener.NONE);
                known = found;
            } catch (MetadataException | IllegalArgumentException e) {
                throw new Ec2Exception(
                        "DescribeNetworkInterfaces",
                        new Ec2Failure.Unavailable(),
                        "not sent: " + e.getMessage(),
                        e);
            }
        }
        return found;
    }

    @Override
    public List<ObservedInterface> describe(Collection<InterfaceId> ids)
            throws Ec2Exception, InterruptedException {
        return ec2().describe(ids);
    }

    @Override
    public List<ObservedInterface> describeAttached(InstanceId instance)
            throws Ec2Exception, InterruptedException {
        return ec2().describeAttached(instance);
    }

    @Override
    public List<ObservedInterface> describeByDescription(VpcId vpc, String description)
            throws Ec2Exception, InterruptedException {
        return ec2().describeByDescription(vpc, description);
    }

    @Override
    public List<ObservedInterface> describeAvailable(
            VpcId vpc, String tagKey, SortedMap<String, String> tags)
            throws Ec2Exception, InterruptedException {
        return ec2().describeAvailable(vpc, tagKey, tags);
    }

    @Override
    public InstanceType instanceType(String name) throws Ec2Exception, InterruptedException {
        return ec2().instanceType(name);
    }

    @Override
    public ObservedSubnet subnet(SubnetId id) throws Ec2Exception, InterruptedException {
        return ec2().subnet(id);
    }

    @Override
    public List<ObservedSubnet> subnets(VpcId vpc, String zone)
            throws Ec2Exception, InterruptedException {
        return ec2().subnets(vpc, zone);
    }

    @Override
    public void close() {
        AwsEc2Reader open = known;
        if (open != null) {
            open.close();
        }
    }
}
