package dev.vpccni.daemon.checkpoint;

import dev.vpccni.ipam.ledger.Checkpoint;
import dev.vpccni.json.Json;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.Ipv4Address;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes the text of {@code ipam.json} in upstream's format; what upstream does not know stands in
 * one more member, which it ignores.
 *
 * <p>From one checkpoint to the next hardly anything differs, so the text of each entry is kept for
 * as long as its entry is there: a checkpoint costs some copying. Not thread-safe.
 */
public final class CheckpointWriter {

    static final String VERSION = "vpc-cni-ipam/1";
    static final String OURS = "vpcCni";
    static final long FORMAT = 2;

    private static final long NANOS = 1_000_000_000L;

    private final TextCache<Checkpoint.Grant> grants = new TextCache<>(CheckpointWriter::tree);
    private final TextCache<Checkpoint.Cooling> cooling = new TextCache<>(CheckpointWriter::tree);
    private final TextCache<Checkpoint.Interface> interfaces =
            new TextCache<>(CheckpointWriter::tree);
    private final TextBuffer out = new TextBuffer();

    /**
     * Returns the file's text in UTF-8.
     *
     * @param written when that is
     */
    public byte[] write(Checkpoint checkpoint, WriteTime written) {
        out.clear();
        out.put("{\"version\":\"" + VERSION + "\",\"allocations\":[");
        grants.put(checkpoint.grants(), out);
        out.put("],\"" + OURS + "\":{\"format\":" + FORMAT + ",\"written\":");
        out.put(Json.htmlSafe(tree(written)));
        out.put(",\"cooling\":[");
        cooling.put(checkpoint.cooling(), out);
        out.put("],\"departed\":");
        out.put(Json.htmlSafe(tree(checkpoint.departed())));
        out.put(",\"intents\":");
        out.put(Json.htmlSafe(checkpoint.intents().stream().map(CheckpointWriter::tree).toList()));
        out.put(",\"interfaces\":[");
        interfaces.put(checkpoint.interfaces(), out);
        out.put("]}}\n");
        return out.bytes();
    }

    private static Map<String, Object> tree(Checkpoint.Grant grant) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("networkName", grant.key().networkName());
        tree.put("containerID", grant.key().containerId());
        tree.put("ifName", grant.key().interfaceName());
        tree.put("ipv4", grant.address().toString());
        tree.put("allocationTimestamp", nanos(grant.since()));
        Map<String, Object> metadata = new LinkedHashMap<>();
        if (!grant.pod().namespace().isEmpty()) {
            metadata.put("k8sPodNamespace", grant.pod().namespace());
        }
        if (!grant.pod().name().isEmpty()) {
            metadata.put("k8sPodName", grant.pod().name());
        }
        metadata.put("interfacesCount", 1L);
        tree.put("metadata", metadata);
        return tree;
    }

    private static Map<String, Object> tree(WriteTime written) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("boot", written.boot());
        tree.put("nanos", written.nanos());
        tree.put("at", nanos(written.at()));
        return tree;
    }

    private static List<Object> trees(List<Checkpoint.Cooling> addresses) {
        List<Object> trees = new ArrayList<>();
        addresses.forEach(address -> trees.add(tree(address)));
        return trees;
    }

    private static Map<String, Object> tree(Checkpoint.Cooling cooling) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("ipv4", cooling.address().toString());
        tree.put("since", nanos(cooling.since()));
        return tree;
    }

    private static Map<String, Object> tree(Checkpoint.Departed departed) {
        List<Object> interfaces = new ArrayList<>();
        for (Checkpoint.DepartedInterface one : departed.interfaces()) {
            Map<String, Object> tree = new LinkedHashMap<>();
            tree.put("interface", one.id().value());
            tree.put("since", nanos(one.since()));
            interfaces.add(tree);
        }
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("addresses", trees(departed.addresses()));
        tree.put("interfaces", interfaces);
        return tree;
    }

    private static Object tree(Checkpoint.Intent intent) {
        Map<String, Object> tree = new LinkedHashMap<>();
        switch (intent) {
            case Checkpoint.Intent.Create create -> put(create, tree);
            case Checkpoint.Intent.Remove remove -> {
                tree.put("action", "remove");
                tree.put("interface", remove.id().value());
            }
            case Checkpoint.Intent.Release release -> {
                tree.put("action", "release");
                tree.put("interface", release.id().value());
                tree.put("addresses", texts(release.addresses()));
            }
            case Checkpoint.Intent.Assign assign -> {
                tree.put("action", "assign");
                tree.put("interface", assign.id().value());
                tree.put("count", (long) assign.count());
            }
        }
        tree.put("since", nanos(intent.since()));
        return tree;
    }

    private static void put(Checkpoint.Intent.Create create, Map<String, Object> tree) {
        tree.put("action", "create");
        tree.put("token", create.token());
        tree.put("subnet", create.subnet().value());
        tree.put("device", (long) create.device());
        tree.put("addresses", (long) create.addresses());
        tree.put("created", nanos(create.created()));
        InterfaceId id = create.id();
        if (id != null) {
            tree.put("interface", id.value());
        }
    }

    private static List<String> texts(List<Ipv4Address> addresses) {
        return addresses.stream().map(Ipv4Address::toString).toList();
    }

    private static Map<String, Object> tree(Checkpoint.Interface one) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("id", one.id().value());
        tree.put("mac", one.mac().toString());
        tree.put("subnet", one.subnet().value());
        tree.put("subnetCidr", one.subnetCidr().toString());
        tree.put("device", (long) one.device());
        var attachment = one.attachment();
        if (attachment != null) {
            tree.put("attachment", attachment.value());
        }
        tree.put("primary", one.primaryAddress().toString());
        tree.put("addresses", texts(one.addresses()));
        tree.put("role", one.role().name());
        tree.put("suspended", one.suspended());
        tree.put("since", nanos(one.since()));
        return tree;
    }

    private static long nanos(Instant instant) {
        return Math.addExact(
                Math.multiplyExact(instant.getEpochSecond(), NANOS), instant.getNano());
    }
}
