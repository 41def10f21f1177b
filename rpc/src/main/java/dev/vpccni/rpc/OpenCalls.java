package dev.vpccni.rpc;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The calls that are open: no more than there is room for, and none that its client neither
 * finishes nor takes the answer of. It is known for each connection whether somebody waits for an
 * answer on it. Safe for use by many threads.
 */
final class OpenCalls implements ServerInterceptor {

    private final RpcLimits limits;
    private final LongSupplier nanos;
    private final RpcListener listener;
    private final Set<Call> open = new LinkedHashSet<>();
    private int streams;

    /**
     * What the server waits for: the client's request, its own answer, or that the client has it.
     */
    private enum Phase {
        RECEIVING,
        SERVING,
        DELIVERING
    }

    /**
     * @param nanos elapsed time
     */
    OpenCalls(RpcLimits limits, LongSupplier nanos, RpcListener listener) {
        this.limits = limits;
        this.nanos = nanos;
        this.listener = listener;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        Call opened = open(call);
        if (opened == null) {
            String reason = limits.calls() + " requests are served already";
            listener.refused(reason);
            call.close(
                    Status.RESOURCE_EXHAUSTED.withDescription(reason + "; try again"),
                    new Metadata());
            return new ServerCall.Listener<>() {};
        }
        boolean started = false;
        try {
            var watched = new Watched<Q>(opened, next.startCall(answering(call, opened), headers));
            started = true;
            return watched;
        } finally {
            if (!started) {
                opened.end();
            }
        }
    }

    /** Closes the connections of calls that their clients hold up. */
    void closeOverdue() {
        long now = nanos.getAsLong();
        List<Call> overdue = new ArrayList<>();
        synchronized (this) {
            open.stream().filter(call -> call.isOverdue(now)).forEach(overdue::add);
        }
        overdue.forEach(call -> call.connection.close());
    }

    private synchronized @Nullable Call open(ServerCall<?, ?> call) {
        boolean stream = call.getMethodDescriptor().getType() != MethodType.UNARY;
        boolean room = open.size() < limits.calls() && !(stream && streams >= limits.streams());
        if (!room
                || !(call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR)
                        instanceof Connection.Peer peer)) {
            return null;
        }
        var opened = new Call(peer.connection(), stream, nanos.getAsLong());
        open.add(opened);
        streams += stream ? 1 : 0;
        return opened;
    }

    private static <Q, A> ServerCall<Q, A> answering(ServerCall<Q, A> call, Call opened) {
        return new SimpleForwardingServerCall<>(call) {
            @Override
            public void close(Status status, Metadata trailers) {
                opened.answered();
                super.close(status, trailers);
            }
        };
    }

    private static final class Watched<Q> extends SimpleForwardingServerCallListener<Q> {

        private final Call call;

        Watched(Call call, ServerCall.Listener<Q> delegate) {
            super(delegate);
            this.call = call;
        }

        @Override
        public void onHalfClose() {
            call.received();
            super.onHalfClose();
        }

        @Override
        public void onComplete() {
            call.end();
            super.onComplete();
        }

        @Override
        public void onCancel() {
            call.end();
            super.onCancel();
        }
    }

    /** One open call; its fields belong to the lock of all. */
    private final class Call {

        private final Connection connection;
        private final boolean stream;
        private Phase phase = Phase.RECEIVING;
        private long since;
        private boolean working;

        Call(Connection connection, boolean stream, long since) {
            this.connection = connection;
            this.stream = stream;
            this.since = since;
        }

        /** Nobody waits for the end of a stream. */
        void received() {
            synchronized (OpenCalls.this) {
                enter(Phase.SERVING);
                work(!stream);
            }
        }

        void answered() {
            synchronized (OpenCalls.this) {
                enter(Phase.DELIVERING);
                work(false);
            }
        }

        void end() {
            synchronized (OpenCalls.this) {
                if (open.remove(this)) {
                    streams -= stream ? 1 : 0;
                    work(false);
                }
            }
        }

        boolean isOverdue(long now) {
            long passed = now - since;
            return switch (phase) {
                // A stream's client may take its time, as it may with the answers.
                case RECEIVING -> !stream && passed > limits.receiving().toNanos();
                case SERVING -> false;
                case DELIVERING -> passed > limits.delivering().toNanos();
            };
        }

        private void enter(Phase next) {
            phase = next;
            since = nanos.getAsLong();
        }

        private void work(boolean begins) {
            if (begins && !working) {
                connection.beginWork();
            } else if (!begins && working) {
                connection.endWork();
            }
            working = begins;
        }
    }
}
