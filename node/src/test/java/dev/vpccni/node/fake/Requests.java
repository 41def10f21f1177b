package dev.vpccni.node.fake;

import dev.vpccni.cni.CniArgs;
import dev.vpccni.cni.CniCommand;
import dev.vpccni.cni.CniRequest;
import dev.vpccni.cni.CniResult;
import dev.vpccni.cni.CniVersion;
import dev.vpccni.cni.GcAttachment;
import dev.vpccni.cni.NetworkConfig;
import dev.vpccni.model.PodName;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Requests as a runtime makes them. */
public final class Requests {

    private Requests() {}

    /** Returns a request about pod {@code n}. */
    public static CniRequest of(CniCommand command, int n, @Nullable CniResult previous) {
        return request(command, n, config("aws-cni", false, previous, null));
    }

    /** Returns an ADD of a further interface of pod {@code n}. */
    public static CniRequest further(int n, String interfaceName) {
        CniRequest first = of(CniCommand.ADD, n, null);
        return new CniRequest(
                first.command(),
                first.containerId(),
                first.namespacePath(),
                interfaceName,
                first.args(),
                first.config());
    }

    /** Returns an ADD of a pod that asks for an address on each card. */
    public static CniRequest everyCard(int n) {
        return request(CniCommand.ADD, n, config("aws-cni", true, null, null));
    }

    /** Returns {@code request} as of a pod with that identifier. */
    public static CniRequest identified(CniRequest request, String uid) {
        CniArgs args = request.args();
        return new CniRequest(
                request.command(),
                request.containerId(),
                request.namespacePath(),
                request.interfaceName(),
                new CniArgs(args.pod(), args.infraContainerId(), uid),
                request.config());
    }

    /** Returns a GC of the network of that name; null for a list that is absent. */
    public static CniRequest gc(String network, @Nullable List<Integer> valid) {
        List<GcAttachment> attachments =
                valid == null
                        ? null
                        : valid.stream()
                                .map(n -> new GcAttachment(Nouns.key(n).containerId(), "eth0"))
                                .toList();
        return new CniRequest(
                CniCommand.GC,
                "",
                "",
                "",
                new CniArgs(new PodName("", ""), "", ""),
                config(network, false, null, attachments));
    }

    private static CniRequest request(CniCommand command, int n, NetworkConfig config) {
        String container = Nouns.key(n).containerId();
        return new CniRequest(
                command,
                container,
                "/run/netns/" + n,
                "eth0",
                new CniArgs(Nouns.pod(n), container, ""),
                config);
    }

    private static NetworkConfig config(
            String network,
            boolean everyCard,
            @Nullable CniResult previous,
            @Nullable List<GcAttachment> valid) {
        return new NetworkConfig(
                CniVersion.V1_1_0,
                network,
                "eni",
                9001,
                NetworkConfig.EnforcingMode.STRICT,
                everyCard,
                previous,
                valid);
    }
}
