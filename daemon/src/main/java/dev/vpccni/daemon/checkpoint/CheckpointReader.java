package dev.vpccni.daemon.checkpoint;

import dev.vpccni.ipam.ledger.Checkpoint;
import dev.vpccni.ipam.ledger.InterfaceFacts;
import dev.vpccni.ipam.ledger.InterfaceRole;
import dev.vpccni.ipam.ledger.InterfaceTemplate;
import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import dev.vpccni.model.AttachmentId;
import dev.vpccni.model.AttachmentKey;
import dev.vpccni.model.BlockKind;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.IpFamily;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv6Address;
import dev.vpccni.model.MacAddress;
import dev.vpccni.model.PodName;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.model.SubnetId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the text of {@code ipam.json}, whoever wrote it. */
final class CheckpointReader {

    private static final long NANOS = 1_000_000_000L;

    private CheckpointReader() {}

    /**
     * A checkpoint as it stands in the file.
     *
     * @param written when it was written, or null if nobody says
     */
    record Text(Checkpoint checkpoint, @Nullable WriteTime written) {}

    /**
     * Reads a checkpoint.
     *
     * @throws JsonException if it is not of upstream's format and version, or our part of it is not
     *     what we write
     */
    static Text read(byte[] text) throws JsonException {
        JsonObject file = JsonObject.parse(text);
        String version = file.string("version");
        if (!version.equals(CheckpointWriter.VERSION)) {
            throw new JsonException("version is \"" + version + "\"");
        }
        try {
            List<Checkpoint.Grant> grants = new ArrayList<>();
            for (JsonObject entry : file.objects("allocations")) {
                grants.add(grant(entry));
            }
            JsonObject ours = file.objectOrNull(CheckpointWriter.OURS);
            // Another format of our part is not understood, and not needed either.
            return ours == null || ours.integer("format") != CheckpointWriter.FORMAT
                    ? new Text(Checkpoint.ofGrants(grants), null)
                    : new Text(
                            new Checkpoint(
                                    grants,
                                    cooling(ours),
                                    intents(ours),
                                    interfaces(ours),
                                    departed(ours.object("departed"))),
                            written(ours.object("written")));
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new JsonException(String.valueOf(e.getMessage()));
        }
    }

    private static Checkpoint.Grant grant(JsonObject entry) throws JsonException {
        JsonObject metadata = entry.objectOrNull("metadata");
        PodName pod =
                metadata == null
                        ? new PodName("", "")
                        : new PodName(
                                metadata.string("k8sPodNamespace", ""),
                                metadata.string("k8sPodName", ""));
        return new Checkpoint.Grant(
                address(entry),
                new AttachmentKey(
                        entry.string("networkName"),
                        entry.string("containerID"),
                        entry.string("ifName")),
                pod,
                instant(entry.integer("allocationTimestamp", 0)),
                podInterfaces(metadata));
    }

    /** Older files say nothing, or 0: then there was one. */
    private static int podInterfaces(@Nullable JsonObject metadata) throws JsonException {
        return metadata == null ? 1 : Math.max(1, number(metadata, "interfacesCount", 1));
    }

    /** Of the two members of upstream's the one that is there says which family it is. */
    private static IpAddress address(JsonObject entry) throws JsonException {
        String ipv4 = entry.string("ipv4", "");
        return ipv4.isEmpty() ? Ipv6Address.parse(entry.string("ipv6")) : Ipv4Address.parse(ipv4);
    }

    private static WriteTime written(JsonObject entry) throws JsonException {
        return new WriteTime(
                entry.string("boot"), entry.integer("nanos"), instant(entry.integer("at")));
    }

    private static List<Checkpoint.Cooling> cooling(JsonObject ours) throws JsonException {
        List<Checkpoint.Cooling> cooling = new ArrayList<>();
        for (JsonObject entry : ours.objects("cooling")) {
            cooling.add(new Checkpoint.Cooling(address(entry), instant(entry.integer("since"))));
        }
        return cooling;
    }

