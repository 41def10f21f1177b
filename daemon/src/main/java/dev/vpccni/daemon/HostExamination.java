package dev.vpccni.daemon;

import dev.vpccni.dataplane.Mark;
import dev.vpccni.doctor.Diagnosis;
import dev.vpccni.doctor.Doctor;
import dev.vpccni.doctor.check.Expected;
import dev.vpccni.host.examination.HostReader;
import dev.vpccni.host.examination.Sight;
import dev.vpccni.node.settings.KernelSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Looks at the host, and compares it with what a daemon is told by an environment. Thread-safe. */
public final class HostExamination {

    private static final Path ROOT = Path.of("/");

    /** Longer than a pod or an interface takes to be there with all that belongs to it. */
    private static final Duration SETTLES = Duration.ofSeconds(1);

    /** Runtimes leave one of these in containers, and images of containers that became hosts do. */
    private static final List<String> CONTAINERS = List.of("/.dockerenv", "/run/.containerenv");

    /**
     * Folders that a node has and a container on it does not, whatever it mounts them as: those of
     * systemd that runs (sd_booted(3)), and of the runtime's networks.
     */
    private static final List<String> HOSTS =
            List.of("/run/systemd/system", Expected.DEFAULT.networkFolder());

    private final EnvironmentSettings settings;
    private final Map<String, String> environment;
    private final boolean daemonRuns;

    /**
     * @param daemonRuns this process is the daemon
     */
    HostExamination(
            EnvironmentSettings settings, Map<String, String> environment, boolean daemonRuns) {
        this.settings = settings;
        this.environment = environment;
        this.daemonRuns = daemonRuns;
    }

    /** Returns what compares with a daemon in this environment. */
    public static HostExamination of(Map<String, String> environment) {
        return new HostExamination(
                EnvironmentSettings.parse(environment, PodLimits.read(PodLimits.FILE)),
                environment,
                false);
    }

    /** Looks at a host. */
    interface Looking {
        Diagnosis look() throws IOException, InterruptedException;
    }

    /**
     * Looks, and again after a pause if anything was found: a host is read bit by bit, and a pod
     * that comes or goes meanwhile is half there in what was read. What is found twice is told.
     */
    static Diagnosis lasting(Looking host, Duration pause)
            throws IOException, InterruptedException {
        Diagnosis first = host.look();
        if (first.findings().isEmpty()) {
            return first;
        }
        Thread.sleep(pause);
        return host.look().alsoIn(first);
    }

    /**
     * Looks at this host: its kernel, and as much of its files as there is here.
     *
     * @throws IOException if the kernel does not let us speak with it
     */
    public Diagnosis here() throws IOException, InterruptedException {
        return here(isContainer(environment, ROOT));
    }

    /**
     * Tells whether the files below {@code root} are a container's, rather than the host's. A host
     * may be made of a container's image, and be a container itself.
     */
    static boolean isContainer(Map<String, String> environment, Path root) {
        boolean marked =
                environment.containsKey("KUBERNETES_SERVICE_HOST")
                        || CONTAINERS.stream().anyMatch(name -> Files.exists(below(root, name)));
        return marked && HOSTS.stream().noneMatch(name -> Files.isDirectory(below(root, name)));
    }

    private static Path below(Path root, String name) {
        return root.resolve(name.substring(1));
    }

    private Diagnosis here(boolean container) throws IOException, InterruptedException {
        Sight sight = (daemonRuns ? Sight.SMALL : Sight.WHOLE).inContainer(container);
        Expected expected = expected(true);
        return lasting(
                () -> Doctor.examine(HostReader.here().read(sight, expected), expected), SETTLES);
    }

    /**
     * Looks at the files of some host, and at nothing else.
     *
     * @param root the folder in which they lie; {@code /etc} is in its {@code etc}. With {@code /}
     *     the files here are this host's, whatever this looks like, and its kernel is asked, too
     * @throws IOException if it cannot be looked into
     */
    public Diagnosis files(Path root) throws IOException, InterruptedException {
        if (root.toAbsolutePath().normalize().equals(ROOT)) {
            return here(false);
        }
        Expected expected = expected(false);
        return Doctor.examine(
                HostReader.here().read(Sight.WHOLE.ofFiles(root.toAbsolutePath()), expected),
                expected);
    }

    /**
     * @param mounted folders of the host may be where the environment says
     */
    Expected expected(boolean mounted) {
        KernelSettings kernel = settings.node().kernel();
        Path networks = settings.daemon().installation().conflistFolder();
        Expected otherwise = Expected.DEFAULT;
        return new Expected(
                settings.node().addressing().family(),
                kernel.ipv6Egress() || settings.daemon().conflist().egress().enabled(),
                Mark.of(kernel.connectionMark()),
                kernel.vethPrefix(),
                kernel.interfaceMtu(),
                kernel.podMtu(),
                kernel.nodePortSupport(),
                settings.node().pool().trunk(),
                mounted && networks != null ? networks.toString() : otherwise.networkFolder(),
                mounted
                        ? environment.getOrDefault("HOST_CNI_BIN_PATH", otherwise.pluginFolder())
                        : otherwise.pluginFolder(),
                Objects.requireNonNullElse(
                                settings.daemon().backingStore().toAbsolutePath().getParent(), ROOT)
                        .toString(),
                daemonRuns);
    }
}
