package dev.vpccni.daemon;

import dev.vpccni.cni.CniException;
import dev.vpccni.cni.CniRequest;
import dev.vpccni.cni.PodAttachment;
import dev.vpccni.daemon.checkpoint.CheckpointWriter;
import dev.vpccni.daemon.checkpoint.WriteTime;
import dev.vpccni.daemon.plugin.ShimProtocol;
import dev.vpccni.ipam.ledger.Checkpoint;
import dev.vpccni.json.Json;
import dev.vpccni.json.JsonException;
import dev.vpccni.model.Ipv4Address;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Walks the part of an ADD that touches nothing, so that the first pod does not pay for loading
 * classes and compiling them.
 */
final class WarmUp {

    /** The first compiler takes over after 200 calls; beside the first pods this costs little. */
    private static final int ROUNDS = 250;

    private static final Map<String, String> ENVIRONMENT =
            Map.of(
                    "CNI_COMMAND", "ADD",
                    "CNI_CONTAINERID", "c0ffee",
                    "CNI_NETNS", "/run/netns/none",
                    "CNI_IFNAME", "eth0",
                    "CNI_PATH", "/opt/cni/bin",
                    "CNI_ARGS", "IgnoreUnknown=1;K8S_POD_NAMESPACE=none;K8S_POD_NAME=none");

    private WarmUp() {}

    static void run() {
        var writer = new CheckpointWriter();
        int length = 0;
        try {
            for (int i = 0; i < ROUNDS; i++) {
                var input = Json.parse(Conflist.DEFAULT.pluginInput());
                CniRequest request = CniRequest.parse(ENVIRONMENT, input);
                var address = new Ipv4Address(i);
                var result =
                        new PodAttachment(
                                        request.namespacePath(),
                                        List.of(
                                                new PodAttachment.Link(
                                                        "eni01234567890",
                                                        request.interfaceName(),
                                                        address,
                                                        2)),
                                        1,
                                        0)
                                .toResult();
                String output = Json.indented(result.toTree(request.config().version()), 4);
                length += ShimProtocol.reply(0, output.getBytes(StandardCharsets.UTF_8)).length;
                length +=
                        writer.write(
                                        Checkpoint.ofGrants(
                                                List.of(
                                                        new Checkpoint.Grant(
                                                                address,
                                                                request.key(),
                                                                request.args().pod(),
                                                                Instant.EPOCH))),
                                        new WriteTime("", 0, Instant.EPOCH))
                                .length;
            }
        } catch (JsonException | CniException e) {
            throw new IllegalStateException("our own configuration is refused", e);
        }
        if (length == 0) {
            throw new IllegalStateException("nothing was written");
        }
    }
}
