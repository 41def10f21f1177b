package dev.vpccni.node.pool;

import dev.vpccni.model.SubnetId;
import dev.vpccni.node.port.Ec2Exception;
import dev.vpccni.node.port.Ec2Failure;
import org.jspecify.annotations.Nullable;

/** What a failure of EC2 means for pods that wait, and what an operator can do about it. */
public final class Ec2Problems {

    private Ec2Problems() {}

    /**
     * Returns what stands in the way while EC2 fails like this.
     *
     * @param subnet that the request was about, null if it was about none
     */
    public static AddressAvailability.Problem of(Ec2Exception cause, @Nullable SubnetId subnet) {
        String message = String.valueOf(cause.getMessage());
        return switch (cause.failure()) {
            case Ec2Failure.SubnetFull _ ->
                    passing(
                            "subnet " + subnet + " has no address left",
                            "free addresses in it, or add a subnet and tag it"
                                    + " kubernetes.io/role/cni=1");
            case Ec2Failure.Fragmented _ ->
                    passing(
                            "subnet " + subnet + " has no free block left",
                            "reserve a block for prefixes in it");
            case Ec2Failure.Denied(String permission) ->
                    new AddressAvailability.Problem(
                            "the node's role lacks " + permission,
                            "attach the policy AmazonEKS_CNI_Policy to the role",
                            true);
            case Ec2Failure.NoCredentials _ ->
                    new AddressAvailability.Problem(
                            "EC2 does not accept the node's credentials: " + message,
                            "give the node or its service account a role, and see that the node's"
                                    + " clock is right",
                            true);
            case Ec2Failure.Throttled _ ->
                    passing("EC2 throttles: " + message, "EC2 is asked again by itself");
            case Ec2Failure.LimitExceeded _ ->
                    passing("EC2 allows no more: " + message, "raise the account's quota");
            case Ec2Failure.Ambiguous _, Ec2Failure.Unavailable _ ->
                    passing("EC2 does not answer: " + message, "EC2 is asked again by itself");
            case Ec2Failure.Gone _,
                    Ec2Failure.WrongState _,
                    Ec2Failure.DeviceTaken _,
                    Ec2Failure.Rejected _ ->
                    passing("EC2 refused: " + message, "see the daemon's log");
        };
    }

    private static AddressAvailability.Problem passing(String reason, String remedy) {
        return new AddressAvailability.Problem(reason, remedy, false);
    }
}
