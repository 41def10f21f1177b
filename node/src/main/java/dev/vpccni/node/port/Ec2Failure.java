package dev.vpccni.node.port;

import dev.vpccni.model.InterfaceId;
import org.jspecify.annotations.Nullable;

/** Why a request to EC2 failed, as far as a caller can act on it. */
public sealed interface Ec2Failure {

    /** Too many requests: the same one succeeds later. */
    record Throttled() implements Ec2Failure {}

    /** The subnet has no address left. */
    record SubnetFull() implements Ec2Failure {}

    /** The subnet has addresses, but no free block of the size asked for. */
    record Fragmented() implements Ec2Failure {}

    /** The interface or the instance holds as much as it may, or an account quota is reached. */
    record LimitExceeded() implements Ec2Failure {}

    /**
     * What the request names does not exist (any more).
     *
     * @param id the interface, where EC2 names one
     */
    record Gone(@Nullable InterfaceId id) implements Ec2Failure {}

    /**
     * It exists in a state that does not allow this, or not yet, such as an interface that is still
     * attached, or is already being detached.
     */
    record WrongState() implements Ec2Failure {}

    /** The instance has another interface at the device index that was asked for. */
    record DeviceTaken() implements Ec2Failure {}

    /**
     * The node's role may not do this.
     *
     * @param permission what is missing, such as {@code ec2:AssignPrivateIpAddresses}
     */
    record Denied(String permission) implements Ec2Failure {}

    /** There are no credentials to sign a request with, or none that EC2 accepts. */
    record NoCredentials() implements Ec2Failure {}

    /** The answer was lost: the request may have been carried out. */
    record Ambiguous() implements Ec2Failure {}

    /** EC2 was not reached, or said that it is out of order: nothing was carried out. */
    record Unavailable() implements Ec2Failure {}

    /** EC2 refused for a reason that no caller acts on. */
    record Rejected(String code) implements Ec2Failure {}
}
