package dev.vpccni.rpc;

import com.google.protobuf.Empty;
import io.grpc.stub.StreamObserver;
import rpc.ConfigServerBackendGrpc;
import rpc.NetworkPolicyAgentConfigReply;

/** {@code rpc.ConfigServerBackend}: tells the network policy agent about the node. */
final class ConfigBackend extends ConfigServerBackendGrpc.ConfigServerBackendImplBase {

    private final NetworkPolicyAgentConfigReply reply;

    ConfigBackend(NodeFacts facts) {
        reply =
                NetworkPolicyAgentConfigReply.newBuilder()
                        .setNetworkPolicyMode(facts.networkPolicyMode())
                        .setMultiNICEnabled(facts.everyCard())
                        .setNodeIPv4(facts.address().toString())
                        .setInstanceID(facts.instance().value())
                        .setRegion(facts.region())
                        .build();
    }

    @Override
    public void getNetworkPolicyConfigs(
            Empty request, StreamObserver<NetworkPolicyAgentConfigReply> answer) {
        answer.onNext(reply);
        answer.onCompleted();
    }
}
