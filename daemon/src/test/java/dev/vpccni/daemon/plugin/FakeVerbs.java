package dev.vpccni.daemon.plugin;

import dev.vpccni.cni.CniError;
import dev.vpccni.cni.CniException;
import dev.vpccni.cni.CniRequest;
import dev.vpccni.cni.CniResult;
import dev.vpccni.cni.PodAttachment;
import dev.vpccni.model.AttachmentKey;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.node.port.PodNamespace;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Verbs that remember what they were asked, and fail where a test says so. */
public final class FakeVerbs implements CniVerbs {

    public final List<String> calls = new CopyOnWriteArrayList<>();
    public final List<Duration> patience = new CopyOnWriteArrayList<>();
    public volatile @Nullable CniError error;
    public volatile @Nullable RuntimeException fault;
    public volatile @Nullable RuntimeException faultOfWaiting;

    @Override
    public boolean addWaits() {
        RuntimeException bug = faultOfWaiting;
        if (bug != null) {
            throw bug;
        }
        return false;
    }

    @Override
    public CniResult add(CniRequest request, PodNamespace namespace, Duration waiting)
            throws CniException {
        patience.add(waiting);
        called("ADD " + request.key() + " " + namespace);
        return new PodAttachment(
                        namespace.path(),
                        List.of(
                                new PodAttachment.Link(
                                        "eni01234567890",
                                        request.interfaceName(),
                                        Ipv4Address.parse("10.0.0.7"),
                                        2)),
                        1,
                        0)
                .toResult();
    }

    @Override
    public void dismiss(AttachmentKey key) {
        calls.add("dismiss " + key);
    }

    @Override
    public void del(CniRequest request) throws CniException {
        called("DEL " + request.key());
    }

    @Override
    public void check(CniRequest request, PodNamespace namespace) throws CniException {
        called("CHECK " + request.key() + " " + namespace);
    }

    @Override
    public void gc(CniRequest request) throws CniException {
        called("GC " + request.config().validAttachments());
    }

    @Override
    public void status() throws CniException {
        called("STATUS");
    }

    private void called(String call) throws CniException {
        calls.add(call);
        RuntimeException bug = fault;
        if (bug != null) {
            throw bug;
        }
        CniError failure = error;
        if (failure != null) {
            throw new CniException(failure);
        }
    }
}
