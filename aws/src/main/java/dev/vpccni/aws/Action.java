package dev.vpccni.aws;

/**
 * What this adapter asks of EC2, with the size and the refill of the token bucket that EC2 keeps
 * for it in each account and region (Amazon EC2 API Reference, "Request throttling").
 */
enum Action {
    CREATE_INTERFACE("CreateNetworkInterface", 100, 5, true),
    ATTACH_INTERFACE("AttachNetworkInterface", 50, 5, false),
    MODIFY_INTERFACE("ModifyNetworkInterfaceAttribute", 100, 5, true),
    DETACH_INTERFACE("DetachNetworkInterface", 50, 5, false),
    DELETE_INTERFACE("DeleteNetworkInterface", 100, 5, false),
    ASSIGN_ADDRESSES("AssignPrivateIpAddresses", 100, 5, false),
    UNASSIGN_ADDRESSES("UnassignPrivateIpAddresses", 100, 5, false),
    CREATE_TAGS("CreateTags", 100, 10, true),
    DESCRIBE_INTERFACES("DescribeNetworkInterfaces", 100, 20, true),
    DESCRIBE_SUBNETS("DescribeSubnets", 100, 20, true);

    private final String wireName;
    private final int burst;
    private final int perSecond;
    private final boolean repeatable;

    Action(String wireName, int burst, int perSecond, boolean repeatable) {
        this.wireName = wireName;
        this.burst = burst;
        this.perSecond = perSecond;
        this.repeatable = repeatable;
    }

    /** The name in EC2's API. */
    String wireName() {
        return wireName;
    }

    /** How many requests an idle account may make at once. */
    int burst() {
        return burst;
    }

    /** How many requests a second an account may make in the long run. */
    int perSecond() {
        return perSecond;
    }

    /**
     * Whether doing it twice has the effect and the answer of doing it once, so that it may be sent
     * again when the first answer was lost. Creating counts, because it carries a token.
     */
    boolean isRepeatable() {
        return repeatable;
    }

    /** Whether nothing changes in EC2, so that a lost answer leaves no doubt behind. */
    boolean isRead() {
        return this == DESCRIBE_INTERFACES || this == DESCRIBE_SUBNETS;
    }
}
