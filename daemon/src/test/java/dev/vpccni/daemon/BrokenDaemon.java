package dev.vpccni.daemon;

import dev.vpccni.cni.CniException;
import dev.vpccni.cni.CniRequest;
import dev.vpccni.cni.CniResult;
import dev.vpccni.daemon.log.Log;
import dev.vpccni.daemon.log.LogLevel;
import dev.vpccni.daemon.log.LogSettings;
import dev.vpccni.daemon.plugin.CniAnswerer;
import dev.vpccni.daemon.plugin.CniSocketServer;
import dev.vpccni.daemon.plugin.CniVerbs;
import dev.vpccni.daemon.plugin.FakeEgressVerbs;
import dev.vpccni.daemon.timing.Latencies;
import dev.vpccni.model.AttachmentKey;
import dev.vpccni.node.port.PodNamespace;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;

/** Processes in which something breaks, for {@link ProcessTest}. */
final class BrokenDaemon {

    private BrokenDaemon() {}

    /** The whole daemon; one more thread of it dies once it serves. */
    public static final class OfAThread {

        private OfAThread() {}

        public static void main(String[] arguments) throws InterruptedException {
            Path folder = Path.of(Objects.requireNonNull(System.getenv("VPC_CNI_RUN_FOLDER")));
            Thread.Builder.OfPlatform doomed = Thread.ofPlatform().name("cni-accept-7").daemon();
            doomed.start(() -> {
                while (!Files.exists(folder.resolve("cni.sock"))) {
                    Thread.onSpinWait();
                }
                throw new OutOfMemoryError("Cannot reserve 65536 bytes of direct buffer memory");
            });
            Main.main(new String[0]);
        }
    }

    /** A socket whose verbs break: CHECK and GC by a bug, DEL by an error of the machine. */
    public static final class OfVerbs implements CniVerbs {

        public static void main(String[] arguments) throws Exception {
            Path folder = Path.of(Objects.requireNonNull(System.getenv("VPC_CNI_RUN_FOLDER")));
            var log =
                    new Log(new LogSettings(folder.resolve("ipamd.log").toString(), LogLevel.INFO));
            Thread.UncaughtExceptionHandler end =
                    ProcessEnd.prepare(
                            log,
                            new FileOutputStream(FileDescriptor.err),
                            Runtime.getRuntime()::halt,
                            ProcessEnd.LAST_WORDS_MAX);
            Thread.setDefaultUncaughtExceptionHandler(end);
            var answerer =
                    new CniAnswerer(
                            new OfVerbs(),
                            new FakeEgressVerbs(),
                            (path, namespace, socket, _) -> {
                                throw new IllegalStateException("no namespace here");
                            },
                            new Latencies(),
                            log);
            CniSocketServer server =
                    CniSocketServer.start(
                            folder.resolve("cni.sock"),
                            answerer,
                            log,
                            (_, fault) -> end.uncaughtException(Thread.currentThread(), fault));
            Thread.currentThread().join();
            server.close();
        }

        @Override
        public boolean addWaits() {
            return false;
        }

        @Override
        public CniResult add(CniRequest request, PodNamespace namespace, Duration patience) {
            throw new IllegalStateException("a bug");
        }

        @Override
        public void dismiss(AttachmentKey key) {
            // Nobody waits here.
        }

        @Override
        public void del(CniRequest request) {
            throw new NoClassDefFoundError("the disk with the classes is gone");
        }

        @Override
        public void check(CniRequest request, PodNamespace namespace) {
            throw new IllegalStateException("a bug");
        }

        @Override
        public void gc(CniRequest request) {
            throw new IllegalStateException("a bug");
        }

        @Override
        public void status() throws CniException {
            // It is well, as far as it knows.
        }
    }
}
