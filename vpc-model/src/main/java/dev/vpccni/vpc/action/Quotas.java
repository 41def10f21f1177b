package dev.vpccni.vpc.action;

import java.time.Duration;

/** Quotas of an account, as they are unless raised, and how much is remembered. */
final class Quotas {

    /** VPC quotas, "Security groups per network interface". */
    static final int GROUPS_PER_INTERFACE = 5;

    /** VPC quotas, "Network interfaces per Region". */
    static final int INTERFACES = 5_000;

    /** No type allows more addresses on an interface that is not attached yet. */
    static final int ADDRESSES_PER_FREE_INTERFACE = 64;

    /** How many instances one call starts at most: of ours, not of EC2. */
    static final int INSTANCES_AT_ONCE = 1_000;

    /** VPC quotas, "Security groups per Region". */
    static final int GROUPS = 2_500;

    /** VPC quotas, "IPv4 CIDR blocks per VPC" and "IPv6 CIDR blocks per VPC". */
    static final int CIDRS_PER_VPC = 5;

    /** EC2 User Guide, "Tag restrictions". */
    static final int TAGS = 50;

    static final int TAG_KEY_LENGTH = 128;
    static final int TAG_VALUE_LENGTH = 256;

    /** How long a client token makes a repeated request harmless. */
    static final Duration TOKEN_LIFE = Duration.ofHours(24);

    /** How many client tokens are remembered at most: memory has an end, and retries are soon. */
    static final int TOKENS = 100_000;

    /** How long a terminated instance is still described. */
    static final Duration TERMINATED_SHOWN = Duration.ofHours(1);

    /** VPC User Guide: the blocks of VPCs and subnets. */
    static final int SHORTEST_PREFIX = 16;

    static final int LONGEST_PREFIX = 28;

    /** How long the IPv6 block of a VPC is that EC2 chooses, in bits. */
    static final int IPV6_VPC_BITS = 56;

    private Quotas() {}
}
