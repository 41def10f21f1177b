package dev.vpccni.lab.node;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The processes of a lab. They are known by where they live, inside namespaces that the lab made,
 * or by a number and a start time that were written down: a number alone may be somebody else's by
 * now.
 */
public final class Processes {

    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Path PROC = Path.of("/proc");

    private Processes() {}

    /** Returns a line that identifies a process for as long as this computer runs, and after. */
    public static String identity(ProcessHandle process) {
        return process.pid() + " " + startTime(process.pid());
    }

    /** Returns the process that a line of {@link #identity} stands for, or null if it ended. */
    public static @Nullable ProcessHandle find(String identity) {
        String[] words = identity.strip().split(" ", -1);
        if (words.length != 2 || !words[0].matches("\\d{1,10}")) {
            return null;
        }
        long pid = Long.parseLong(words[0]);
        boolean same = words[1].equals(startTime(pid));
        return same ? ProcessHandle.of(pid).orElse(null) : null;
    }

    /**
     * Ends every process that lives in one of {@code namespaces}, and waits until they are gone:
     * the first of a pid namespace last, which ends whatever is still in it (pid_namespaces(7)).
     */
    public static void endInside(Collection<Path> namespaces) throws IOException {
        Set<Object> identities = new HashSet<>();
        for (Path namespace : namespaces) {
            if (Files.exists(namespace)) {
                identities.add(Files.getAttribute(namespace, "unix:ino"));
            }
        }
        var found = new ArrayList<ProcessHandle>();
        var first = new ArrayList<ProcessHandle>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path process : all) {
                if (identities.contains(namespace(process, "net"))
                        || identities.contains(namespace(process, "mnt"))) {
                    long pid = Long.parseLong(process.toFile().getName());
                    ProcessHandle.of(pid).ifPresent((isFirst(process) ? first : found)::add);
                }
            }
        }
        // It waits for its child, and for no signal.
        List<ProcessHandle> last = first.stream().map(each -> waiterFor(each, found)).toList();
        found.removeAll(last);
        end(found);
        first.forEach(ProcessHandle::destroyForcibly);
        for (ProcessHandle process : last) {
            hasEnded(process);
        }
    }

    /**
     * Ends the program that {@code entering} runs on a node, which ends it, too.
     *
     * @param gently whether to ask first
     */
    public static void endInside(ProcessHandle entering, boolean gently) throws IOException {
        List<ProcessHandle> programs = entering.children().toList();
        if (programs.isEmpty()) {
            end(List.of(entering));
            return;
        }
        programs.forEach(gently ? ProcessHandle::destroy : ProcessHandle::destroyForcibly);
        if (!hasEnded(entering)) {
            programs.forEach(ProcessHandle::destroyForcibly);
            hasEnded(entering);
        }
    }

    /** The end of a child is told at once; that of another process is looked for now and then. */
    private static ProcessHandle waiterFor(ProcessHandle process, List<ProcessHandle> found) {
        return process.parent().filter(found::contains).orElse(process);
    }

    /**
     * Ends processes, gently at first, and waits until they are gone. The patience is one for all:
     * a node may have a hundred programs that hear no word.
     */
    public static void end(List<ProcessHandle> processes) throws IOException {
        processes.forEach(ProcessHandle::destroy);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        var left = new ArrayList<ProcessHandle>();
        for (ProcessHandle process : processes) {
            if (!hasEnded(process, deadline)) {
                process.destroyForcibly();
                left.add(process);
            }
        }
        for (ProcessHandle process : left) {
            hasEnded(process);
        }
    }

    private static boolean hasEnded(ProcessHandle process) throws IOException {
        return hasEnded(process, System.nanoTime() + PATIENCE.toNanos());
    }

    private static boolean hasEnded(ProcessHandle process, long deadline) throws IOException {
        try {
            long left = Math.max(0, deadline - System.nanoTime());
            process.onExit().get(left, TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while process " + process.pid() + " ended", e);
        } catch (java.util.concurrent.ExecutionException e) {
            throw new IOException("process " + process.pid(), e);
        }
    }

    /** Tells whether a process is number 1 in a namespace below this one: by NSpid of proc(5). */
    private static boolean isFirst(Path process) {
        try (Stream<String> status = Files.lines(process.resolve("status"))) {
            return status.anyMatch(line -> line.matches("NSpid:(\\s\\d+)+\\s1"));
        } catch (IOException | UncheckedIOException ended) {
            return false;
        }
    }

    private static @Nullable Object namespace(Path process, String kind) {
        try {
            return Files.getAttribute(process.resolve("ns").resolve(kind), "unix:ino");
        } catch (IOException ended) {
            return null;
        }
    }

    /** In clock ticks since this computer started: the 22nd field of stat (proc(5)). */
    private static @Nullable String startTime(long pid) {
        try {
            String stat = Files.readString(PROC.resolve(pid + "/stat"));
            String[] afterName = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            return afterName[19];
        } catch (IOException ended) {
            return null;
        }
    }
}
