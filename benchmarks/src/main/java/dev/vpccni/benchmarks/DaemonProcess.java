package dev.vpccni.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** The daemon's process on the lab's node. */
final class DaemonProcess {

    private static final String NETWORK = "ns/net";

    private DaemonProcess() {}

    /**
     * Returns its process id on this computer, which is another one than on the node: the one
     * process in the node's network namespace that runs the daemon's main class.
     */
    static String pid(BenchmarkLab lab) throws IOException, InterruptedException {
        String network = lab.exec("readlink", "/proc/self/" + NETWORK).strip();
        try (Stream<ProcessHandle> processes = ProcessHandle.allProcesses()) {
            List<String> found =
                    processes
                            .filter(DaemonProcess::isDaemon)
                            .map(process -> String.valueOf(process.pid()))
                            .filter(pid -> network.equals(network(pid)))
                            .toList();
            if (found.size() != 1) {
                throw new IOException("no daemon, or more than one, on the node: " + found);
            }
            return found.getFirst();
        }
    }

    private static boolean isDaemon(ProcessHandle process) {
        return Arrays.asList(process.info().arguments().orElse(new String[0]))
                .contains("dev.vpccni.daemon.Main");
    }

    private static String network(String pid) {
        try {
            return Files.readSymbolicLink(Path.of("/proc", pid, NETWORK)).toString();
        } catch (IOException e) {
            return "the process has ended";
        }
    }
}
