package dev.vpccni.lab.node;

import dev.vpccni.emulator.fabric.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What keeps a node apart from this computer: namespaces of its own, a root of its own, and a first
 * process that holds them for as long as the node lives. No file of this computer is on the node,
 * only layers over its file systems: a program there that writes anywhere writes to the node's
 * layer, and no process, host name or shared memory of this computer has a name there. {@code
 * docs/lab.md} says what a program that means to break out could still try.
 */
public final class NodeNamespaces {

    /** Those that each node has besides its network; a file of that name holds each. */
    private static final List<String> KINDS = List.of("mnt", "pid", "ipc", "uts");

    /**
     * What a node's root needs none of, and could change this computer with. A runtime that makes
     * devices for its containers enters without setpriv.
     */
    private static final String DROPPED =
            "-audit_control,-linux_immutable,-mac_admin,-mac_override,-mknod,-sys_boot,-sys_module,"
                    + "-sys_pacct,-sys_ptrace,-sys_rawio,-sys_time,-sys_tty_config,-syslog,"
                    + "-wake_alarm";

    /**
     * Runs as the node's first process with the node's folder and the mount points below this
     * computer's root as its arguments. Mounts made here do not reach this computer; pods'
     * namespaces, which the lab mounts from outside, reach the node. In the end it waits for ever,
     * and by ignoring SIGCHLD buries every orphan.
     */
    private static final String FIRST =
            """
            node=$1
            root=$node/root
            shift
            layer() {
                mkdir -p $node/layers/$1/upper $node/layers/$1/work
                mount -t overlay $NAME "$root$2" -o "nodev,lowerdir=$2,\
            upperdir=$node/layers/$1/upper,workdir=$node/layers/$1/work"
            }
            layer 0 /
            number=0
            for point; do
                number=$((number + 1))
                if [ -f "$point" ]; then
                    cp -p "$point" "$root$point"
                elif [ -d "$root$point" ]; then
                    layer $number "$point" || mount -o bind,ro "$point" "$root$point"
                fi
            done
            # Without --no-mtab x-mount.mkdir is kept in a list of this computer's, which grows for ever.
            mount --all --no-mtab --fstab $node/fstab
            cd $root/dev
            mknod -m 666 null c 1 3
            mknod -m 666 zero c 1 5
            mknod -m 666 full c 1 7
            mknod -m 666 random c 1 8
            mknod -m 666 urandom c 1 9
            mknod -m 666 tty c 5 0
            # A kubelet wants one; what is written there goes nowhere.
            mknod -m 644 kmsg c 1 3
            mkdir net ../.computer
            mknod -m 666 net/tun c 10 200
            ln -s pts/ptmx ptmx
            ln -s /proc/self/fd fd
            ln -s fd/0 stdin
            ln -s fd/1 stdout
            ln -s fd/2 stderr
            cd ..
            pivot_root . .computer
            umount -l /.computer
            rmdir /.computer
            echo ready
            exec env --ignore-signal=CHLD sleep infinity </dev/null >/dev/null 2>&1
            """
                    .replace("$NAME", Mount.LAB);

    private static final String READY = "ready\n";
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration POLL = Duration.ofMillis(2);

    private final NodeFiles files;
    private @Nullable Process first;

    public NodeNamespaces(NodeFiles files) {
        this.files = files;
    }

    /**
     * Starts the first process, which makes the root, in new namespaces. Nobody can enter before
     * {@link #await} has returned.
     *
     * @param network the file of the node's network namespace
     */
    void start(Path network, NodeRoot root) throws IOException {
        Files.writeString(files.folder().resolve("fstab"), root.table());
        var words = new ArrayList<>(List.of("nsenter", "--net=" + network, "unshare", "--fork"));
        for (String kind : KINDS) {
            Files.createFile(files.namespace(kind));
            words.add(option(kind));
        }
        words.addAll(List.of("--propagation", "slave", "sh", "-euc", FIRST, "sh"));
        words.add(files.folder().toString());
        root.below().forEach(point -> words.add(point.toString()));
        var builder =
                new ProcessBuilder(words)
                        .redirectInput(files.nothing().toFile())
                        .redirectOutput(said().toFile())
                        .redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().put("PATH", Program.PATH);
        first = builder.start();
    }

    /**
     * Waits until the node is whole, and all its namespaces can be entered.
     *
     * @throws IOException if that fails: with what was said of it
     */
    void await() throws IOException {
        Process started = Objects.requireNonNull(first, "not started");
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!Files.readString(said()).endsWith(READY) || !isHeld()) {
            try {
                if (started.waitFor(POLL.toMillis(), TimeUnit.MILLISECONDS)
                        || System.nanoTime() > deadline) {
                    throw new IOException(
                            "the node in "
                                    + files.folder()
                                    + ": "
                                    + Files.readString(said()).strip());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while a node was made", e);
            }
        }
    }

    /**
     * Returns the words that run {@code words} on the node, in a network of it. The program ends
     * when the one that these words start does.
     *
     * @param network the file of the network's namespace
     */
    List<String> enter(Path network, List<String> words) {
        List<String> all = join(network);
        all.addAll(List.of("--", "setpriv", "--bounding-set=" + DROPPED, "--pdeathsig=TERM", "--"));
        all.addAll(words);
        return all;
    }

    /** Like {@link #enter}, with all of root's capabilities. */
    List<String> enterWhole(Path network, List<String> words) {
        List<String> all = join(network);
        all.addAll(List.of("--", "setpriv", "--pdeathsig=TERM", "--"));
        all.addAll(words);
        return all;
    }

    /**
     * Ends the first process, and the kernel with it every other one of the node
     * (pid_namespaces(7)).
     */
    void halt() throws IOException {
        Process started = first;
        if (started != null) {
            Processes.endInside(started.toHandle(), false);
        }
    }

    /** Removes the files of namespaces that nobody is in any more. */
    void forget() throws IOException {
        for (String kind : KINDS) {
            Path file = files.namespace(kind);
            Program.of("umount", "--lazy", file.toString()).run();
            Files.delete(file);
        }
    }

    private List<String> join(Path network) {
        var all = new ArrayList<>(List.of("nsenter", "--net=" + network));
        for (String kind : KINDS) {
            all.add(option(kind));
        }
        return all;
    }

    /** Returns the file of the namespace of its mounts. */
    public Path mounts() {
        return files.namespace("mnt");
    }

    private String option(String kind) {
        String name = kind.equals("mnt") ? "mount" : kind;
        return "--" + name + "=" + files.namespace(kind);
    }

    /** Returns where the first process says that the node is whole, or why it is not. */
    private Path said() {
        return files.folder().resolve("first.log");
    }

    private boolean isHeld() throws IOException {
        for (String kind : KINDS) {
            if (!Files.getFileStore(files.namespace(kind)).type().equals("nsfs")) {
                return false;
            }
        }
        return true;
    }
}
