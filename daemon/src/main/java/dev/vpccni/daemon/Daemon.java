package dev.vpccni.daemon;

import dev.vpccni.cni.CniCommand;
import dev.vpccni.daemon.checkpoint.FileLedgerStores;
import dev.vpccni.daemon.checkpoint.WriteTime;
import dev.vpccni.daemon.cluster.NodeReadiness;
import dev.vpccni.daemon.egress.EgressCalls;
import dev.vpccni.daemon.egress.EgressPlugin;
import dev.vpccni.daemon.egress.HostLocalAddresses;
import dev.vpccni.daemon.egress.Separation;
import dev.vpccni.daemon.log.Log;
import dev.vpccni.daemon.plugin.CniAnswerer;
import dev.vpccni.daemon.plugin.CniSocketServer;
import dev.vpccni.daemon.timing.Latencies;
import dev.vpccni.daemon.timing.TimedHost;
import dev.vpccni.daemon.timing.TimedStores;
import dev.vpccni.host.LinuxHost;
import dev.vpccni.host.egress.LinuxEgress;
import dev.vpccni.node.Node;
import dev.vpccni.node.egress.EgressNetworker;
import dev.vpccni.node.explanation.Explanation;
import dev.vpccni.node.explanation.Explanations;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.Tempo;
import dev.vpccni.node.sentinel.EgressSentinel;
import java.io.IOException;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * The daemon of a node, in stages of which each is in use as soon as it stands. The first one needs
 * the disk and the kernel only: then pods come and go, by the addresses that are known. What needs
 * metadata and EC2 follows in {@link CloudStages}.
 */
final class Daemon implements AutoCloseable {

    private final Log log;
    private final PluginLog pluginLog;
    private final Latencies latencies;
    private final LinuxHost host;
    private final FileLedgerStores stores;
    private final LinuxEgress egress;
    private final CniSocketServer server;
    private final CloudStages cloud;

    private Daemon(
            Log log,
            PluginLog pluginLog,
            Latencies latencies,
            LinuxHost host,
            FileLedgerStores stores,
            LinuxEgress egress,
            CniSocketServer server,
            CloudStages cloud) {
        this.log = log;
        this.pluginLog = pluginLog;
        this.latencies = latencies;
        this.host = host;
        this.stores = stores;
        this.egress = egress;
        this.server = server;
        this.cloud = cloud;
    }

    /**
     * Starts the first stage, and the others beside the caller.
     *
     * @param environment for the sources of credentials and endpoints
     * @param impossible hears, later, why the settings cannot be followed on this instance
     * @throws IOException if the disk or the sockets cannot be used
     * @throws HostException if the kernel does not say what it holds
     */
    static Daemon start(
            EnvironmentSettings settings,
            Map<String, String> environment,
            Consumer<String> impossible,
            RealTempo tempo,
            Stopwatch stopwatch,
            Log log)
            throws IOException, HostException, InterruptedException {
        var random = new KernelRandom();
        var latencies = new Latencies();
        LinuxHost host = LinuxHost.here(random);
        var stores =
                new FileLedgerStores(settings.daemon().backingStore(), tempo, WriteTime.thisBoot());
        var spool = new FileSpool(settings.daemon().spool(), tempo, log::warn);
        ClusterStage cluster = ClusterStage.of(settings, environment, tempo, random, log);
        Node node =
                Node.start(
                        settings.node(),
                        new TimedStores(stores),
                        spool,
                        new TimedHost(host),
                        tempo,
                        random,
                        cluster.branches(),
                        explanation -> log.info(text(explanation)));
        cluster.tell(NodeReadiness.of(node));
        var verbs = new NodeVerbs(node, cluster);
        var pluginLog = new PluginLog(settings.daemon().log().path(), log::warn);
        var logged = new LoggedVerbs(verbs, pluginLog);
        LinuxEgress egress = LinuxEgress.here(random);
        var networker = new EgressNetworker(new HostLocalAddresses(tempo), egress, tempo);
        var egressCalls = new EgressCalls(networker, pluginLog);
        var answerer = new CniAnswerer(logged, egressCalls, host::adopt, latencies, log);
        CniSocketServer server =
                CniSocketServer.start(
                        settings.daemon().pluginSocket(), answerer, log, tempo::ended);
        stopwatch.log("stage 1 of 3: serving pods");
        tempo.start("warm-up", WarmUp::run);
        LongSupplier verbsSoFar =
                () -> latencies.count(CniCommand.ADD) + latencies.count(CniCommand.DEL);
        tempo.start("heap", new HeapTrim(HeapTrim.Heap.OWN, verbsSoFar, tempo));
        EgressPlugin plugin = settings.daemon().conflist().egress();
        if (plugin.separates()) {
            tempo.start("egress", new Separation(networker, plugin.family(), tempo, log));
            var told = new Explanations(tempo, explanation -> log.info(text(explanation)));
            tempo.start("egress sentinel", new EgressSentinel(egress, told, tempo));
        }
        SpoolWatch.Replay replay =
                request -> {
                    if (request.config().egress() == null) {
                        verbs.del(request);
                    } else {
                        networker.del(request);
                    }
                };
        tempo.start("spool", new SpoolWatch(spool, replay, tempo, log));
        Tempo.Signal serving = tempo.signal();
        var examination = new HostExamination(settings, environment, true);
        tempo.start("doctor", new ExaminationAtStart(examination, serving, log));
        var cloud =
                new CloudStages(
                        settings,
                        environment,
                        node,
                        tempo,
                        random,
                        impossible,
                        stopwatch,
                        log,
                        serving,
                        cluster);
        tempo.start("cloud stages", cloud);
        return new Daemon(log, pluginLog, latencies, host, stores, egress, server, cloud);
    }

    /** Serves no more. What was granted is on the disk already. */
    @Override
    public void close() {
        try {
            server.close();
            cloud.close();
            stores.close();
        } catch (IOException e) {
            log.error("cannot close everything", e);
        }
        egress.close();
        host.close();
        pluginLog.close();
        log.info("stopped; verbs since the start: " + latencies.summary());
    }

    private static String text(Explanation explanation) {
        String numbers = explanation.numbers().isEmpty() ? "" : " " + explanation.numbers();
        return explanation.what() + ": " + explanation.why() + numbers;
    }
}
