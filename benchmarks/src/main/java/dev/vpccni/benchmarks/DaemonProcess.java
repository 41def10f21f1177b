package dev.vpccni.benchmarks;

import java.io.IOException;

/** The daemon's process on the lab's node. */
final class DaemonProcess {

    private DaemonProcess() {}

    /**
     * Returns its process id: the one process in the node's network namespace that runs the
     * daemon's main class.
     */
    static String pid(BenchmarkLab lab) throws IOException, InterruptedException {
        String found =
                lab.script(
                                "own=$(readlink /proc/self/ns/net); for p in /proc/[0-9]*; do"
                                        + " [ \"$(readlink $p/ns/net 2>/dev/null)\" = \"$own\" ] ||"
                                        + " continue; tr '\\0' ' ' <$p/cmdline | grep -q 'java"
                                        + " .*vpccni[.]daemon[.]Main' && echo ${p#/proc/}; done; true")
                        .strip();
        if (!found.matches("[0-9]+")) {
            throw new IOException("no daemon, or more than one, on the node: " + found);
        }
        return found;
    }
}
