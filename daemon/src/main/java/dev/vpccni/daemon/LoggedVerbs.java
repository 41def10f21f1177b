package dev.vpccni.daemon;

import dev.vpccni.cni.CniException;
import dev.vpccni.cni.CniRequest;
import dev.vpccni.cni.CniResult;
import dev.vpccni.daemon.plugin.Afterwards;
import dev.vpccni.daemon.plugin.CniVerbs;
import dev.vpccni.model.AttachmentKey;
import dev.vpccni.node.port.PodNamespace;
import java.time.Duration;

/** Verbs whose ADD and DEL are written into the log of upstream's plugin, behind their answers. */
final class LoggedVerbs implements CniVerbs {

    private final CniVerbs verbs;
    private final PluginLog log;

    LoggedVerbs(CniVerbs verbs, PluginLog log) {
        this.verbs = verbs;
        this.log = log;
    }

    @Override
    public boolean addWaits() {
        return verbs.addWaits();
    }

    @Override
    public CniResult add(CniRequest request, PodNamespace namespace, Duration patience)
            throws CniException, InterruptedException {
        Afterwards.run(() -> log.received(request));
        try {
            CniResult result = verbs.add(request, namespace, patience);
            Afterwards.run(() -> log.added(request, result));
            return result;
        } catch (CniException e) {
            Afterwards.run(() -> log.failed(request, e.error()));
            throw e;
        }
    }

    @Override
    public void dismiss(AttachmentKey key) {
        verbs.dismiss(key);
    }

    @Override
    public void del(CniRequest request) throws CniException, InterruptedException {
        Afterwards.run(() -> log.received(request));
        try {
            verbs.del(request);
            Afterwards.run(() -> log.deleted(request));
        } catch (CniException e) {
            Afterwards.run(() -> log.failed(request, e.error()));
            throw e;
        }
    }

    @Override
    public void check(CniRequest request, PodNamespace namespace)
            throws CniException, InterruptedException {
        verbs.check(request, namespace);
    }

    @Override
    public void gc(CniRequest request) throws CniException, InterruptedException {
        verbs.gc(request);
    }

    @Override
    public void status() throws CniException {
        verbs.status();
    }
}
