package dev.vpccni.daemon;

import dev.vpccni.cni.CniCommand;
import dev.vpccni.cni.CniError;
import dev.vpccni.cni.CniRequest;
import dev.vpccni.cni.CniResult;
import dev.vpccni.cni.NetworkConfig;
import dev.vpccni.daemon.egress.EgressCalls;
import dev.vpccni.daemon.log.Log;
import dev.vpccni.daemon.log.LogLevel;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The log of upstream's plugin, with the lines that operators look for, written in its stead: into
 * the file that each request's configuration names, at its level. Thread-safe.
 *
 * <p>That is a path on the host, and the daemon's container sees one folder for logs of it: the one
 * that its own log is in. A request can name a file there and nowhere else.
 */
final class PluginLog implements AutoCloseable, EgressCalls.Journal {

    /** What upstream's container has before the names of the host's folders. */
    private static final Path HOST = Path.of("/host");

    /** There is one configuration on a node, as a rule, and another one while it changes. */
    private static final int FILES_MAX = 4;

    private static final String CALLER = "PluginLog.java";

    /** Characters of what is quoted; a name that is longer is no name. */
    private static final int QUOTED_MAX = 200;

    private final @Nullable Path own;
    private final Consumer<String> problems;
    private final Map<String, Target> targets = new TreeMap<>();

    /** A log, or none where the path must not be written. */
    private record Target(@Nullable Log log) {}

    /**
     * @param own the daemon's own log as it sees it; null where that is no file
     * @param problems is told once about each file that is not written
     */
    PluginLog(@Nullable Path own, Consumer<String> problems) {
        this.own = own;
        this.problems = problems;
    }

    @Override
    public void received(CniRequest request) {
        String verb = request.command() == CniCommand.ADD ? "add" : "del";
        write(
                request,
                LogLevel.INFO,
                "Received CNI "
                        + verb
                        + " request: ContainerID("
                        + request.containerId()
                        + ") Netns("
                        + quoted(request.namespacePath())
                        + ") IfName("
                        + request.interfaceName()
                        + ") Args(K8S_POD_NAMESPACE="
                        + quoted(request.args().pod().namespace())
                        + ";K8S_POD_NAME="
                        + quoted(request.args().pod().name())
                        + ") Network("
                        + request.config().name()
                        + ")");
    }

    /** An ADD went well. */
    void added(CniRequest request, CniResult result) {
        write(
                request,
                LogLevel.INFO,
                "Received add network response from ipamd for container "
                        + request.containerId()
                        + " interface "
                        + request.interfaceName()
                        + ": Success:true IPs:"
                        + result.ips());
    }

    /** A DEL went well. */
    void deleted(CniRequest request) {
        write(
                request,
                LogLevel.INFO,
                "Received del network response from ipamd for pod "
                        + quoted(request.args().pod().name())
                        + " namespace "
                        + quoted(request.args().pod().namespace())
                        + " sandbox "
                        + request.containerId()
                        + ": Success:true");
    }

    @Override
    public void failed(CniRequest request, CniError error) {
        boolean address =
                error instanceof CniError.TryAgainLater || error instanceof CniError.IoFailure;
        String what =
                request.command() != CniCommand.ADD
                        ? "Failed to process delete request for container "
                        : address
                                ? "Failed to assign an IP address to container "
                                : "Failed SetupPodNetwork for container ";
        write(
                request,
                LogLevel.ERROR,
                what + request.containerId() + ": " + error.message() + "; " + error.details());
    }

    /** Writes what is queued, and ends. */
    @Override
    public synchronized void close() {
        for (Target target : targets.values()) {
            if (target.log() != null) {
                target.log().close();
            }
        }
    }

    private void write(CniRequest request, LogLevel level, String message) {
        NetworkConfig.PluginLog wish = request.config().log();
        if (wish.file().isEmpty() || level.compareTo(level(wish.level())) < 0) {
            return;
        }
        Log log = target(wish.file()).log();
        if (log != null) {
            log.foreign(level, CALLER, message, null);
        }
    }

    /** As upstream: what is no level's name is the least. */
    private static LogLevel level(String name) {
        for (LogLevel level : LogLevel.values()) {
            if (level.name().equalsIgnoreCase(name)) {
                return level;
            }
        }
        return LogLevel.DEBUG;
    }

    private synchronized Target target(String file) {
        Target known = targets.get(file);
        if (known != null) {
            return known;
        }
        if (targets.size() == FILES_MAX) {
            return new Target(null);
        }
        Path path = onThisSide(own, file);
        if (path == null) {
            problems.accept(
                    "pluginLogFile \""
                            + quoted(file)
                            + "\" is not written: it has to be a file in the folder of the daemon's"
                            + " own log");
        } else if (targets.size() == FILES_MAX - 1) {
            problems.accept("pluginLogFile: " + path + " is the last one that is written");
        }
        var target = new Target(path == null ? null : Log.ofFile("plugin-log", path, problems));
        targets.put(file, target);
        return target;
    }

    /**
     * Returns where the host's {@code file} is for this process; null if it must not be there.
     *
     * @param own the daemon's own log as it sees it; null where that is no file
     */
    static @Nullable Path onThisSide(@Nullable Path own, String file) {
        Path folder = own == null ? null : own.getParent();
        if (own == null || folder == null) {
            return null;
        }
        try {
            Path onHost = Path.of(file);
            Path name = onHost.getFileName();
            boolean here = onHost.isAbsolute() && hostsName(folder).equals(onHost.getParent());
            boolean taken = name == null || name.toString().startsWith(nameOf(own));
            boolean upwards = name == null || List.of(".", "..").contains(name.toString());
            return here && !taken && !upwards && name != null ? folder.resolve(name) : null;
        } catch (InvalidPathException e) {
            return null; // no file is called like that in this locale
        }
    }

    private static String nameOf(Path own) {
        Path name = own.getFileName();
        return name == null ? "" : name.toString();
    }

    private static Path hostsName(Path folder) {
        return folder.startsWith(HOST) ? Path.of("/").resolve(HOST.relativize(folder)) : folder;
    }

    private static String quoted(String text) {
        return text.length() <= QUOTED_MAX ? text : text.substring(0, QUOTED_MAX) + "…";
    }
}
