package dev.vpccni.conformance.bench;

import dev.vpccni.emulator.fabric.Namespaces;
import dev.vpccni.emulator.fabric.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the plugin runs: in a namespace that is made to stand for the host, or in the caller's.
 *
 * <p>One that is made has loopback, and an uplink with an address and a default route, as hosts
 * have; its other end lies in a second namespace. There folders in which plugins remember things
 * are empty ones that end with it.
 */
final class HostSpace implements AutoCloseable {

    /** What every namespace is called at first, then this process, then what it is for. */
    static final String PREFIX = "vpccni-conf-";

    /** Where plugins keep what outlives a call: the reference plugins, and chained ones. */
    private static final List<Path> MEMORY = List.of(Path.of("/var/lib/cni"), Path.of("/run/cni"));

    /** Lays folders of the namespace over those of the computer, and becomes the plugin. */
    private static final String COVER =
            "from=$1; shift; for at in /var/lib/cni /run/cni; do"
                    + " mount --bind \"$from$at\" \"$at\" || exit 125; done; exec \"$@\"";

    private final int run;
    private final String name;
    private final Path scratch;
    private final boolean fresh;

    private HostSpace(int run, Path scratch, boolean fresh) {
        this.run = run;
        this.name = nameFor(run, "host");
        this.scratch = scratch;
        this.fresh = fresh;
    }

    /** Returns the caller's own. */
    static HostSpace current(int run, Path scratch) {
        return new HostSpace(run, scratch, false);
    }

    /**
     * Makes one.
     *
     * @param run tells runs of this process apart
     * @param uplink what its link to the outside is called
     * @param scratch an empty folder
     */
    static HostSpace fresh(int run, String uplink, Path scratch) throws IOException {
        var space = new HostSpace(run, scratch, true);
        try {
            space.make(uplink);
            return space;
        } catch (IOException e) {
            space.close();
            throw e;
        }
    }

    /** Removes namespaces of processes that were killed. */
    static void removeLeftOvers() throws IOException {
        for (String left : Namespaces.startingWith(PREFIX)) {
            if (!isAlive(left)) {
                Namespaces.delete(left);
            }
        }
    }

    /** Tells whether the process runs whose namespace or folder has this name. */
    static boolean isAlive(String name) {
        String pid = name.substring(PREFIX.length()).replaceAll("-.*", "");
        return !pid.matches("\\d{1,10}") || ProcessHandle.of(Long.parseLong(pid)).isPresent();
    }

    /** Returns what a namespace of a run of this process is called. */
    static String nameFor(int run, String purpose) {
        return PREFIX + ProcessHandle.current().pid() + "-" + run + "-" + purpose;
    }

    /** Returns the words that run a program in it. */
    List<String> enter() {
        return fresh ? List.of("ip", "netns", "exec", name) : List.of();
    }

    /** Returns the words that run a plugin in it. */
    List<String> run(Path plugin) {
        var words = new ArrayList<>(enter());
        if (fresh) {
            words.addAll(List.of("sh", "-c", COVER, "sh", scratch.toString()));
        }
        words.add(plugin.toString());
        return words;
    }

    private void make(String uplink) throws IOException {
        String outside = nameFor(run, "outside");
        Namespaces.create(outside);
        Namespaces.create(name);
        Namespaces.ip(
                name,
                List.of(
                        "link add " + uplink + " type veth peer name inside netns " + outside,
                        "address add 192.0.2.2/24 dev " + uplink,
                        "address add 2001:db8::2/64 dev " + uplink + " nodad",
                        "link set " + uplink + " up"));
        Namespaces.ip(
                outside,
                List.of(
                        "address add 192.0.2.1/24 dev inside",
                        "address add 2001:db8::1/64 dev inside nodad",
                        "link set inside up"));
        Namespaces.ip(
                name,
                List.of("route add default via 192.0.2.1", "route add default via 2001:db8::1"));
        for (Path folder : MEMORY) {
            Files.createDirectories(Path.of(scratch + folder.toString()));
            // Never removed again: it may be what another run lays its own folder over.
            Files.createDirectories(folder);
        }
    }

    /** Ends what still runs in it, and removes it. */
    @Override
    public void close() throws IOException {
        if (fresh) {
            try {
                end(name);
            } finally {
                end(nameFor(run, "outside"));
            }
        }
    }

    /**
     * Ends what runs in a namespace that was made here, and removes it; one at a time, since when
     * this process is asked to end two threads do.
     */
    static synchronized void end(String namespace) throws IOException {
        if (!Files.exists(Namespaces.path(namespace))) {
            return;
        }
        for (String pid : Program.of("ip", "netns", "pids", namespace).run().lines().toList()) {
            ProcessHandle.of(Long.parseLong(pid.strip())).ifPresent(ProcessHandle::destroyForcibly);
        }
        Namespaces.delete(namespace);
    }
}