    private static Checkpoint.Departed departed(JsonObject departed) throws JsonException {
        List<Checkpoint.DepartedInterface> interfaces = new ArrayList<>();
        for (JsonObject entry : departed.objects("interfaces")) {
            interfaces.add(
                    new Checkpoint.DepartedInterface(
                            new InterfaceId(entry.string("interface")),
                            instant(entry.integer("since"))));
        }
        List<Checkpoint.DepartedBlock> blocks = new ArrayList<>();
        for (JsonObject entry : departed.objects("blocks")) {
            blocks.add(
                    new Checkpoint.DepartedBlock(
                            Cidr.parse(entry.string("block")), instant(entry.integer("since"))));
        }
        return new Checkpoint.Departed(blocks, interfaces);
    }

    private static List<Checkpoint.Intent> intents(JsonObject ours) throws JsonException {
        List<Checkpoint.Intent> intents = new ArrayList<>();
        for (JsonObject entry : ours.objects("intents")) {
            intents.add(intent(entry, instant(entry.integer("since"))));
        }
        return intents;
    }

    private static Checkpoint.Intent intent(JsonObject entry, Instant since) throws JsonException {
        String action = entry.string("action");
        return switch (action) {
            case "create" -> create(entry, since);
            case "remove" -> new Checkpoint.Intent.Remove(interfaceId(entry), since);
            case "release" ->
                    new Checkpoint.Intent.Release(
                            interfaceId(entry), blocks(entry, "blocks"), since);
            case "assign" ->
                    new Checkpoint.Intent.Assign(
                            interfaceId(entry),
                            BlockKind.valueOf(entry.string("kind")),
                            number(entry, "count"),
                            since);
            default -> throw new JsonException("an intent's action is \"" + action + "\"");
        };
    }

    private static Checkpoint.Intent.Create create(JsonObject entry, Instant since)
            throws JsonException {
        String id = entry.stringOrNull("interface");
        return new Checkpoint.Intent.Create(
                entry.string("token"),
                new InterfaceTemplate(
                        new SubnetId(entry.string("subnet")),
                        entry.strings("securityGroups").stream().map(SecurityGroupId::new).toList(),
                        number(entry, "card"),
                        IpFamily.valueOf(entry.string("family"))),
                number(entry, "device"),
                BlockKind.valueOf(entry.string("kind")),
                number(entry, "count"),
                instant(entry.integer("created")),
                id == null ? null : new InterfaceId(id),
                since);
    }

    private static InterfaceId interfaceId(JsonObject entry) throws JsonException {
        return new InterfaceId(entry.string("interface"));
    }

    private static int number(JsonObject entry, String member, int otherwise) throws JsonException {
        return Math.toIntExact(entry.integer(member, otherwise));
    }

    private static int number(JsonObject entry, String member) throws JsonException {
        return Math.toIntExact(entry.integer(member));
    }

    private static List<Cidr> blocks(JsonObject entry, String member) throws JsonException {
        List<Cidr> blocks = new ArrayList<>();
        for (String block : entry.strings(member)) {
            blocks.add(Cidr.parse(block));
        }
        return blocks;
    }

    private static List<Checkpoint.Interface> interfaces(JsonObject ours) throws JsonException {
        List<Checkpoint.Interface> interfaces = new ArrayList<>();
        for (JsonObject entry : ours.objects("interfaces")) {
            interfaces.add(
                    new Checkpoint.Interface(
                            facts(entry),
                            blocks(entry, "blocks"),
                            blocks(entry, "doubted"),
                            entry.truth("suspended", false),
                            instant(entry.integer("since"))));
        }
        return interfaces;
    }

    private static InterfaceFacts facts(JsonObject entry) throws JsonException {
        return new InterfaceFacts(
                new InterfaceId(entry.string("id")),
                MacAddress.parse(entry.string("mac")),
                new SubnetId(entry.string("subnet")),
                Cidr.parse(entry.string("subnetCidr")),
                number(entry, "card"),
                number(entry, "device"),
                attachment(entry.stringOrNull("attachment")),
                IpAddress.parse(entry.string("primary")),
                InterfaceRole.valueOf(entry.string("role")),
                entry.truth("usable", true));
    }

    private static @Nullable AttachmentId attachment(@Nullable String id) {
        return id == null ? null : new AttachmentId(id);
    }

    private static Instant instant(long nanos) {
        return Instant.ofEpochSecond(Math.floorDiv(nanos, NANOS), Math.floorMod(nanos, NANOS));
    }
}
