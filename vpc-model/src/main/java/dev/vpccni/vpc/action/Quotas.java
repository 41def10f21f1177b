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

    private Quotas() {}
}
