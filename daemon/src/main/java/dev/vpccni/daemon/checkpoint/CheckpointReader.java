package dev.vpccni.daemon.checkpoint;

import dev.vpccni.ipam.ledger.Checkpoint;
import dev.vpccni.ipam.ledger.InterfaceRole;
import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import dev.vpccni.model.AttachmentId;
import dev.vpccni.model.AttachmentKey;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.MacAddress;
import dev.vpccni.model.PodName;
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
     * Reads a checkpoint.
     *
     * @throws JsonException if it is not of upstream's format and version, or our part of it is not
     *     what we write
     */
    static Checkpoint read(byte[] text) throws JsonException {
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
            // A later format of our part is not understood, and not needed either.
            return ours == null || ours.integer("format") != CheckpointWriter.FORMAT
                    ? new Checkpoint(grants, List.of(), List.of(), List.of())
                    : new Checkpoint(grants, cooling(ours), intents(ours), interfaces(ours));
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
                Ipv4Address.parse(entry.string("ipv4")),
                new AttachmentKey(
                        entry.string("networkName"),
                        entry.string("containerID"),
                        entry.string("ifName")),
                pod,
                instant(entry.integer("allocationTimestamp", 0)));
    }

    private static List<Checkpoint.Cooling> cooling(JsonObject ours) throws JsonException {
        List<Checkpoint.Cooling> cooling = new ArrayList<>();
        for (JsonObject entry : ours.objects("cooling")) {
            cooling.add(
                    new Checkpoint.Cooling(
                            Ipv4Address.parse(entry.string("ipv4")),
                            instant(entry.integer("since"))));
        }
        return cooling;
    }

    private static List<Checkpoint.Intent> intents(JsonObject ours) throws JsonException {
        List<Checkpoint.Intent> intents = new ArrayList<>();
        for (JsonObject entry : ours.objects("intents")) {
            Instant since = instant(entry.integer("since"));
            String id = entry.stringOrNull("interface");
            String token = entry.stringOrNull("token");
            if (token == null) {
                intents.add(
                        new Checkpoint.Intent.Remove(
                                new InterfaceId(entry.string("interface")), since));
            } else {
                intents.add(
                        new Checkpoint.Intent.Create(
                                token,
                                Math.toIntExact(entry.integer("device")),
                                Math.toIntExact(entry.integer("addresses")),
                                id == null ? null : new InterfaceId(id),
                                since));
            }
        }
        return intents;
    }

    private static List<Checkpoint.Interface> interfaces(JsonObject ours) throws JsonException {
        List<Checkpoint.Interface> interfaces = new ArrayList<>();
        for (JsonObject entry : ours.objects("interfaces")) {
            List<Ipv4Address> addresses = new ArrayList<>();
            for (String address : entry.strings("addresses")) {
                addresses.add(Ipv4Address.parse(address));
            }
            interfaces.add(
                    new Checkpoint.Interface(
                            new InterfaceId(entry.string("id")),
                            MacAddress.parse(entry.string("mac")),
                            new SubnetId(entry.string("subnet")),
                            Ipv4Cidr.parse(entry.string("subnetCidr")),
                            Math.toIntExact(entry.integer("device")),
                            attachment(entry.stringOrNull("attachment")),
                            Ipv4Address.parse(entry.string("primary")),
                            addresses,
                            InterfaceRole.valueOf(entry.string("role")),
                            instant(entry.integer("since"))));
        }
        return interfaces;
    }

    private static @Nullable AttachmentId attachment(@Nullable String id) {
        return id == null ? null : new AttachmentId(id);
    }

    private static Instant instant(long nanos) {
        return Instant.ofEpochSecond(Math.floorDiv(nanos, NANOS), Math.floorMod(nanos, NANOS));
    }
}
