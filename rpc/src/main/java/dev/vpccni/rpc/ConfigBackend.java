package dev.vpccni.rpc;

import com.google.protobuf.Empty;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv6Address;
import io.grpc.stub.StreamObserver;
import rpc.ConfigServerBackendGrpc;
import rpc.NetworkPolicyAgentConfigReply;

/** {@code rpc.ConfigServerBackend}: tells the network policy agent about the node. */
final class ConfigBackend extends ConfigServerBackendGrpc.ConfigServerBackendImplBase {

    private final NetworkPolicyAgentConfigReply reply;

    ConfigBackend(NodeFacts facts) {
        var known =
                NetworkPolicyAgentConfigReply.newBuilder()
                        .setNetworkPolicyMode(facts.networkPolicyMode())
                        .setMultiNICEnabled(facts.everyCard())
                        .setInstanceID(facts.instance().value())
                        .setRegion(facts.region());
        switch (facts.address()) {
            case Ipv4Address four -> known.setNodeIPv4(four.toString());
            case Ipv6Address six -> known.setNodeIPv6(six.toString());
            case null -> {
                // It has none of the family that counts.
            }
        }
        reply = known.build();
    }

    @Override
    public void getNetworkPolicyConfigs(
            Empty request, StreamObserver<NetworkPolicyAgentConfigReply> answer) {
        answer.onNext(reply);
        answer.onCompleted();
    }
}
