package dev.vpccni.vpc.fault;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How many requests EC2 accepts of an account in a region, as a value: a token bucket for each
 * action, shared by every caller (EC2 Developer Guide, "Request throttling").
 */
public final class RequestLimits {

    private static final double NANOS = 1e9;

    private final SortedMap<String, Level> levels;

    private RequestLimits(SortedMap<String, Level> levels) {
        this.levels = Collections.unmodifiableSortedMap(levels);
    }

    /** Returns limits of which nothing is used up. */
    public static RequestLimits full() {
        return new RequestLimits(new TreeMap<>());
    }

    /**
     * Whether a request is accepted.
     *
     * @param after the limits that are left
     */
    public record Taken(RequestLimits after, boolean accepted) {}

    /**
     * Takes one request from the bucket of {@code action}.
     *
     * @param narrowed whether the request has filters, identifiers or pages, which matters for
     *     Describe calls
     */
    public Taken take(String action, boolean narrowed, Instant now) {
        Bucket bucket = bucket(action, narrowed);
        Level level = levels.getOrDefault(bucket.name, new Level(bucket.size, now));
        double refilled =
                Duration.between(level.at, now).toNanos() / NANOS * bucket.refillPerSecond;
        double tokens = Math.min(bucket.size, level.tokens + Math.max(0, refilled));
        boolean accepted = tokens >= 1;
        var after = new TreeMap<>(levels);
        after.put(bucket.name, new Level(accepted ? tokens - 1 : tokens, now));
        return new Taken(new RequestLimits(after), accepted);
    }

    /**
     * Returns the bucket of {@code action}. Actions without a row of their own in the published
     * table have the size of their class.
     */
    private static Bucket bucket(String action, boolean narrowed) {
        return switch (action) {
            case "AssignPrivateIpAddresses",
                    "UnassignPrivateIpAddresses",
                    "AssignIpv6Addresses",
                    "TerminateInstances",
                    "CreateNetworkInterface",
                    "DeleteNetworkInterface",
                    "ModifyNetworkInterfaceAttribute" ->
                    new Bucket(action, 100, 5);
            case "CreateTags", "DeleteTags" -> new Bucket(action, 100, 10);
            case "RunInstances" -> new Bucket(action, 5, 2);
            case "CreateSubnetCidrReservation", "DeleteSubnetCidrReservation" ->
                    new Bucket(action, 5, 1);
            case "DescribeInstances", "DescribeNetworkInterfaces", "DescribeSecurityGroups" ->
                    narrowed
                            ? new Bucket(action, 100, 20)
                            : new Bucket(action + " unfiltered", 50, 10);
            default ->
                    action.startsWith("Describe") || action.startsWith("Get")
                            ? new Bucket(action, 100, 20)
                            : new Bucket(action, 50, 5);
        };
    }

    private record Bucket(String name, double size, double refillPerSecond) {}

    private record Level(double tokens, Instant at) {}
}
