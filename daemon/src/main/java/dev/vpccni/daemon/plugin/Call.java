package dev.vpccni.daemon.plugin;

import dev.vpccni.cni.CniCommand;
import dev.vpccni.cni.CniException;
import dev.vpccni.cni.CniRequest;
import dev.vpccni.daemon.timing.StageTimes;
import dev.vpccni.linux.Descriptor;
import dev.vpccni.linux.unix.UnixConnection;
import dev.vpccni.node.port.PodNamespace;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request that is being carried out, with whoever waits for the answer. While it waits for an
 * address this is all that it costs, so it keeps nothing that only reading the request took.
 *
 * <p>One thread carries it out and closes it; another may tell it that the caller has gone.
 */
final class Call implements AutoCloseable {

    private final long key;
    private final UnixConnection connection;
    private final List<Descriptor> descriptors;
    private final String command;
    private final long startedNanos;
    private final long deadlineNanos;
    private final StageTimes times;
    private final Runnable light;
    private final boolean takesOrders;
    private @Nullable ShimRequest request;
    private volatile @Nullable PluginOrders orders;
    private @Nullable PodNamespace namespace;
    private boolean isLight;
    private boolean connectionLeft;
    private volatile @Nullable Runnable stop;
    private volatile boolean gone;
    private volatile boolean over;

    /**
     * @param key by which the caller's end is told
     * @param connection closed in the end, as are the descriptors
     * @param descriptors that came with the request
     * @param times of the stages that it has been through
     * @param light what to do once the request takes little memory
     */
    Call(
            long key,
            UnixConnection connection,
            ShimRequest request,
            List<Descriptor> descriptors,
            StageTimes times,
            Runnable light) {
        this.key = key;
        this.connection = connection;
        this.request = request;
        this.descriptors = descriptors;
        this.times = times;
        this.light = light;
        command = request.command();
        takesOrders = request.takesOrders();
        startedNanos = request.startedNanos();
        deadlineNanos = startedNanos + Duration.ofMillis(request.deadlineMillis()).toNanos();
    }

    long key() {
        return key;
    }

    UnixConnection connection() {
        return connection;
    }

    /** Returns the verb, as the plugin was told it. */
    String command() {
        return command;
    }

    /** Tells whether it seems to be for {@code egress-cni}; known until it is parsed. */
    boolean isLikelyEgress() {
        ShimRequest unread = request;
        return unread != null && unread.isLikelyEgress();
    }

    /** Tells whether it may wait for an address. */
    boolean isAdd() {
        return command.equals(CniCommand.ADD.name());
    }

    /** Returns the descriptors that came with it; who takes one over releases it. */
    List<Descriptor> descriptors() {
        return descriptors;
    }

    /** Returns what it was when; of the thread that carries it out. */
    StageTimes times() {
        return times;
    }

    /** Takes over a pod's namespace, which is closed in the end. */
    PodNamespace keep(PodNamespace adopted) {
        namespace = adopted;
        return adopted;
    }

    /** Tells whether the plugin understands orders before the answer. */
    boolean takesOrders() {
        return takesOrders;
    }

    /** Says how the plugin is given orders. */
    void orderBy(PluginOrders way) {
        orders = way;
    }

    /** Returns how the plugin is given orders, or null if it understands none. */
    @Nullable PluginOrders orders() {
        return orders;
    }

    /** Returns when the plugin began, by the monotonic clock. */
    long startedNanos() {
        return startedNanos;
    }

    /** Returns when the plugin goes away, by the monotonic clock. */
    long deadlineNanos() {
        return deadlineNanos;
    }

    /** Returns what it asks for, once, and lets go of the text. */
    CniRequest parse() throws CniException {
        ShimRequest unread = request;
        if (unread == null) {
            throw new IllegalStateException("the request is read already");
        }
        request = null;
        CniRequest parsed = unread.parse();
        if (isAdd()) {
            becomeLight(); // what others are told may be a long list, and they do not wait
        }
        return parsed;
    }

    /**
     * Says how to end this call's wait early. It is done once the caller has gone, and again every
     * now and then until the call is over, because a wait may begin after that.
     *
     * @param action must not wait
     */
    void stopBy(Runnable action) {
        stop = action;
    }

    /** Tells that the caller has gone. */
    void callerGone() {
        gone = true;
    }

    /** Tells whether the caller has gone, as far as is known. */
    boolean isCallerGone() {
        return gone;
    }

    /** Ends the wait, if there is one. */
    void stop() {
        Runnable action = stop;
        if (action != null) {
            action.run();
        }
    }

    /** Tells whether it has been closed. */
    boolean isOver() {
        return over;
    }

    /** Leaves the connection to somebody else, who closes it. */
    void leaveConnection() {
        connectionLeft = true;
    }

    /** Lets go of everything. Closing again has no effect. */
    @Override
    public void close() {
        if (!over) {
            over = true;
            stop = null;
            request = null;
            descriptors.forEach(Descriptor::close);
            PodNamespace kept = namespace;
            if (kept != null) {
                kept.close();
            }
            if (!connectionLeft) {
                connection.close();
            }
            becomeLight();
        }
    }

    private void becomeLight() {
        if (!isLight) {
            isLight = true;
            light.run();
        }
    }
}
