package dev.vpccni.rpc;

import dev.vpccni.model.AttachmentKey;
import dev.vpccni.model.PodName;
import dev.vpccni.node.pod.AddressService;
import dev.vpccni.node.pod.BranchService;
import dev.vpccni.node.pool.NoAddressException;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import rpc.AddNetworkReply;

/**
 * One request for an address, from its arrival until its client has the answer. If the client goes
 * away before that, it is as if there had been no request: the wait ends, and an address that was
 * granted is given back, unless the attachment had it before.
 */
final class AddCall {

    /** How often it is repeated that a wait is to end, for it may only just begin. */
    private static final Duration AGAIN = Duration.ofMillis(100);

    private static final String NO_ROOM =
            "no address is free, and as many pods wait for one as may; try again";

    private final AttachmentKey key;
    private final PodName pod;
    private final boolean everyCard;
    private final ServerCallStreamObserver<AddNetworkReply> answer;
    private final AddressService addresses;
    private final BranchService branches;
    private final RpcListener listener;
    private final CountDownLatch settled = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private boolean answered;
    private volatile boolean assigning;
    private volatile boolean unwanted;
    private volatile boolean cancelled;

    /**
     * @param everyCard whether it asks for an address on each network card
     * @param answer of the call, whose method has not returned yet
     */
    AddCall(
            AttachmentKey key,
            PodName pod,
            boolean everyCard,
            ServerCallStreamObserver<AddNetworkReply> answer,
            AddressService addresses,
            BranchService branches,
            RpcListener listener) {
        this.key = key;
        this.pod = pod;
        this.everyCard = everyCard;
        this.answer = answer;
        this.addresses = addresses;
        this.branches = branches;
        this.listener = listener;
        answer.setOnCloseHandler(settled::countDown);
        answer.setOnCancelHandler(() -> {
            cancelled = true;
            settled.countDown();
            dismiss();
        });
    }

    AttachmentKey key() {
        return key;
    }

    /** Tells whether nobody waits for an address any more. */
    boolean isUnwanted() {
        return unwanted;
    }

    /** Ends the wait for an address: its client has gone, or takes the attachment away. */
    void dismiss() {
        if (!unwanted) {
            unwanted = true;
            Thread.ofVirtual().name("grpc dismissal").start(this::abandon);
        }
    }

    private void abandon() {
        try {
            do {
                if (assigning) { // else it is another one that waits for the key
                    branches.dismiss(key);
                    addresses.dismiss(key);
                }
            } while (!ended.await(AGAIN.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Carries it out in the caller's thread, whose turn for the key it is. {@link #end} follows.
     *
     * @param patience how long to wait for an address; zero where there is no room to wait
     * @param deliveringMax how long the client may take over the answer
     * @param ownReply what to answer a pod with an interface of its own
     */
    void carryOut(
            Duration patience,
            Duration deliveringMax,
            Function<List<AddressService.Lease>, AddNetworkReply> reply,
            Function<BranchService.Lease, AddNetworkReply> ownReply)
            throws InterruptedException {
        if (unwanted) {
            return;
        }
        try {
            BranchService.Lease own = own(patience);
            if (own != null && !unwanted) {
                boolean _ = deliver(ownReply.apply(own), deliveringMax);
            }
            if (own != null || unwanted) {
                return;
            }
            List<AddressService.Lease> leases = assign(patience);
            boolean delivered = false;
            try {
                delivered = !unwanted && deliver(reply.apply(leases), deliveringMax);
            } finally {
                if (!delivered && leases.stream().noneMatch(AddressService.Lease::again)) {
                    addresses.release(key);
                }
            }
        } catch (NoAddressException e) {
            if (patience.isZero()) {
                answer(Status.RESOURCE_EXHAUSTED.withDescription(NO_ROOM));
                listener.refused(NO_ROOM);
            } else {
                listener.failed("AddNetwork", pod.toString(), e);
            }
        } catch (IOException e) {
            listener.failed("AddNetwork", pod.toString(), e);
        }
    }

    private BranchService.@Nullable Lease own(Duration patience)
            throws NoAddressException, InterruptedException {
        assigning = true;
        try {
            return branches.assign(key, pod, patience);
        } finally {
            assigning = false;
        }
    }

    private List<AddressService.Lease> assign(Duration patience)
            throws NoAddressException, IOException, InterruptedException {
        assigning = true;
        try {
            return addresses.assign(key, pod, everyCard, patience);
        } finally {
            assigning = false;
        }
    }

    /**
     * Tells a client that is there and has heard nothing that there is no address, as upstream
     * does.
     */
    void end() {
        ended.countDown();
        if (!cancelled && !answered) {
            answered = true;
            answer.onNext(AddNetworkReply.getDefaultInstance());
            answer.onCompleted();
        }
    }

    /** Answers that it failed by a fault of ours. */
    void fail(RuntimeException fault) {
        listener.failed("AddNetwork", pod.toString(), fault);
        answer(Status.INTERNAL.withDescription("a fault of the daemon: " + fault).withCause(fault));
    }

    private void answer(Status status) {
        if (!answered) {
            answered = true;
            answer.onError(status.asRuntimeException());
        }
    }

    /** Returns whether the client was there to take it. */
    private boolean deliver(AddNetworkReply reply, Duration max) throws InterruptedException {
        answered = true;
        answer.onNext(reply);
        answer.onCompleted();
        boolean known = settled.await(2 * max.toMillis(), TimeUnit.MILLISECONDS);
        return !known || !cancelled;
    }
}
