package dev.vpccni.daemon;

import dev.vpccni.daemon.log.Log;
import dev.vpccni.daemon.log.LogLevel;
import dev.vpccni.node.port.HostException;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/**
 * The process: settings from the environment, the daemon, and its end.
 *
 * <p>With {@code --print-conflist} it prints the configuration for runtimes and ends.
 */
public final class Main {

    private Main() {}

    /** Runs until it is told to end; then exits with 0, or with 1 where it cannot run. */
    public static void main(String[] arguments) throws InterruptedException {
        long begun = System.nanoTime();
        Map<String, String> environment = System.getenv();
        EnvironmentSettings settings =
                EnvironmentSettings.parse(environment, PodLimits.read(PodLimits.FILE));
        switch (List.of(arguments)) {
            case List<String> none when none.isEmpty() -> run(settings, environment, begun);
            case List<String> one when one.equals(List.of("--print-conflist")) ->
                    print(System.out, settings.daemon().conflist().render());
            default -> {
                print(System.err, "usage: vpc-cni daemon [--print-conflist]\n");
                System.exit(2);
            }
        }
    }

    private static void run(
            EnvironmentSettings settings, Map<String, String> environment, long begun)
            throws InterruptedException {
        var log = new Log(settings.daemon().log());
        settings.reports().forEach(report -> log.warn(report.toString()));
        if (!settings.faults().isEmpty()) {
            settings.faults().forEach(fault -> complain(log, fault));
            end(log, 1);
        }
        var tempo =
                new RealTempo((task, fault) -> {
                    // Half a daemon is worse than none: the next one finds everything on the disk.
                    log.error("the task " + task + " ended by a fault; so does the daemon", fault);
                    end(log, 1);
                });
        var stopwatch = new Stopwatch(begun, log);
        try {
            Daemon daemon = Daemon.start(settings, environment, tempo, stopwatch, log);
            Runtime.getRuntime()
                    .addShutdownHook(
                            new Thread(
                                    () -> {
                                        daemon.close();
                                        end(log, 0);
                                    },
                                    "stop"));
        } catch (IOException | HostException e) {
            complain(log, "cannot start: " + e.getMessage());
            end(log, 1);
        }
        new CountDownLatch(1).await();
    }

    private static void complain(Log log, String problem) {
        log.foreign(LogLevel.FATAL, "Main.java", problem, null);
        print(System.err, "vpc-cni daemon: " + problem + "\n");
    }

    /** Ends the process at once, the log written: there is nothing else that could be lost. */
    private static void end(Log log, int status) {
        log.close();
        Runtime.getRuntime().halt(status);
    }

    private static void print(PrintStream stream, String text) {
        stream.print(text);
        stream.flush();
    }
}
