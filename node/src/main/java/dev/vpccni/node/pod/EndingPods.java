package dev.vpccni.node.pod;

import dev.vpccni.cni.CniArgs;
import dev.vpccni.node.ledger.Dismissal;
import dev.vpccni.node.port.Cluster;
import java.util.ArrayList;
import java.util.List;

/**
 * Ends the wait for an address of pods that are being deleted: a kubelet lets no pod go before its
 * ADD has ended, and cancels none. Safe for use by many threads.
 */
final class EndingPods {

    private final List<Waiting> waiting = new ArrayList<>();
    private volatile Cluster cluster = Cluster.SILENT;

    /** Somebody who may have to wait. */
    final class Waiting implements AutoCloseable {

        private final CniArgs args;
        private final Dismissal dismissal = new Dismissal();
        private boolean told;

        private Waiting(CniArgs args) {
            this.args = args;
        }

        /** Returns what ends the wait. */
        Dismissal dismissal() {
            return dismissal;
        }

        /** Does {@code telling} the first time. Called by the one who waits. */
        void tellOnce(Runnable telling) {
            if (!told) {
                told = true;
                telling.run();
            }
        }

        /** Ends the wait if the pod is being deleted. */
        private void look() {
            if (cluster.isEnding(args.pod(), args.uid())) {
                dismissal.end();
            }
        }

        @Override
        public void close() {
            synchronized (waiting) {
                waiting.remove(this);
            }
        }
    }

    /** Asks {@code told} from now on. */
    void follow(Cluster told) {
        cluster = told;
        told.onChange(this::look);
        look();
    }

    /** Begins a wait, which is over at once if the pod is being deleted already. */
    Waiting enter(CniArgs args) {
        var entered = new Waiting(args);
        synchronized (waiting) {
            waiting.add(entered);
        }
        entered.look();
        return entered;
    }

    private void look() {
        List<Waiting> all;
        synchronized (waiting) {
            all = List.copyOf(waiting);
        }
        all.forEach(Waiting::look);
    }
}
