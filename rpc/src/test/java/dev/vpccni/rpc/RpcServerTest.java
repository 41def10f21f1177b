package dev.vpccni.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Empty;
import dev.vpccni.model.PodName;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.okhttp.OkHttpChannelBuilder;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rpc.AddNetworkReply;
import rpc.AddNetworkRequest;
import rpc.CNIBackendGrpc;
import rpc.CNIBackendGrpc.CNIBackendBlockingStub;
import rpc.ConfigServerBackendGrpc;
import rpc.DelNetworkReply;
import rpc.DelNetworkRequest;

final class RpcServerTest {

    private static final Duration PATIENCE = Duration.ofSeconds(3);

    @TempDir Path folder;

    private final List<AutoCloseable> closing = new ArrayList<>();
    private final List<String> heard = Collections.synchronizedList(new ArrayList<>());

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : closing.reversed()) {
            each.close();
        }
    }

    @Test
    void givesAnAddressAndTheSameOneAgain() throws IOException {
        var addresses = new ScriptedAddresses("10.0.0.9", "10.0.0.10");
        CNIBackendBlockingStub client = client(start(addresses, facts("", false)));

        AddNetworkReply first = client.addNetwork(add("c1").build());

        assertThat(first.getSuccess()).isTrue();
        assertThat(first.getIPAllocationMetadataList())
                .singleElement()
                .satisfies(given -> {
                    assertThat(given.getIPv4Addr()).isEqualTo("10.0.0.9");
                    assertThat(given.getDeviceNumber()).isEqualTo(1);
                    assertThat(given.getRouteTableId()).isEqualTo(2);
                });
        assertThat(first.getVPCv4CIDRsList())
                .containsExactly("10.0.0.0/16", "10.1.0.0/16", "192.0.2.0/24");
        assertThat(first.getNetworkPolicyMode()).isEqualTo("Strict");
        assertThat(first.getUseExternalSNAT()).isFalse();
        assertThat(client.addNetwork(add("c1").build())).isEqualTo(first);
        assertThat(addresses.lastPod()).isEqualTo(new PodName("team", "web"));
        assertThat(addresses.lastPatience()).isEqualTo(PATIENCE);
    }

    @Test
    void givesIpv6AddressesInTheirOwnFields() throws IOException {
        var addresses = new ScriptedAddresses("2001:db8:0:1:1::");
        var channel = channel(start(addresses, TestNode.ipv6Facts()));
        CNIBackendBlockingStub client = RpcTestServer.stub(channel);

        AddNetworkReply reply = client.addNetwork(add("c1").build());

        assertThat(reply.getIPAllocationMetadataList())
                .singleElement()
                .satisfies(given -> {
                    assertThat(given.getIPv6Addr()).isEqualTo("2001:db8:0:1:1::");
                    assertThat(given.getIPv4Addr()).isEmpty();
                });
        assertThat(reply.getVPCv6CIDRsList()).containsExactly("2001:db8::/56");
        assertThat(reply.getVPCv4CIDRsList()).isEmpty();
        DelNetworkReply gone = client.delNetwork(del("c1").build());
        assertThat(gone.getIPAllocationMetadata(0).getIPv6Addr()).isEqualTo("2001:db8:0:1:1::");
        var node =
                ConfigServerBackendGrpc.newBlockingStub(channel)
                        .getNetworkPolicyConfigs(Empty.getDefaultInstance());
        assertThat(node.getNodeIPv6()).isEqualTo("2001:db8::5");
        assertThat(node.getNodeIPv4()).isEmpty();
    }

    @Test
    void leavesExclusionsOutWhereOthersTranslate() throws IOException {
        var client = client(start(new ScriptedAddresses("10.0.0.9"), facts("", true)));
        AddNetworkReply reply = client.addNetwork(add("c1").build());
        assertThat(reply.getUseExternalSNAT()).isTrue();
        assertThat(reply.getVPCv4CIDRsList()).containsExactly("10.0.0.0/16", "10.1.0.0/16");
    }

    @Test
    void saysThatThereIsNoAddressByAnEmptyReply() throws IOException {
        var client = client(start(new ScriptedAddresses(), facts("", false)));
        AddNetworkReply reply = client.addNetwork(add("c1").build());
        assertThat(reply).isEqualTo(AddNetworkReply.getDefaultInstance());
        assertThat(heard).containsExactly("add", "AddNetwork team/web: all addresses are in use");
    }

    @Test
    void givesNothingWithoutAKeyOrForSeveralCards() throws IOException {
        var client = client(start(new ScriptedAddresses("10.0.0.9"), facts("", false)));
        for (AddNetworkRequest bad :
                List.of(
                        add("").build(),
                        add("c1").setIfName("").build(),
                        add("c1").setNetworkName("").build(),
                        add("c1").setRequiresMultiNICAttachment(true).build())) {
            assertThat(client.addNetwork(bad).getSuccess()).isFalse();
        }
        assertThat(client.addNetwork(add("c1").build()).getSuccess()).isTrue();
    }

    /** The plugin takes the first one for eth0, and the others for mNicIf1 and so on. */
    @Test
    void givesAndTakesBackAnAddressOfEachCard() throws IOException {
        var client =
                client(
                        start(
                                new ScriptedAddresses("10.0.0.9", "10.0.1.9"),
                                TestNode.facts("", false, true)));

        AddNetworkReply added =
                client.addNetwork(add("c1").setRequiresMultiNICAttachment(true).build());
        DelNetworkReply deleted = client.delNetwork(del("c1").build());

        assertThat(added.getSuccess()).isTrue();
        assertThat(added.getIPAllocationMetadataList())
                .extracting(one -> one.getIPv4Addr() + " " + one.getRouteTableId())
                .containsExactly("10.0.0.9 2", "10.0.1.9 10101");
        assertThat(deleted.getIPAllocationMetadataList())
                .isEqualTo(added.getIPAllocationMetadataList());
        assertThat(status(() -> client.delNetwork(del("c1").build())).getDescription())
                .contains("datastore: unknown pod");
    }

    @Test
    void saysThatPodsMayAskForEachCard() throws IOException {
        var channel = channel(start(new ScriptedAddresses(), TestNode.facts("", false, true)));
        assertThat(
                        ConfigServerBackendGrpc.newBlockingStub(channel)
                                .getNetworkPolicyConfigs(Empty.getDefaultInstance())
                                .getMultiNICEnabled())
                .isTrue();
    }

    @Test
    void takesAnAddressBackOnce() throws IOException {
        var client = client(start(new ScriptedAddresses("10.0.0.9"), facts("", false)));
        client.addNetwork(add("c1").build());

        DelNetworkReply reply = client.delNetwork(del("c1").build());

        assertThat(reply.getSuccess()).isTrue();
        assertThat(reply.getIPAllocationMetadata(0).getIPv4Addr()).isEqualTo("10.0.0.9");
        assertThat(reply.getIPAllocationMetadata(0).getDeviceNumber()).isEqualTo(1);
        assertThat(reply.getIPAllocationMetadata(0).getRouteTableId()).isEqualTo(2);
        assertThat(reply.getNetworkPolicyMode()).isEqualTo("Strict");
        Status again = status(() -> client.delNetwork(del("c1").build()));
        assertThat(again.getCode()).isEqualTo(Status.Code.UNKNOWN);
        assertThat(again.getDescription())
                .isEqualTo("1 error occurred:\n\t* datastore: unknown pod\n\n");
        assertThat(heard).containsExactly("add", "del PodDeleted", "del PodDeleted");
    }

    @Test
    void tellsABrokenDiskFromAnUnknownPod() throws IOException {
        var addresses = new ScriptedAddresses("10.0.0.9");
        var client = client(start(addresses, facts("", false)));
        client.addNetwork(add("c1").build());
        addresses.breakDisk();
        Status status = status(() -> client.delNetwork(del("c1").build()));
        assertThat(status.getDescription()).contains("no space left").doesNotContain("unknown pod");
        assertThat(client.addNetwork(add("c2").build()).getSuccess()).isFalse();
    }

    @Test
    void acceptsClientsOfItsVersionOrOfNone() throws IOException {
        var client = client(start(new ScriptedAddresses("10.0.0.9"), facts("v1.23.1", false)));
        assertThat(client.addNetwork(add("c1").build()).getSuccess()).isTrue();
        assertThat(client.addNetwork(add("c1").setClientVersion("v1.23.1").build()).getSuccess())
                .isTrue();
        for (Status refused :
                List.of(
                        status(() -> client.addNetwork(add("c1").setClientVersion("v9").build())),
                        status(() ->
                                client.delNetwork(del("c1").setClientVersion("v9").build())))) {
            assertThat(refused.getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
            assertThat(refused.getDescription())
                    .isEqualTo("wrong client version \"v9\" (!= \"v1.23.1\")");
        }
    }

    @Test
    void tellsTheNetworkPolicyAgentAboutTheNode() throws IOException {
        var channel = channel(start(new ScriptedAddresses(), facts("", false)));
        var reply =
                ConfigServerBackendGrpc.newBlockingStub(channel)
                        .getNetworkPolicyConfigs(Empty.getDefaultInstance());
        assertThat(reply.getNetworkPolicyMode()).isEqualTo("Strict");
        assertThat(reply.getNodeIPv4()).isEqualTo("10.0.0.5");
        assertThat(reply.getNodeIPv6()).isEmpty();
        assertThat(reply.getInstanceID()).isEqualTo("i-1");
        assertThat(reply.getRegion()).isEqualTo("us-west-2");
        assertThat(reply.getMultiNICEnabled()).isFalse();
    }

    @Test
    void isHealthyByBothNames() throws IOException {
        var health =
                HealthGrpc.newBlockingStub(
                        channel(start(new ScriptedAddresses(), facts("", false))));
        for (String name : List.of("", "grpc.health.v1.aws-node")) {
            var request = HealthCheckRequest.newBuilder().setService(name).build();
            assertThat(health.check(request).getStatus()).isEqualTo(ServingStatus.SERVING);
        }
        var other = HealthCheckRequest.newBuilder().setService("other").build();
        assertThat(status(() -> health.check(other)).getCode()).isEqualTo(Status.Code.NOT_FOUND);
    }

    @Test
    void listsItsServices() throws Exception {
        var channel = channel(start(new ScriptedAddresses(), facts("", false)));
        BlockingQueue<ServerReflectionResponse> answers = new ArrayBlockingQueue<>(1);
        var questions =
                ServerReflectionGrpc.newStub(channel)
                        .serverReflectionInfo(
                                new StreamObserver<ServerReflectionResponse>() {
                                    @Override
                                    public void onNext(ServerReflectionResponse value) {
                                        answers.add(value);
                                    }

                                    @Override
                                    public void onError(Throwable t) {}

                                    @Override
                                    public void onCompleted() {}
                                });
        questions.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());
        ServerReflectionResponse answer = answers.poll(10, TimeUnit.SECONDS);
        questions.onCompleted();
        assertThat(answer).isNotNull();
        assertThat(answer.getListServicesResponse().getServiceList())
                .extracting(ServiceResponse::getName)
                .contains("rpc.CNIBackend", "rpc.ConfigServerBackend", "grpc.health.v1.Health");
    }

    @Test
    void replacesWhatIsLeftAtThePath() throws IOException {
        Path socket = folder.resolve("aws-node/ipamd.sock");
        var first = TestNode.start(socket, new ScriptedAddresses());
        first.close();
        assertThat(socket).exists();
        assertThatThrownBy(() -> SocketChannel.open(UnixDomainSocketAddress.of(socket)))
                .isInstanceOf(IOException.class);

        closing.add(TestNode.start(socket, new ScriptedAddresses("10.0.0.9")));

        assertThat(client(socket).addNetwork(add("c1").build()).getSuccess()).isTrue();
        assertThat(Files.getPosixFilePermissions(socket))
                .isEqualTo(PosixFilePermissions.fromString("rw-rw----"));
        assertThat(Files.getPosixFilePermissions(folder.resolve("aws-node")))
                .isEqualTo(PosixFilePermissions.fromString("rwxr-xr-x"));
        try (var files = Files.list(folder.resolve("aws-node"))) {
            assertThat(files).containsExactly(socket);
        }
    }

    private Path start(ScriptedAddresses addresses, NodeFacts facts) throws IOException {
        Path socket = folder.resolve("ipamd.sock");
        closing.add(TestNode.start(socket, facts, addresses, PATIENCE, heard));
        return socket;
    }

    private ManagedChannel channel(Path socket) {
        ManagedChannel channel =
                OkHttpChannelBuilder.forAddress("localhost", 1)
                        .usePlaintext()
                        .socketFactory(new UnixClientSocketFactory(socket))
                        .build();
        closing.add(channel::shutdownNow);
        return channel;
    }

    private CNIBackendBlockingStub client(Path socket) {
        return CNIBackendGrpc.newBlockingStub(channel(socket))
                .withDeadlineAfter(20, TimeUnit.SECONDS);
    }

    private static NodeFacts facts(String version, boolean externalSnat) {
        return TestNode.facts(version, externalSnat);
    }

    private static AddNetworkRequest.Builder add(String container) {
        return AddNetworkRequest.newBuilder()
                .setK8SPODNAME("web")
                .setK8SPODNAMESPACE("team")
                .setK8SPODINFRACONTAINERID(container)
                .setNetns("/var/run/netns/x")
                .setIfName("eth0")
                .setNetworkName("aws-cni")
                .setContainerID(container);
    }

    private static DelNetworkRequest.Builder del(String container) {
        return DelNetworkRequest.newBuilder()
                .setK8SPODNAME("web")
                .setK8SPODNAMESPACE("team")
                .setReason("PodDeleted")
                .setIfName("eth0")
                .setNetworkName("aws-cni")
                .setContainerID(container);
    }

    private static Status status(Runnable call) {
        return catchThrowableOfType(StatusRuntimeException.class, call::run).getStatus();
    }
}
