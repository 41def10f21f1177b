package dev.vpccni.rpc;

import java.time.Duration;

/**
 * What clients may take from the daemon. Upstream's plugin makes a connection for each call and
 * waits for its answer; the network policy agent and probes ask a question now and then.
 *
 * @param connections at once; what one takes at most is two threads and 150 KiB
 * @param reserved connections on which no request for an address may wait, so that others find one
 * @param calls at once, on all connections
 * @param adds of those that may be requests for an address; the rest is for taking back, and probes
 * @param streams of those that may be calls without an end, such as a watch of the health
 * @param callsOnOne connection at once
 * @param handshake until a connection has said that it speaks HTTP/2
 * @param receiving until a request is there, once it has begun
 * @param delivering until an answer has left, once it is given
 * @param idle until a connection without a call is closed
 */
record RpcLimits(
        int connections,
        int reserved,
        int calls,
        int adds,
        int streams,
        int callsOnOne,
        Duration handshake,
        Duration receiving,
        Duration delivering,
        Duration idle) {

    /** Bytes of a request; one of upstream's plugin has some hundred. */
    static final int MESSAGE_MAX = 16 << 10;

    /** Bytes of a request's metadata, as gRPC counts them and by its own default. */
    static final int METADATA_MAX = 8 << 10;

    static final RpcLimits DEFAULT =
            new RpcLimits(
                    64,
                    8,
                    256,
                    224,
                    32,
                    128,
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(60));
}
