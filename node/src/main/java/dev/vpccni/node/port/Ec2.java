package dev.vpccni.node.port;

import dev.vpccni.model.AttachmentId;
import dev.vpccni.model.BlockKind;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.InstanceId;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.IpFamily;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.model.SubnetId;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;

/**
 * The part of EC2 that a node needs, what only reads apart. Each method is one request, sent once,
 * within a deadline that the adapter sets; each failure says what kind it is. Whether to ask again
 * is for callers to decide.
 *
 * <p>After {@link Ec2Failure.Ambiguous} a request may or may not have happened: the caller observes
 * before it decides anything else.
 */
public interface Ec2 extends Ec2Reader {

    /**
     * Creates an interface that is not attached yet.
     *
     * @return what was made, with its MAC and addresses; the same one for the same token
     */
    ObservedInterface createInterface(NewInterface wanted)
            throws Ec2Exception, InterruptedException;

    /**
     * What {@link #createInterface} is to make.
     *
     * @param token makes a repeated request answer with the first one's interface
     * @param kind of the blocks that it gets besides its own address
     * @param count how many of them
     */
    record NewInterface(
            String token,
            SubnetId subnet,
            List<SecurityGroupId> securityGroups,
            String description,
            SortedMap<String, String> tags,
            IpFamily family,
            BlockKind kind,
            int count) {

        public NewInterface {
            securityGroups = List.copyOf(securityGroups);
        }
    }

    /** Attaches {@code id} to {@code instance} at {@code device} on network card {@code card}. */
    AttachmentId attach(InterfaceId id, InstanceId instance, int card, int device)
            throws Ec2Exception, InterruptedException;

    /** Gives an interface these security groups and no others. */
    void setSecurityGroups(InterfaceId id, List<SecurityGroupId> groups)
            throws Ec2Exception, InterruptedException;

    /** Makes EC2 delete {@code id} together with the instance. */
    void deleteOnTermination(InterfaceId id, AttachmentId attachment)
            throws Ec2Exception, InterruptedException;

    /** Starts to detach; the interface is free some seconds later. */
    void detach(AttachmentId attachment) throws Ec2Exception, InterruptedException;

    /** Deletes an interface that is not attached. */
    void delete(InterfaceId id) throws Ec2Exception, InterruptedException;

    /** Adds {@code count} secondary addresses or prefixes, and returns just those. */
    List<Cidr> assign(InterfaceId id, IpFamily family, BlockKind kind, int count)
            throws Ec2Exception, InterruptedException;

    /**
     * Gives secondary addresses or prefixes back: all, or none if one of them is not there.
     *
     * @param blocks at least one, all of one family and kind
     */
    void unassign(InterfaceId id, Collection<Cidr> blocks)
            throws Ec2Exception, InterruptedException;

    /** Sets tags, replacing those of the same keys. */
    void tag(InterfaceId id, SortedMap<String, String> tags)
            throws Ec2Exception, InterruptedException;
}
