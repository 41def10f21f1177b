package dev.vpccni.daemon;

import dev.vpccni.cni.CniArgs;
import dev.vpccni.cni.CniError;
import dev.vpccni.cni.CniException;
import dev.vpccni.cni.CniRequest;
import dev.vpccni.cni.CniResult;
import dev.vpccni.daemon.plugin.CniVerbs;
import dev.vpccni.model.AttachmentKey;
import dev.vpccni.node.Node;
import dev.vpccni.node.port.PodNamespace;
import java.time.Duration;
import java.util.function.BiConsumer;

/** The verbs as a node carries them out. */
final class NodeVerbs implements CniVerbs {

    private final Node node;
    private final BiConsumer<CniArgs, CniError> refused;

    /**
     * @param refused is told of each container that was not connected, and why; must not wait
     */
    NodeVerbs(Node node, BiConsumer<CniArgs, CniError> refused) {
        this.node = node;
        this.refused = refused;
    }

    @Override
    public boolean addWaits() {
        return node.pods().addWaits();
    }

    @Override
    public CniResult add(CniRequest request, PodNamespace namespace, Duration patience)
            throws CniException, InterruptedException {
        try {
            return node.pods().add(request, namespace, patience);
        } catch (CniException e) {
            refused.accept(request.args(), e.error());
            throw e;
        }
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
