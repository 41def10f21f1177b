package dev.vpccni.rpc;

/** Hears of clients and their requests, for metrics and logs. It must not block. */
public interface RpcListener {

    /** Hears nothing. */
    RpcListener NONE =
            new RpcListener() {
                @Override
                public void addRequested() {}

                @Override
                public void delRequested(String reason) {}

                @Override
                public void failed(String method, String pod, Exception cause) {}

                @Override
                public void refused(String reason) {}
            };

    /** A pod's address was asked for; also when the request turns out to be refused. */
    void addRequested();

    /**
     * A pod's address was given back; also when the request turns out to be refused.
     *
     * @param reason the plugin's word, such as {@code PodDeleted}
     */
    void delRequested(String reason);

    /**
     * A request failed for a reason that upstream's protocol does not carry to the plugin.
     *
     * @param method {@code AddNetwork} or {@code DelNetwork}
     * @param pod namespace and name, as far as the request names them
     */
    void failed(String method, String pod, Exception cause);

    /**
     * A client was refused, for the daemon's sake; also of one that does as it should. It may come
     * as often as clients do.
     */
    void refused(String reason);
}
