package dev.vpccni.daemon.checkpoint;

import dev.vpccni.ipam.ledger.Checkpoint;
import dev.vpccni.json.Json;
import dev.vpccni.model.AttachmentKey;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.Ipv4Address;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.IdentityHashMap;
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
    static final long FORMAT = 1;

    private static final long NANOS = 1_000_000_000L;

    /** An entry and its text. */
    private record Written<T>(T entry, String text) {}

    private IdentityHashMap<AttachmentKey, Written<Checkpoint.Grant>> grants =
            new IdentityHashMap<>();
    private IdentityHashMap<InterfaceId, Written<Checkpoint.Interface>> interfaces =
            new IdentityHashMap<>();

    /** Returns the file's text in UTF-8. */
    public byte[] write(Checkpoint checkpoint) {
        var out = new StringBuilder(4096);
        out.append("{\"version\":\"" + VERSION + "\",\"allocations\":[");
        IdentityHashMap<AttachmentKey, Written<Checkpoint.Grant>> grantsNow =
                new IdentityHashMap<>(checkpoint.grants().size());
        String separator = "";
        for (Checkpoint.Grant grant : checkpoint.grants()) {
            Written<Checkpoint.Grant> written = grants.get(grant.key());
            if (written == null || !written.entry().equals(grant)) {
                written = new Written<>(grant, Json.htmlSafe(tree(grant)));
            }
            grantsNow.put(grant.key(), written);
            out.append(separator);
            out.append(written.text());
            separator = ",";
        }
        grants = grantsNow;
        out.append("],\"" + OURS + "\":{\"format\":" + FORMAT + ",\"cooling\":");
        out.append(Json.htmlSafe(coolingTrees(checkpoint)));
        out.append(",\"intents\":");
        out.append(
                Json.htmlSafe(checkpoint.intents().stream().map(CheckpointWriter::tree).toList()));
        out.append(",\"interfaces\":[");
        putInterfaces(out, checkpoint);
        out.append("]}}\n");
        return out.toString().getBytes(StandardCharsets.UTF_8);
    }

    private void putInterfaces(StringBuilder out, Checkpoint checkpoint) {
        IdentityHashMap<InterfaceId, Written<Checkpoint.Interface>> interfacesNow =
                new IdentityHashMap<>();
        String separator = "";
        for (Checkpoint.Interface one : checkpoint.interfaces()) {
            Written<Checkpoint.Interface> written = interfaces.get(one.id());
            if (written == null || !written.entry().equals(one)) {
                written = new Written<>(one, Json.htmlSafe(tree(one)));
            }
            interfacesNow.put(one.id(), written);
            out.append(separator);
            out.append(written.text());
            separator = ",";
        }
        interfaces = interfacesNow;
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

    private static List<Object> coolingTrees(Checkpoint checkpoint) {
        List<Object> trees = new ArrayList<>();
        for (Checkpoint.Cooling cooling : checkpoint.cooling()) {
            Map<String, Object> tree = new LinkedHashMap<>();
            tree.put("ipv4", cooling.address().toString());
            tree.put("since", nanos(cooling.since()));
            trees.add(tree);
        }
        return trees;
    }

    private static Object tree(Checkpoint.Intent intent) {
        Map<String, Object> tree = new LinkedHashMap<>();
        switch (intent) {
            case Checkpoint.Intent.Create create -> {
                tree.put("token", create.token());
                tree.put("device", (long) create.device());
                tree.put("addresses", (long) create.addresses());
                InterfaceId id = create.id();
                if (id != null) {
                    tree.put("interface", id.value());
                }
                tree.put("since", nanos(create.since()));
            }
            case Checkpoint.Intent.Remove(InterfaceId id, Instant since) -> {
                tree.put("interface", id.value());
                tree.put("since", nanos(since));
            }
        }
        return tree;
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
        tree.put("addresses", one.addresses().stream().map(Ipv4Address::toString).toList());
        tree.put("role", one.role().name());
        tree.put("since", nanos(one.since()));
        return tree;
    }

    private static long nanos(Instant instant) {
        return Math.addExact(
                Math.multiplyExact(instant.getEpochSecond(), NANOS), instant.getNano());
    }
}
