package dev.vpccni.vpc.settings;

import java.time.Duration;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How late things are. A request changes the cloud at the moment at which it is carried out; these
 * say how long its answer takes and how much later others see the change.
 *
 * @param calls how long an EC2 action takes to answer, by action
 * @param otherCalls the same for every action that {@code calls} does not name
 * @param device from an attach to the moment at which the instance has the device, and EC2 says
 *     {@code attached}
 * @param metadataInterface from the device to the moment at which metadata lists the interface with
 *     its primary address
 * @param metadataAddresses from then until metadata lists the secondary addresses that the
 *     interface was attached with
 * @param metadataUpdate from any other change until metadata shows it: addresses assigned or
 *     unassigned, security groups replaced, an interface gone
 * @param detach from a detach until the interface is free and its device gone
 * @param detachedShown how long EC2 still shows the attachment of an interface that is free again
 * @param describe how long Describe calls show an interface as it was before a change
 */
public record Latency(
        SortedMap<String, Spread> calls,
        Spread otherCalls,
        Spread device,
        Spread metadataInterface,
        Spread metadataAddresses,
        Spread metadataUpdate,
        Spread detach,
        Duration detachedShown,
        Duration describe) {

    /** Everything happens, and is seen, at once. */
    public static final Latency INSTANT = scenario(Duration.ZERO, Duration.ZERO);

    /**
     * The medians and tails that are known from public traces and issues of real nodes, or guessed
     * around them.
     */
    public static final Latency AWS_LIKE = awsLike();

    public Latency {
        calls = Collections.unmodifiableSortedMap(new TreeMap<>(calls));
    }

    /**
     * Returns a profile without chance: each call takes {@code call}, and a device shows {@code
     * device} after its attach, in metadata too. The rest is immediate.
     */
    public static Latency scenario(Duration call, Duration device) {
        return new Latency(
                new TreeMap<>(),
                Spread.always(call),
                Spread.always(device),
                Spread.NONE,
                Spread.NONE,
                Spread.NONE,
                Spread.NONE,
                Duration.ZERO,
                Duration.ZERO);
    }

    /** Returns how long {@code action} takes to answer. */
    public Spread call(String action) {
        return calls.getOrDefault(action, otherCalls);
    }

    /** Returns this profile with another lag of Describe calls. */
    public Latency withDescribe(Duration lag) {
        return new Latency(
                calls,
                otherCalls,
                device,
                metadataInterface,
                metadataAddresses,
                metadataUpdate,
                detach,
                detachedShown,
                lag);
    }

    private static Latency awsLike() {
        var calls = new TreeMap<String, Spread>();
        calls.put("CreateNetworkInterface", Spread.ofMillis(130, 600));
        calls.put("AttachNetworkInterface", Spread.ofMillis(440, 1_500));
        calls.put("ModifyNetworkInterfaceAttribute", Spread.ofMillis(150, 600));
        calls.put("AssignPrivateIpAddresses", Spread.ofMillis(300, 1_200));
        calls.put("UnassignPrivateIpAddresses", Spread.ofMillis(250, 1_000));
        calls.put("AssignIpv6Addresses", Spread.ofMillis(300, 1_200));
        calls.put("UnassignIpv6Addresses", Spread.ofMillis(250, 1_000));
        calls.put("DescribeNetworkInterfaces", Spread.ofMillis(120, 500));
        calls.put("DescribeInstances", Spread.ofMillis(120, 500));
        calls.put("DescribeSubnets", Spread.ofMillis(120, 500));
        calls.put("DetachNetworkInterface", Spread.ofMillis(200, 800));
        calls.put("DeleteNetworkInterface", Spread.ofMillis(260, 900));
        calls.put("CreateTags", Spread.ofMillis(110, 400));
        return new Latency(
                calls,
                Spread.ofMillis(150, 500),
                Spread.ofMillis(300, 1_500),
                Spread.ofMillis(200, 1_000),
                Spread.ofMillis(300, 1_500),
                Spread.ofMillis(500, 3_000),
                Spread.ofMillis(2_000, 10_000),
                Duration.ofSeconds(1),
                Duration.ZERO);
    }
}
