package dev.vpccni.rpc;

import dev.vpccni.model.InstanceId;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv4Cidr;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A node with two blocks in its VPC, for tests and for trying foreign clients by hand. */
final class TestNode {

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
            ScriptedAddresses addresses,
            Duration patience,
            List<String> heard)
            throws IOException {
        var listener =
                new RpcListener() {
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
                };
        List<Ipv4Cidr> blocks =
                List.of(Ipv4Cidr.parse("10.0.0.0/16"), Ipv4Cidr.parse("10.1.0.0/16"));
        return RpcServer.start(socket, facts, addresses, () -> blocks, patience, listener);
    }

    static NodeFacts facts(String version, boolean externalSnat) {
        return new NodeFacts(
                version,
                "Strict",
                Ipv4Address.parse("10.0.0.5"),
                new InstanceId("i-1"),
                "us-west-2",
                externalSnat,
                List.of(Ipv4Cidr.parse("192.0.2.0/24")));
    }
}
