package dev.vpccni.node.port;

import dev.vpccni.model.InstanceId;
import dev.vpccni.model.InstanceType;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.SubnetId;
import dev.vpccni.model.VpcId;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;

/**
 * What EC2 tells a node. Nothing here changes anything: whoever has no more than this cannot. Each
 * method is one request, as those of {@link Ec2}.
 */
public interface Ec2Reader {

    /**
     * Describes interfaces.
     *
     * @throws Ec2Exception with {@link Ec2Failure.Gone} naming the first that does not exist
     */
    List<ObservedInterface> describe(Collection<InterfaceId> ids)
            throws Ec2Exception, InterruptedException;

    /** Describes every interface that EC2 says is attached, or attaching, to {@code instance}. */
    List<ObservedInterface> describeAttached(InstanceId instance)
            throws Ec2Exception, InterruptedException;

    /** Describes the interfaces of {@code vpc} whose description is {@code description}. */
    List<ObservedInterface> describeByDescription(VpcId vpc, String description)
            throws Ec2Exception, InterruptedException;

    /**
     * Describes the interfaces of {@code vpc} that hang on nothing and have a tag with this key.
     *
     * @param tags of which each has to be there, too
     */
    List<ObservedInterface> describeAvailable(
            VpcId vpc, String tagKey, SortedMap<String, String> tags)
            throws Ec2Exception, InterruptedException;

    /**
     * Tells what an instance type is.
     *
     * @param name such as {@code m5.large}
     */
    InstanceType instanceType(String name) throws Ec2Exception, InterruptedException;

    /**
     * Describes one subnet.
     *
     * @throws Ec2Exception with {@link Ec2Failure.Gone} if it does not exist
     */
    ObservedSubnet subnet(SubnetId id) throws Ec2Exception, InterruptedException;

    /** Lists the subnets of {@code vpc} in an availability zone such as {@code us-west-2a}. */
    List<ObservedSubnet> subnets(VpcId vpc, String zone) throws Ec2Exception, InterruptedException;
}
