package dev.vpccni.ipam.scale;

/**
 * Why a pod has no address.
 *
 * @param waitingHelps whether an address may come of itself; if not, only another pod's end can
 *     help, or an operator
 * @param reason which limit or lack stands in the way, with its numbers
 * @param remedy what an operator can do
 */
public record Refusal(Cause cause, boolean waitingHelps, String reason, String remedy) {

    /** What stands in the way. */
    public enum Cause {
        /** Instances of this type have no addresses for pods. */
        NO_SECONDARY_ADDRESSES,
        /** Every address that the instance type allows is in use or cooling. */
        INSTANCE_LIMIT,
        /** Every address that {@code MAX_ENI} allows is in use or cooling. */
        INTERFACES_SETTING,
        /** It is not known where another interface is to come from. */
        SOURCE,
        /** The subnet has no address left, or refused a moment ago. */
        SUBNET,
        /** Addresses have been asked for and are not there yet. */
        ARRIVING,
        /** There is room for more addresses, and EC2 has not given any. */
        EC2
    }
}
