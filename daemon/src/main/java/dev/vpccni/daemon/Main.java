package dev.vpccni.daemon;

import dev.vpccni.aws.CallListener;
import dev.vpccni.aws.InstanceMetadata;
import dev.vpccni.daemon.environment.EnvironmentDocument;
import dev.vpccni.daemon.install.NodeInit;
import dev.vpccni.daemon.log.Log;
import dev.vpccni.daemon.log.LogLevel;
import dev.vpccni.model.IpAddress;
import dev.vpccni.node.port.HostException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The process: settings from the environment, the daemon, and its end.
 *
 * <p>With {@code --print-conflist} it prints the configuration for runtimes and ends: that of a
 * node whose address in the family that pods do not have may follow. With {@code
 * --print-environment} it prints what each variable of the environment does, with {@code --version}
 * its version. With {@code --init} it does what has to be done before a daemon starts, with the
 * rights that the daemon does not have.
 */
public final class Main {

    /** Of all that is built together. */
    public static final String VERSION = "0.1.0";

    private Main() {}

    /**
     * Runs until it is told to end; then exits with 0. It exits with 1 where it cannot run, and
     * with {@value RunLock#STATUS} where another one does.
     */
    public static void main(String[] arguments) throws InterruptedException {
        long begun = System.nanoTime();
        Map<String, String> environment = System.getenv();
        EnvironmentSettings settings =
                EnvironmentSettings.parse(environment, PodLimits.read(PodLimits.FILE));
        switch (List.of(arguments)) {
            case List<String> none when none.isEmpty() -> run(settings, environment, begun);
            case List<String> one when one.equals(List.of("--print-conflist")) ->
                    print(System.out, settings.daemon().conflist().render());
            case List<String> two
                    when two.size() == 2 && two.getFirst().equals("--print-conflist") ->
                    printConflist(settings, two.getLast());
            case List<String> one when one.equals(List.of("--print-environment")) ->
                    print(System.out, EnvironmentDocument.render());
            case List<String> one when one.equals(List.of("--version")) ->
                    print(System.out, "vpc-cni " + VERSION + "\n");
            case List<String> one when one.equals(List.of("--init")) -> init(environment);
            default -> {
                print(
                        System.err,
                        "usage: vpc-cni daemon [--init | --print-conflist [NODE-ADDRESS] |"
                                + " --print-environment | --version]\n");
                System.exit(2);
            }
        }
    }

    private static void printConflist(EnvironmentSettings settings, String nodeAddress) {
        try {
            IpAddress address = IpAddress.parse(nodeAddress);
            print(System.out, settings.daemon().conflist().on(address).render());
        } catch (IllegalArgumentException e) {
            print(System.err, "vpc-cni daemon: no address: " + nodeAddress + "\n");
            System.exit(2);
        }
    }

    private static void init(Map<String, String> environment) throws InterruptedException {
        var tempo = new RealTempo((_, fault) -> complain(fault.toString()));
        var random = new KernelRandom();
        try {
            var metadata =
                    new InstanceMetadata(
                            InstanceMetadata.endpoint(environment),
                            tempo,
                            random,
                            CallListener.NONE);
            NodeInit.of(environment, Main::tellInit)
                    .run(metadata::primary, tempo::wall, random, Main::tellInit);
            tellInit("done");
        } catch (IOException e) {
            tellInit(String.valueOf(e.getMessage()));
            System.exit(1);
        }
    }

    private static void tellInit(String line) {
        print(System.err, "vpc-cni init: " + line + "\n");
    }

    private static void run(
            EnvironmentSettings settings, Map<String, String> environment, long begun)
            throws InterruptedException {
        var log = new Log(settings.daemon().log());
        var errors = new FileOutputStream(FileDescriptor.err);
        ProcessEnd end =
                ProcessEnd.prepare(
                        log, errors, Runtime.getRuntime()::halt, ProcessEnd.LAST_WORDS_MAX);
        Thread.setDefaultUncaughtExceptionHandler(end);
        var daemon = new AtomicReference<@Nullable Daemon>();
        Runtime.getRuntime()
                .addShutdownHook(new Thread(() -> end.stop(0, () -> close(daemon, log)), "stop"));
        String self = RunLock.thisProcess(environment.getOrDefault("MY_POD_NAME", ""));
        Path folder = settings.daemon().folder();
        try (RunLock _ = RunLock.take(folder, self, RunLock.PATIENCE, Main::complain)) {
            settings.reports().forEach(report -> log.warn(report.toString()));
            if (settings.faults().isEmpty()) {
                daemon.set(
                        Daemon.start(
                                settings,
                                environment,
                                reason -> end.stop(ProcessEnd.BROKEN, () -> complain(log, reason)),
                                new RealTempo((task, fault) ->
                                        end.broken("the task \"" + task + "\"", fault)),
                                new Stopwatch(begun, log),
                                log));
                new CountDownLatch(1).await();
            }
            end.stop(
                    ProcessEnd.BROKEN,
                    () -> settings.faults().forEach(fault -> complain(log, fault)));
        } catch (IOException | HostException e) {
            end.stop(ProcessEnd.BROKEN, () -> complain(log, "cannot start: " + e.getMessage()));
        } catch (RunLock.Taken e) {
            // Not into the log, which is the other one's.
            end.stop(RunLock.STATUS, () -> complain(e.getMessage()));
        }
    }

    private static void close(AtomicReference<@Nullable Daemon> daemon, Log log) {
        Daemon running = daemon.get();
        if (running == null) {
            log.info("stopped while it was starting");
        } else {
            running.close();
        }
    }

    private static void complain(Log log, String problem) {
        log.foreign(LogLevel.FATAL, "Main.java", problem, null);
        complain(problem);
    }

    private static void complain(@Nullable String problem) {
        print(System.err, "vpc-cni daemon: " + problem + "\n");
    }

    private static void print(PrintStream stream, String text) {
        stream.print(text);
        stream.flush();
    }
}
