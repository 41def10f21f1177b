package dev.vpccni.rpc;

import dev.vpccni.model.Cidr;
import dev.vpccni.model.InstanceId;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.Ipv6Address;
import dev.vpccni.node.pod.AddressService;
import dev.vpccni.node.pod.BranchService;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/** A node with two blocks in its VPC, for tests and for trying foreign clients by hand. */
final class TestNode {

    private static final List<Cidr> BLOCKS =
            List.of(Cidr.parse("10.0.0.0/16"), Cidr.parse("10.1.0.0/16"));

    private static final List<Cidr> BLOCKS_6 = List.of(Cidr.parse("2001:db8::/56"));

    private TestNode() {}

    /** Serves at the path given until the process is ended. */
    public static void main(String[] arguments) throws Exception {
        var addresses = new ScriptedAddresses("10.0.0.9", "10.0.0.10");
        RpcServer server = start(Path.of(arguments[0]), addresses);
        System.in.read();
        server.close();
    }

    static RpcServer start(Path socket, ScriptedAddresses addresses) throws IOException {
        return start(socket, facts("", false), addresses, Duration.ofSeconds(1), new ArrayList<>());
    }

    static RpcServer start(
            Path socket,
            NodeFacts facts,
            AddressService addresses,
            Duration patience,
            List<String> heard)
            throws IOException {
        List<Cidr> blocks = facts.address() instanceof Ipv6Address ? BLOCKS_6 : BLOCKS;
        return RpcServer.start(
                socket,
                facts,
                addresses,
                BranchService.NONE,
                () -> blocks,
                patience,
                listener(heard));
    }

    /** Starts a server with limits of a test's own. */
    static RpcServer start(
            Path socket,
            AddressService addresses,
            Duration patience,
            List<String> heard,
            RpcLimits limits,
            LongSupplier nanos)
            throws IOException {
        return RpcServer.start(
                socket,
                facts("", false),
                addresses,
                BranchService.NONE,
                () -> BLOCKS,
                patience,
                listener(heard),
                limits,
                nanos);
    }

    private static RpcListener listener(List<String> heard) {
        return new RpcListener() {
            @Override
            public void addRequested() {
                heard.add("add");
            }

            @Override
            public void delRequested(String reason) {
                heard.add("del " + reason);
            }

            @Override
            public void failed(String method, String pod, Exception cause) {
                heard.add(method + " " + pod + ": " + cause.getMessage());
            }

            @Override
            public void refused(String reason) {
                heard.add("refused: " + reason);
            }
        };
    }

    static NodeFacts facts(String version, boolean externalSnat) {
        return facts(version, externalSnat, false);
    }

    static NodeFacts facts(String version, boolean externalSnat, boolean everyCard) {
        List<Ipv4Cidr> exclusions = List.of(Ipv4Cidr.parse("192.0.2.0/24"));
        return facts(version, "10.0.0.5", externalSnat, everyCard, exclusions);
    }

    /** A node whose pods have IPv6 addresses. */
    static NodeFacts ipv6Facts() {
        return facts("", "2001:db8::5", false, false, List.of());
    }

    private static NodeFacts facts(
            String version,
            String address,
            boolean externalSnat,
            boolean everyCard,
            List<Ipv4Cidr> exclusions) {
        return new NodeFacts(
                version,
                "Strict",
                everyCard,
                IpAddress.parse(address),
                new InstanceId("i-1"),
                "us-west-2",
                externalSnat,
                exclusions);
    }
}
