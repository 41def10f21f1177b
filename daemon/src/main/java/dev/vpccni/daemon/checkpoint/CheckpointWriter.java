package dev.vpccni.daemon.checkpoint;

import dev.vpccni.ipam.ledger.Checkpoint;
import dev.vpccni.ipam.ledger.InterfaceFacts;
import dev.vpccni.ipam.ledger.InterfaceTemplate;
import dev.vpccni.json.Json;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.IpFamily;
import dev.vpccni.model.SecurityGroupId;
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
    static final long FORMAT = 3;

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
        tree.put(member(grant.address()), grant.address().toString());
        tree.put("allocationTimestamp", nanos(grant.since()));
        Map<String, Object> metadata = new LinkedHashMap<>();
        if (!grant.pod().namespace().isEmpty()) {
            metadata.put("k8sPodNamespace", grant.pod().namespace());
        }
        if (!grant.pod().name().isEmpty()) {
            metadata.put("k8sPodName", grant.pod().name());
        }
        metadata.put("interfacesCount", (long) grant.interfaces());
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

    /** Upstream's member for an address: which one says of which family it is. */
    private static String member(IpAddress address) {
        return address.family() == IpFamily.IPV4 ? "ipv4" : "ipv6";
    }

    private static Map<String, Object> tree(Checkpoint.Cooling cooling) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put(member(cooling.address()), cooling.address().toString());
        tree.put("since", nanos(cooling.since()));
        return tree;
    }

    private static Map<String, Object> tree(Checkpoint.Departed departed) {
        List<Object> blocks = new ArrayList<>();
        for (Checkpoint.DepartedBlock one : departed.blocks()) {
            Map<String, Object> tree = new LinkedHashMap<>();
            tree.put("block", one.block().toString());
            tree.put("since", nanos(one.since()));
            blocks.add(tree);
        }
        List<Object> interfaces = new ArrayList<>();
        for (Checkpoint.DepartedInterface one : departed.interfaces()) {
            Map<String, Object> tree = new LinkedHashMap<>();
            tree.put("interface", one.id().value());
            tree.put("since", nanos(one.since()));
            interfaces.add(tree);
        }
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("blocks", blocks);
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
                tree.put("blocks", texts(release.blocks()));
            }
            case Checkpoint.Intent.Assign assign -> {
                tree.put("action", "assign");
                tree.put("interface", assign.id().value());
                tree.put("kind", assign.kind().name());
                tree.put("count", (long) assign.count());
            }
        }
        tree.put("since", nanos(intent.since()));
        return tree;
    }

    private static void put(Checkpoint.Intent.Create create, Map<String, Object> tree) {
        tree.put("action", "create");
        tree.put("token", create.token());
        tree.put("subnet", create.template().subnet().value());
        tree.put("securityGroups", groups(create.template()));
        tree.put("card", (long) create.template().card());
        tree.put("family", create.template().family().name());
        tree.put("device", (long) create.device());
        tree.put("kind", create.kind().name());
        tree.put("count", (long) create.count());
        tree.put("created", nanos(create.created()));
        InterfaceId id = create.id();
        if (id != null) {
            tree.put("interface", id.value());
        }
    }

    private static List<String> groups(InterfaceTemplate template) {
        return template.securityGroups().stream().map(SecurityGroupId::value).toList();
    }

    private static List<String> texts(List<Cidr> blocks) {
        return blocks.stream().map(Cidr::toString).toList();
    }

    private static Map<String, Object> tree(Checkpoint.Interface one) {
        Map<String, Object> tree = new LinkedHashMap<>();
        InterfaceFacts facts = one.facts();
        tree.put("id", facts.id().value());
        tree.put("mac", facts.mac().toString());
        tree.put("subnet", facts.subnet().value());
        tree.put("subnetCidr", facts.subnetCidr().toString());
        tree.put("card", (long) facts.card());
        tree.put("device", (long) facts.device());
        var attachment = facts.attachment();
        if (attachment != null) {
            tree.put("attachment", attachment.value());
        }
        tree.put("primary", facts.primaryAddress().toString());
        tree.put("role", facts.role().name());
        tree.put("usable", facts.usable());
        tree.put("blocks", texts(one.blocks()));
        tree.put("doubted", texts(one.doubted()));
        tree.put("suspended", one.suspended());
        tree.put("since", nanos(one.since()));
        return tree;
    }

    private static long nanos(Instant instant) {
        return Math.addExact(
                Math.multiplyExact(instant.getEpochSecond(), NANOS), instant.getNano());
    }
}
