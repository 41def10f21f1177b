package dev.vpccni.aws;

/**
 * What this adapter asks of EC2, with the size and the refill of the token bucket that EC2 keeps
 * for it in each account and region (Amazon EC2 API Reference, "Request throttling").
 */
enum Ec2Action {
    CREATE_INTERFACE("CreateNetworkInterface", 100, 5),
    ATTACH_INTERFACE("AttachNetworkInterface", 50, 5),
    MODIFY_INTERFACE("ModifyNetworkInterfaceAttribute", 100, 5),
    DETACH_INTERFACE("DetachNetworkInterface", 50, 5),
    DELETE_INTERFACE("DeleteNetworkInterface", 100, 5),
    ASSIGN_ADDRESSES("AssignPrivateIpAddresses", 100, 5),
    UNASSIGN_ADDRESSES("UnassignPrivateIpAddresses", 100, 5),
    ASSIGN_IPV6_ADDRESSES("AssignIpv6Addresses", 100, 5),
    UNASSIGN_IPV6_ADDRESSES("UnassignIpv6Addresses", 100, 5),
    CREATE_TAGS("CreateTags", 100, 10),
    ASSOCIATE_TRUNK("AssociateTrunkInterface", 50, 5),
    DISASSOCIATE_TRUNK("DisassociateTrunkInterface", 50, 5),
    DESCRIBE_ASSOCIATIONS("DescribeTrunkInterfaceAssociations", 100, 20),
    DESCRIBE_INTERFACES("DescribeNetworkInterfaces", 100, 20),
    DESCRIBE_SUBNETS("DescribeSubnets", 100, 20),
    DESCRIBE_INSTANCE_TYPES("DescribeInstanceTypes", 100, 20);

    private final String wireName;
    private final int burst;
    private final int perSecond;

    Ec2Action(String wireName, int burst, int perSecond) {
        this.wireName = wireName;
        this.burst = burst;
        this.perSecond = perSecond;
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

    /** Whether nothing changes in EC2, so that a lost answer leaves no doubt behind. */
    boolean isRead() {
        return switch (this) {
            case DESCRIBE_INTERFACES,
                    DESCRIBE_SUBNETS,
                    DESCRIBE_INSTANCE_TYPES,
                    DESCRIBE_ASSOCIATIONS ->
                    true;
            case CREATE_INTERFACE,
                    ATTACH_INTERFACE,
                    MODIFY_INTERFACE,
                    DETACH_INTERFACE,
                    DELETE_INTERFACE,
                    ASSIGN_ADDRESSES,
                    UNASSIGN_ADDRESSES,
                    ASSIGN_IPV6_ADDRESSES,
                    UNASSIGN_IPV6_ADDRESSES,
                    CREATE_TAGS,
                    ASSOCIATE_TRUNK,
                    DISASSOCIATE_TRUNK ->
                    false;
        };
    }
}
