package dev.vpccni.daemon.plugin;

import dev.vpccni.cni.CniError;
import dev.vpccni.cni.CniException;
import dev.vpccni.cni.CniRequest;
import dev.vpccni.node.port.PodNamespace;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Verbs of the chained plugin that remember what they were asked, and fail on demand. */
public final class FakeEgressVerbs implements CniVerbs.Egress {

    public final List<String> calls = new CopyOnWriteArrayList<>();
    public volatile @Nullable CniError error;

    @Override
    public Map<String, @Nullable Object> add(CniRequest request, PodNamespace namespace)
            throws CniException {
        called("ADD " + request.key() + " " + namespace.path());
        return Objects.requireNonNull(request.config().egress())
                .answer(request.config().version(), List.of());
    }

    @Override
    public void del(CniRequest request) throws CniException {
        called("DEL " + request.key());
    }

    @Override
    public void check(CniRequest request, PodNamespace namespace) throws CniException {
        called("CHECK " + request.key() + " " + namespace.path());
    }

    @Override
    public void gc(CniRequest request) throws CniException {
        called("GC " + request.config().validAttachments());
    }

    @Override
    public void status(CniRequest request) throws CniException {
        called("STATUS " + request.config().name());
    }

    private void called(String call) throws CniException {
        calls.add(call);
        CniError failure = error;
        if (failure != null) {
            throw new CniException(failure);
        }
    }
}
