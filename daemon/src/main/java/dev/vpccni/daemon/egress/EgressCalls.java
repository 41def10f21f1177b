package dev.vpccni.daemon.egress;

import dev.vpccni.cni.CniError;
import dev.vpccni.cni.CniException;
import dev.vpccni.cni.CniRequest;
import dev.vpccni.daemon.plugin.Afterwards;
import dev.vpccni.daemon.plugin.CniVerbs;
import dev.vpccni.node.egress.EgressNetworker;
import dev.vpccni.node.port.PodNamespace;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The verbs of {@code egress-cni}, whose ADD and DEL are logged behind their answers. */
public final class EgressCalls implements CniVerbs.Egress {

    private final EgressNetworker networker;
    private final Journal journal;

    /** Where upstream's plugin would log. */
    public interface Journal {

        /** An ADD or DEL is carried out now. */
        void received(CniRequest request);

        /** An ADD or DEL did not go well. */
        void failed(CniRequest request, CniError error);
    }

    public EgressCalls(EgressNetworker networker, Journal journal) {
        this.networker = networker;
        this.journal = journal;
    }

    @Override
    public Map<String, @Nullable Object> add(CniRequest request, PodNamespace namespace)
            throws CniException, InterruptedException {
        Afterwards.run(() -> journal.received(request));
        try {
            return networker.add(request, namespace);
        } catch (CniException e) {
            Afterwards.run(() -> journal.failed(request, e.error()));
            throw e;
        }
    }

    @Override
    public void del(CniRequest request) throws CniException, InterruptedException {
        Afterwards.run(() -> journal.received(request));
        try {
            networker.del(request);
        } catch (CniException e) {
            Afterwards.run(() -> journal.failed(request, e.error()));
            throw e;
        }
    }

    @Override
    public void check(CniRequest request, PodNamespace namespace)
            throws CniException, InterruptedException {
        networker.check(request, namespace);
    }

    @Override
    public void gc(CniRequest request) throws CniException, InterruptedException {
        networker.gc(request);
    }

    @Override
    public void status(CniRequest request) throws CniException, InterruptedException {
        networker.status(request);
    }
}
