package dev.vpccni.rpc;

/** Hears of the plugin's requests, for metrics and logs. Called on the request's own thread. */
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
}
