package dev.vpccni.daemon;

import dev.vpccni.cni.CniException;
import dev.vpccni.cni.CniRequest;
import dev.vpccni.cni.CniResult;
import dev.vpccni.daemon.plugin.CniVerbs;
import dev.vpccni.model.AttachmentKey;
import dev.vpccni.node.Node;
import dev.vpccni.node.port.PodNamespace;
import java.time.Duration;

/** The verbs as a node carries them out. */
final class NodeVerbs implements CniVerbs {

    private final Node node;

    NodeVerbs(Node node) {
        this.node = node;
    }

    @Override
    public boolean addWaits() {
        return node.pods().addWaits();
    }

    @Override
    public CniResult add(CniRequest request, PodNamespace namespace, Duration patience)
            throws CniException, InterruptedException {
        return node.pods().add(request, namespace, patience);
    }

    @Override
    public void dismiss(AttachmentKey key) {
        node.pods().dismiss(key);
    }

    @Override
    public void del(CniRequest request) throws CniException, InterruptedException {
        node.pods().del(request);
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
