package dev.vpccni.emulator;

import dev.vpccni.model.InstanceType;
import dev.vpccni.model.InstanceTypes;
import dev.vpccni.vpc.settings.Latency;
import dev.vpccni.vpc.settings.VpcSettings;
import dev.vpccni.vpc.settings.VpcSettings.ShortageCode;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.List;

/**
 * What {@code vpc-cni emulator} is asked for.
 *
 * @param listen where EC2 is served; metadata is on free ports of the same host
 * @param shortage what is said when a subnet has too little
 * @param seed decides identifiers, addresses and random delays
 * @param instances how many instances there are at the start
 */
public record EmulatorOptions(
        InetSocketAddress listen,
        Latency latency,
        ShortageCode shortage,
        long seed,
        int instances,
        InstanceType type) {

    private static final int MOST_INSTANCES = 1_000;

    /** One instance, everything at once, at a free port of the loopback interface. */
    public static EmulatorOptions defaults() {
        return new EmulatorOptions(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                Latency.INSTANT,
                ShortageCode.CLASSIC,
                1,
                1,
                type("m5.large"));
    }

    /**
     * Reads {@code --listen HOST:PORT --latency instant|aws-like --insufficient-code classic|new
     * --seed N --instances N --instance-type T}; what is not given is as in {@link #defaults}.
     *
     * @throws IllegalArgumentException saying which argument is wrong
     */
    public static EmulatorOptions parse(List<String> arguments) {
        EmulatorOptions options = defaults();
        Iterator<String> rest = arguments.iterator();
        while (rest.hasNext()) {
            String name = rest.next();
            if (!rest.hasNext()) {
                throw new IllegalArgumentException(name + " needs a value");
            }
            options = options.with(name, rest.next());
        }
        return options;
    }

    /** Returns how to start an emulator for these options. */
    EmulatorSettings settings() {
        var cloud = VpcSettings.of(seed, latency).with(shortage);
        return new EmulatorSettings(listen, cloud, InstantSource.system());
    }

    private EmulatorOptions with(String name, String value) {
        return switch (name) {
            case "--listen" ->
                    new EmulatorOptions(address(value), latency, shortage, seed, instances, type);
            case "--latency" ->
                    new EmulatorOptions(listen, latency(value), shortage, seed, instances, type);
            case "--insufficient-code" ->
                    new EmulatorOptions(listen, latency, shortage(value), seed, instances, type);
            case "--seed" ->
                    new EmulatorOptions(listen, latency, shortage, number(value), instances, type);
            case "--instances" ->
                    new EmulatorOptions(listen, latency, shortage, seed, count(value), type);
            case "--instance-type" ->
                    new EmulatorOptions(listen, latency, shortage, seed, instances, type(value));
            default -> throw new IllegalArgumentException("unknown option " + name);
        };
    }

    private static InetSocketAddress address(String text) {
        int colon = text.lastIndexOf(':');
        String port = text.substring(colon + 1);
        if (colon < 1 || !port.matches("[0-9]{1,5}") || Integer.parseInt(port) > 65_535) {
            throw new IllegalArgumentException("not HOST:PORT: " + text);
        }
        try {
            InetAddress host = InetAddress.getByName(text.substring(0, colon));
            return new InetSocketAddress(host, Integer.parseInt(port));
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("unknown host: " + text, e);
        }
    }

    private static Latency latency(String name) {
        return switch (name) {
            case "instant" -> Latency.INSTANT;
            case "aws-like" -> Latency.AWS_LIKE;
            default ->
                    throw new IllegalArgumentException(
                            "no such latency: " + name + " (instant or aws-like)");
        };
    }

    private static ShortageCode shortage(String name) {
        return switch (name) {
            case "classic" -> ShortageCode.CLASSIC;
            case "new" -> ShortageCode.NEW;
            default ->
                    throw new IllegalArgumentException(
                            "no such code of a shortage: " + name + " (classic or new)");
        };
    }

    private static long number(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("not a number: " + text, e);
        }
    }

    private static int count(String text) {
        long count = number(text);
        if (count < 0 || count > MOST_INSTANCES) {
            throw new IllegalArgumentException("not 0 to " + MOST_INSTANCES + ": " + text);
        }
        return (int) count;
    }

    private static InstanceType type(String name) {
        InstanceType type = InstanceTypes.known().find(name);
        if (type == null) {
            throw new IllegalArgumentException("unknown instance type " + name);
        }
        return type;
    }
}
