package dev.vpccni.daemon;

import dev.vpccni.cni.CniException;
import dev.vpccni.cni.CniRequest;
import dev.vpccni.cni.CniResult;
import dev.vpccni.daemon.cluster.PodListener;
import dev.vpccni.daemon.plugin.CniVerbs;
import dev.vpccni.model.AttachmentKey;
import dev.vpccni.model.IpAddress;
import dev.vpccni.node.Node;
import dev.vpccni.node.port.PodNamespace;
import java.time.Duration;

/** The verbs as a node carries them out. */
final class NodeVerbs implements CniVerbs {

    private final Node node;
    private final PodListener listener;

    NodeVerbs(Node node, PodListener listener) {
        this.node = node;
        this.listener = listener;
        node.pods().onWait(listener::refused);
    }

    @Override
    public boolean addWaits() {
        return node.pods().addWaits();
    }

    @Override
    public CniResult add(CniRequest request, PodNamespace namespace, Duration patience)
            throws CniException, InterruptedException {
        try {
            CniResult result = node.pods().add(request, namespace, patience);
            IpAddress first = result.ips().isEmpty() ? null : result.ips().getFirst().value();
            if (first != null) {
                listener.connected(request.args(), first);
            }
            return result;
        } catch (CniException e) {
            listener.refused(request.args(), e.error());
            throw e;
        }
    }

    @Override
    public void dismiss(AttachmentKey key) {
        node.pods().dismiss(key);
    }

    @Override
    public void del(CniRequest request) throws CniException, InterruptedException {
        IpAddress address = node.pods().address(request);
        node.pods().del(request);
        if (address != null) {
            listener.released(request.args(), address);
        }
    }

    @Override
    public void check(CniRequest request, PodNamespace namespace)
            throws CniException, InterruptedException {
        node.pods().check(request, namespace);
    }

    @Override
    public void gc(CniRequest request) throws CniException, InterruptedException {
        node.pods().gc(request);
    }

    @Override
    public void status() throws CniException {
        node.status();
    }
}
