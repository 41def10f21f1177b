package dev.vpccni.rpc;

import dev.vpccni.model.AttachmentKey;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.PodName;
import dev.vpccni.node.AddressService;
import dev.vpccni.node.NoAddressException;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import rpc.AddNetworkReply;
import rpc.AddNetworkRequest;
import rpc.CNIBackendGrpc;
import rpc.DelNetworkReply;
import rpc.DelNetworkRequest;
import rpc.IPAllocationMetadata;

/**
 * {@code rpc.CNIBackend}: addresses for upstream's plugin. Replies, statuses and texts are those
 * that the plugin matches on (amazon-vpc-cni-k8s v1.23.1, {@code rpc_handler.go} and {@code
 * cni.go}).
 */
final class CniBackend extends CNIBackendGrpc.CNIBackendImplBase {

    /** The plugin searches an error for this and takes it for success. */
    private static final String UNKNOWN_POD = "datastore: unknown pod";

    private final NodeFacts facts;
    private final AddressService addresses;
    private final Supplier<List<Ipv4Cidr>> vpcCidrs;
    private final Duration patience;
    private final RpcListener listener;

    CniBackend(
            NodeFacts facts,
            AddressService addresses,
            Supplier<List<Ipv4Cidr>> vpcCidrs,
            Duration patience,
            RpcListener listener) {
        this.facts = facts;
        this.addresses = addresses;
        this.vpcCidrs = vpcCidrs;
        this.patience = patience;
        this.listener = listener;
    }

    /** A pod that gets no address is a reply without success, not an error. */
    @Override
    public void addNetwork(AddNetworkRequest request, StreamObserver<AddNetworkReply> answer) {
        listener.addRequested();
        if (isOtherVersion(request.getClientVersion(), answer)) {
            return;
        }
        String pod = request.getK8SPODNAMESPACE() + "/" + request.getK8SPODNAME();
        AddNetworkReply reply;
        try {
            reply = granted(request);
        } catch (NoAddressException | IOException | IllegalArgumentException e) {
            listener.failed("AddNetwork", pod, e);
            reply = AddNetworkReply.getDefaultInstance();
        } catch (InterruptedException e) {
            interrupted(answer, e);
            return;
        }
        answer.onNext(reply);
        answer.onCompleted();
    }

    @Override
    public void delNetwork(DelNetworkRequest request, StreamObserver<DelNetworkReply> answer) {
        listener.delRequested(request.getReason());
        if (isOtherVersion(request.getClientVersion(), answer)) {
            return;
        }
        String pod = request.getK8SPODNAMESPACE() + "/" + request.getK8SPODNAME();
        AddressService.Lease lease;
        try {
            lease = addresses.release(keyOf(request));
        } catch (IOException e) {
            listener.failed("DelNetwork", pod, e);
            answer.onError(unknown(String.valueOf(e.getMessage()), e));
            return;
        } catch (InterruptedException e) {
            interrupted(answer, e);
            return;
        }
        if (lease == null) {
            answer.onError(unknown(UNKNOWN_POD, null));
            return;
        }
        answer.onNext(
                DelNetworkReply.newBuilder()
                        .setSuccess(true)
                        .addIPAllocationMetadata(metadata(lease))
                        .setNetworkPolicyMode(facts.networkPolicyMode())
                        .build());
        answer.onCompleted();
    }

    private AddNetworkReply granted(AddNetworkRequest request)
            throws NoAddressException, IOException, InterruptedException {
        if (request.getRequiresMultiNICAttachment()) {
            throw new NoAddressException(
                    "the pod asks for several network cards, and multi-NIC is off", "");
        }
        AttachmentKey key = keyOf(request);
        var pod = new PodName(request.getK8SPODNAMESPACE(), request.getK8SPODNAME());
        AddressService.Lease lease = addresses.assign(key, pod, patience);
        var reply =
                AddNetworkReply.newBuilder()
                        .setSuccess(true)
                        .addIPAllocationMetadata(metadata(lease))
                        .setUseExternalSNAT(facts.externalSnat())
                        .setNetworkPolicyMode(facts.networkPolicyMode());
        vpcCidrs.get().forEach(cidr -> reply.addVPCv4CIDRs(cidr.toString()));
        if (!facts.externalSnat()) {
            facts.snatExclusions().forEach(cidr -> reply.addVPCv4CIDRs(cidr.toString()));
        }
        return reply.build();
    }

    private static AttachmentKey keyOf(AddNetworkRequest request) {
        String network = request.getNetworkName();
        String container = request.getContainerID();
        String link = request.getIfName();
        if (network.isEmpty() || container.isEmpty() || link.isEmpty()) {
            throw new IllegalArgumentException(
                    "a network's, a container's or an interface's name is missing");
        }
        return new AttachmentKey(network, container, link);
    }

    /** A key without a part was never granted anything, so it needs no check. */
    private static AttachmentKey keyOf(DelNetworkRequest request) {
        return new AttachmentKey(
                request.getNetworkName(), request.getContainerID(), request.getIfName());
    }

    private static IPAllocationMetadata metadata(AddressService.Lease lease) {
        return IPAllocationMetadata.newBuilder()
                .setIPv4Addr(lease.address().toString())
                .setDeviceNumber(lease.device())
                .setRouteTableId(lease.table())
                .build();
    }

    /**
     * Refuses a client of another version. Upstream's released binaries carry none, because its
     * Makefile names packages that do not exist, so an empty one is accepted.
     */
    private boolean isOtherVersion(String client, StreamObserver<?> answer) {
        if (client.isEmpty() || client.equals(facts.version())) {
            return false;
        }
        answer.onError(
                Status.FAILED_PRECONDITION
                        .withDescription(
                                "wrong client version \"%s\" (!= \"%s\")"
                                        .formatted(client, facts.version()))
                        .asRuntimeException());
        return true;
    }

    /** An error in the form of the Go library that upstream collects errors with. */
    private static RuntimeException unknown(String text, @Nullable Throwable cause) {
        return Status.UNKNOWN
                .withDescription("1 error occurred:\n\t* " + text + "\n\n")
                .withCause(cause)
                .asRuntimeException();
    }

    private static void interrupted(StreamObserver<?> answer, InterruptedException e) {
        Thread.currentThread().interrupt();
        answer.onError(
                Status.UNAVAILABLE
                        .withDescription("the daemon is shutting down")
                        .withCause(e)
                        .asRuntimeException());
    }
}
