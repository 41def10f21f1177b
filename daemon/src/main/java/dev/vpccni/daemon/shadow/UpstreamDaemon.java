package dev.vpccni.daemon.shadow;

import dev.vpccni.ipam.ledger.Checkpoint;
import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.IpAddress;
import dev.vpccni.node.shadow.OtherDaemon;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Upstream's daemon, by its introspection: {@code /v1/enis} and the two lists of settings.
 *
 * @see <a href="https://github.com/aws/amazon-vpc-cni-k8s/blob/master/docs/troubleshooting.md">
 *     upstream's page</a>
 */
public final class UpstreamDaemon implements OtherDaemon {

    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final String FIRST_CARD = "0";
    private static final List<String> SETTINGS =
            List.of("/v1/networkutils-env-settings", "/v1/ipamd-env-settings");

    private final IntrospectionClient client;

    UpstreamDaemon(IntrospectionClient client) {
        this.client = client;
    }

    /**
     * Returns the one whose introspection listens at {@code address}.
     *
     * @param nanos elapsed time
     */
    public static UpstreamDaemon at(InetSocketAddress address, LongSupplier nanos) {
        return new UpstreamDaemon(new IntrospectionClient(address, PATIENCE, nanos));
    }

    @Override
    public Told ask() throws IOException {
        byte[] interfaces = client.get("/v1/enis");
        var settings = new ArrayList<byte[]>();
        for (String path : SETTINGS) {
            settings.add(client.get(path));
        }
        try {
            return told(interfaces, settings);
        } catch (JsonException e) {
            throw new IOException("its introspection cannot be understood: " + e.getMessage(), e);
        }
    }

    /**
     * Reads what it answers.
     *
     * @param interfaces what is at {@code /v1/enis}
     * @param settings what is at the other paths
     */
    static Told told(byte[] interfaces, List<byte[]> settings) throws JsonException {
        try {
            var pool = new TreeSet<InterfaceId>();
            var assigned = new TreeSet<IpAddress>();
            var released = new ArrayList<Checkpoint.Cooling>();
            JsonObject cards = JsonObject.parse(interfaces);
            JsonObject first = cards.objectOrNull(FIRST_CARD);
            JsonObject shown = first == null ? null : first.objectOrNull("ENIs");
            if (shown != null) {
                for (String id : shown.names()) {
                    JsonObject one = shown.object(id);
                    if (!one.truth("IsExcludedForPodIPs", false)) {
                        pool.add(new InterfaceId(id));
                    }
                    addresses(one.objectOrNull("AvailableIPv4Cidrs"), assigned, released);
                    addresses(one.objectOrNull("IPv6Cidrs"), assigned, released);
                }
            }
            return new Told(pool, assigned, released, settings(settings));
        } catch (IllegalArgumentException e) {
            throw new JsonException(String.valueOf(e.getMessage()));
        }
    }

    private static void addresses(
            @Nullable JsonObject blocks,
            SortedSet<IpAddress> assigned,
            List<Checkpoint.Cooling> released)
            throws JsonException {
        if (blocks == null) {
            return;
        }
        for (String block : blocks.names()) {
            JsonObject addresses = blocks.object(block).objectOrNull("IPAddresses");
            if (addresses == null) {
                continue;
            }
            for (String name : addresses.names()) {
                JsonObject one = addresses.object(name);
                IpAddress address = IpAddress.parse(one.string("Address"));
                if (isAssigned(one)) {
                    assigned.add(address);
                } else {
                    released.add(new Checkpoint.Cooling(address, since(one)));
                }
            }
        }
    }

    /** It blanks the container's identifier, and leaves the network's name. */
    private static boolean isAssigned(JsonObject address) throws JsonException {
        JsonObject key = address.objectOrNull("IPAMKey");
        return key != null && !key.string("networkName", "").isEmpty();
    }

    private static Instant since(JsonObject address) throws JsonException {
        try {
            return OffsetDateTime.parse(address.string("UnassignedTime", "")).toInstant();
        } catch (DateTimeException e) {
            return Instant.EPOCH;
        }
    }

    private static SortedMap<String, String> settings(List<byte[]> answers) throws JsonException {
        var settings = new TreeMap<String, String>();
        for (byte[] answer : answers) {
            JsonObject told = JsonObject.parse(answer);
            for (String name : told.names()) {
                String text = text(told.value(name));
                if (text != null) {
                    settings.put(name, text);
                }
            }
        }
        return settings;
    }

    /** Returns a value in the spelling of variables, or null of one that has none. */
    private static @Nullable String text(@Nullable Object value) {
        if (value == null) {
            return "";
        }
        if (!(value instanceof List<?> list)) {
            return value instanceof String || value instanceof Number || value instanceof Boolean
                    ? value.toString()
                    : null;
        }
        return list.stream().allMatch(String.class::isInstance)
                ? String.join(",", list.stream().map(String::valueOf).sorted().toList())
                : null;
    }
}
