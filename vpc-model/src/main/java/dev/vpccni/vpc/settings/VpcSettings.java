package dev.vpccni.vpc.settings;

import java.time.Duration;

/**
 * What a cloud is made with.
 *
 * @param region such as {@code us-west-2}; its zones are the region and a letter
 * @param account twelve digits
 * @param seed decides every identifier, MAC address, choice of address and random delay
 * @param addresses how a free address is chosen
 * @param shortage what is said when a subnet has too little
 * @param reuseAfter for how long an address that was given back is not chosen while others are free
 */
public record VpcSettings(
        String region,
        String account,
        long seed,
        Latency latency,
        AddressChoice addresses,
        ShortageCode shortage,
        Duration reuseAfter) {

    /** Which free address of a subnet an interface gets. */
    public enum AddressChoice {
        /** The lowest, which reads well. */
        LOWEST,

        /** Any, as EC2 does: nothing may depend on the order. */
        SCATTERED
    }

    /** How EC2 says that a subnet has too little: accounts differ. */
    public enum ShortageCode {
        /** {@code InsufficientFreeAddressesInSubnet} or {@code InsufficientCidrBlocks}. */
        CLASSIC,

        /** {@code InvalidParameterValue}, whatever is short. */
        NEW
    }

    /** Returns settings for us-west-2 with scattered addresses, reused after a minute. */
    public static VpcSettings of(long seed, Latency latency) {
        return new VpcSettings(
                "us-west-2",
                "111122223333",
                seed,
                latency,
                AddressChoice.SCATTERED,
                ShortageCode.CLASSIC,
                Duration.ofSeconds(60));
    }

    /** Returns these settings with another choice of addresses. */
    public VpcSettings with(AddressChoice choice) {
        return new VpcSettings(region, account, seed, latency, choice, shortage, reuseAfter);
    }

    /** Returns these settings with other delays. */
    public VpcSettings with(Latency other) {
        return new VpcSettings(region, account, seed, other, addresses, shortage, reuseAfter);
    }

    /** Returns these settings with other words for a shortage. */
    public VpcSettings with(ShortageCode code) {
        return new VpcSettings(region, account, seed, latency, addresses, code, reuseAfter);
    }
}
