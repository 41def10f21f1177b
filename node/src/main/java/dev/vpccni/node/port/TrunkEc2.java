package dev.vpccni.node.port;

import dev.vpccni.model.AttachmentId;
import dev.vpccni.model.InstanceId;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.model.SubnetId;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The part of EC2 that trunks and their branches need. As of {@link Ec2}: each method is one
 * request, sent once, and each failure says what kind it is.
 */
public interface TrunkEc2 {

    /**
     * Creates a trunk that is not attached yet, or an interface that may become a branch.
     *
     * @return what was made; the same one for the same token
     */
    ObservedInterface createMember(NewMember wanted) throws Ec2Exception, InterruptedException;

    /**
     * What {@link #createMember} is to make.
     *
     * @param token makes a repeated request answer with the first one's interface
     * @param trunk whether it is a trunk
     */
    record NewMember(
            String token,
            boolean trunk,
            SubnetId subnet,
            List<SecurityGroupId> groups,
            String description,
            SortedMap<String, String> tags) {

        public NewMember {
            groups = List.copyOf(groups);
            tags = Collections.unmodifiableSortedMap(new TreeMap<>(tags));
        }
    }

    /** Describes the interfaces that have each of {@code tags}, at least one. */
    List<ObservedInterface> describeTagged(SortedMap<String, String> tags)
            throws Ec2Exception, InterruptedException;

    /** Describes every interface that EC2 says is attached, or attaching, to {@code instance}. */
    List<ObservedInterface> describeAttached(InstanceId instance)
            throws Ec2Exception, InterruptedException;

    /** Attaches {@code id} to {@code instance} at {@code device} on network card {@code card}. */
    AttachmentId attach(InterfaceId id, InstanceId instance, int card, int device)
            throws Ec2Exception, InterruptedException;

    /** Makes EC2 delete {@code id} together with the instance. */
    void deleteOnTermination(InterfaceId id, AttachmentId attachment)
            throws Ec2Exception, InterruptedException;

    /** Adds tags to an interface, or replaces their values. */
    void tag(InterfaceId id, SortedMap<String, String> tags)
            throws Ec2Exception, InterruptedException;

    /** Deletes an interface that is neither attached nor a branch. */
    void delete(InterfaceId id) throws Ec2Exception, InterruptedException;

    /**
     * Describes one subnet.
     *
     * @throws Ec2Exception with {@link Ec2Failure.Gone} if it does not exist
     */
    ObservedSubnet subnet(SubnetId id) throws Ec2Exception, InterruptedException;

    /**
     * How an interface is a branch of a trunk.
     *
     * @param vlan the tag of its packets on the trunk
     */
    record Association(String id, InterfaceId branch, InterfaceId trunk, int vlan) {}

    /** Describes the branches of a trunk. */
    List<Association> associations(InterfaceId trunk) throws Ec2Exception, InterruptedException;

    /**
     * Makes a free interface a branch of a trunk.
     *
     * @param token makes a repeated request answer with the first one's association
     * @param vlan that no other branch of the trunk has
     */
    Association associate(String token, InterfaceId branch, InterfaceId trunk, int vlan)
            throws Ec2Exception, InterruptedException;

    /**
     * Makes a branch a free interface again.
     *
     * @param association its identifier
     * @throws Ec2Exception with {@link Ec2Failure.Gone} if there is none
     */
    void disassociate(String association) throws Ec2Exception, InterruptedException;
}
