package dev.vpccni.rpc;

import dev.vpccni.model.AttachmentKey;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.Ipv6Address;
import dev.vpccni.model.Ipv6Cidr;
import dev.vpccni.model.PodName;
import dev.vpccni.node.pod.AddressService;
import dev.vpccni.node.pod.BranchService;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
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

    /** A pod's own interface is none of the node's. */
    private static final int NO_DEVICE = -1;

    private final NodeFacts facts;
    private final AddressService addresses;
    private final BranchService branches;
    private final Supplier<List<Cidr>> vpcCidrs;
    private final Duration patience;
    private final RpcLimits limits;
    private final Connections connections;
    private final RpcListener listener;
    private final KeyTurns turns = new KeyTurns();
    private final Set<AddCall> adding = ConcurrentHashMap.newKeySet();

    CniBackend(
            NodeFacts facts,
            AddressService addresses,
            BranchService branches,
            Supplier<List<Cidr>> vpcCidrs,
            Duration patience,
            RpcLimits limits,
            Connections connections,
            RpcListener listener) {
        this.facts = facts;
        this.addresses = addresses;
        this.branches = branches;
        this.vpcCidrs = vpcCidrs;
        this.patience = patience;
        this.limits = limits;
        this.connections = connections;
        this.listener = listener;
    }

    /**
     * A pod that gets no address is a reply without success, not an error. Whoever waits has a
     * virtual thread, which takes no thread from others.
     */
    @Override
    public void addNetwork(AddNetworkRequest request, StreamObserver<AddNetworkReply> answer) {
        listener.addRequested();
        if (isOtherVersion(request.getClientVersion(), answer)) {
            return;
        }
        var pod = new PodName(request.getK8SPODNAMESPACE(), request.getK8SPODNAME());
        AttachmentKey key;
        try {
            key = keyOf(request);
        } catch (IllegalArgumentException e) {
            listener.failed("AddNetwork", pod.toString(), e);
            answer.onNext(AddNetworkReply.getDefaultInstance());
            answer.onCompleted();
            return;
        }
        if (adding.size() >= limits.adds()) {
            String reason = limits.adds() + " pods wait for addresses already";
            listener.refused(reason);
            answer.onError(
                    Status.RESOURCE_EXHAUSTED
                            .withDescription(reason + "; try again")
                            .asRuntimeException());
            return;
        }
        var call =
                new AddCall(
                        key,
                        pod,
                        request.getRequiresMultiNICAttachment(),
                        (ServerCallStreamObserver<AddNetworkReply>) answer,
                        addresses,
                        branches,
                        listener);
        adding.add(call);
        Duration wait = connections.hasRoomToWait() ? patience : Duration.ZERO;
        Thread.ofVirtual().name("grpc AddNetwork").start(() -> add(call, wait));
    }

    private void add(AddCall call, Duration wait) {
        try {
            if (turns.begin(call.key(), call::isUnwanted)) {
                try {
                    call.carryOut(wait, limits.delivering(), this::reply, this::reply);
                } finally {
                    turns.end(call.key());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            call.fail(e);
        } finally {
            call.end();
            adding.remove(call);
        }
    }

    /** Ends whatever waits for the same attachment first, for that is over. */
    @Override
    public void delNetwork(DelNetworkRequest request, StreamObserver<DelNetworkReply> answer) {
        listener.delRequested(request.getReason());
        if (isOtherVersion(request.getClientVersion(), answer)) {
            return;
        }
        Thread.ofVirtual().name("grpc DelNetwork").start(() -> del(request, answer));
    }

    private void del(DelNetworkRequest request, StreamObserver<DelNetworkReply> answer) {
        var pod = new PodName(request.getK8SPODNAMESPACE(), request.getK8SPODNAME());
        List<AddressService.Lease> leases;
        try {
            leases = release(keyOf(request));
        } catch (IOException e) {
            listener.failed("DelNetwork", pod.toString(), e);
            answer.onError(unknown(String.valueOf(e.getMessage()), e));
            return;
        } catch (RuntimeException e) {
            listener.failed("DelNetwork", pod.toString(), e);
            answer.onError(unknown("a fault of the daemon: " + e, e));
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        var reply = DelNetworkReply.newBuilder().setSuccess(true);
        if (leases.isEmpty()) {
            BranchService.Lease own = branches.of(pod, request.getK8SPODUID());
            if (own == null) {
                answer.onError(unknown(UNKNOWN_POD, null));
                return;
            }
            reply.addIPAllocationMetadata(metadata(own)).setPodVlanId(own.vlan());
        }
        answer.onNext(
                reply.addAllIPAllocationMetadata(metadata(leases))
                        .setNetworkPolicyMode(facts.networkPolicyMode())
                        .build());
        answer.onCompleted();
    }

    private List<AddressService.Lease> release(AttachmentKey key)
            throws IOException, InterruptedException {
        for (AddCall call : adding) {
            if (call.key().equals(key)) {
                call.dismiss();
            }
        }
        boolean _ = turns.begin(key, () -> false);
        try {
            return addresses.release(key);
        } finally {
            turns.end(key);
        }
    }

    private AddNetworkReply reply(List<AddressService.Lease> leases) {
        return reply(AddNetworkReply.newBuilder().addAllIPAllocationMetadata(metadata(leases)));
    }

    private AddNetworkReply reply(BranchService.Lease own) {
        return reply(
                AddNetworkReply.newBuilder()
                        .addIPAllocationMetadata(metadata(own))
                        .setPodVlanId(own.vlan())
                        .setPodENIMAC(own.mac().toString())
                        .setPodENISubnetGW(own.gateway().toString())
                        .setParentIfIndex(own.parent()));
    }

    private AddNetworkReply reply(AddNetworkReply.Builder given) {
        var reply =
                given.setSuccess(true)
                        .setUseExternalSNAT(facts.externalSnat())
                        .setNetworkPolicyMode(facts.networkPolicyMode());
        for (Cidr block : vpcCidrs.get()) {
            switch (block) {
                case Ipv4Cidr four -> reply.addVPCv4CIDRs(four.toString());
                case Ipv6Cidr six -> reply.addVPCv6CIDRs(six.toString());
            }
        }
        if (!facts.externalSnat()) {
            facts.snatExclusions().forEach(cidr -> reply.addVPCv4CIDRs(cidr.toString()));
        }
        return reply.build();
    }

    private AttachmentKey keyOf(AddNetworkRequest request) {
        if (request.getRequiresMultiNICAttachment() && !facts.everyCard()) {
            throw new IllegalArgumentException(
                    "the pod asks for an address on each network card, and ENABLE_MULTI_NIC is not"
                            + " true");
        }
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

    /** One for each network card, in the order of the cards, which is that of the pod's links. */
    private static List<IPAllocationMetadata> metadata(List<AddressService.Lease> leases) {
        return leases.stream().map(CniBackend::metadata).toList();
    }

    private static IPAllocationMetadata metadata(AddressService.Lease lease) {
        return metadata(lease.address(), lease.device(), lease.table());
    }

    private static IPAllocationMetadata metadata(BranchService.Lease own) {
        return metadata(own.address(), NO_DEVICE, 0);
    }

    private static IPAllocationMetadata metadata(IpAddress address, int device, int table) {
        var metadata =
                IPAllocationMetadata.newBuilder().setDeviceNumber(device).setRouteTableId(table);
        switch (address) {
            case Ipv4Address four -> metadata.setIPv4Addr(four.toString());
            case Ipv6Address six -> metadata.setIPv6Addr(six.toString());
        }
        return metadata.build();
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
}
