package dev.vpccni.daemon.install;

import dev.vpccni.daemon.environment.AddressingVariables;
import dev.vpccni.daemon.environment.KernelVariables;
import dev.vpccni.daemon.environment.PluginVariables;
import dev.vpccni.daemon.environment.Variables;
import dev.vpccni.host.kernel.Links;
import dev.vpccni.linux.Errno;
import dev.vpccni.linux.ErrnoException;
import dev.vpccni.linux.route.Rtnetlink;
import dev.vpccni.linux.sysctl.Sysctl;
import dev.vpccni.model.MacAddress;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.MetadataException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * What comes before the daemon, and needs more rights than it has: the plugins of others are copied
 * to the host, and kernel parameters set (ipamd.md 9.1). Each step that is done already is left as
 * it is, so that a second run needs no rights at all.
 */
public final class NodeInit {

    private static final String LOOSE = "2";

    private final Path source;
    private final Path target;
    private final List<Parameter> parameters;

    private NodeInit(Path source, Path target, List<Parameter> parameters) {
        this.source = source;
        this.target = target;
        this.parameters = parameters;
    }

    /**
     * A kernel parameter.
     *
     * @param name below {@code /proc/sys}; {@code %s} is the primary interface
     * @param needed whether a kernel without it is a fault
     */
    private record Parameter(String name, String value, boolean needed) {}

    /** Says which interface is the primary one. */
    public interface Primary {
        /** Returns its address, as metadata has it. */
        MacAddress address() throws MetadataException, InterruptedException;
    }

    /**
     * Reads what is to be done.
     *
     * @param said hears of values that are not followed
     * @throws IOException with all values that cannot be
     */
    public static NodeInit of(Map<String, String> environment, Consumer<String> said)
            throws IOException {
        var in = new Variables(environment);
        NodeInit init = parse(in);
        in.reports().forEach(report -> said.accept(report.toString()));
        if (!in.faults().isEmpty()) {
            throw new IOException(String.join("; ", in.faults()));
        }
        return init;
    }

    private static NodeInit parse(Variables in) {
        var parameters = new ArrayList<Parameter>();
        parameters.add(new Parameter("net/ipv4/conf/%s/rp_filter", LOOSE, true));
        boolean early = in.flag(KernelVariables.DISABLE_TCP_EARLY_DEMUX);
        if (in.raw(KernelVariables.DISABLE_TCP_EARLY_DEMUX) != null) {
            parameters.add(new Parameter("net/ipv4/tcp_early_demux", early ? "0" : "1", false));
        }
        boolean ipv6 = in.flag(AddressingVariables.ENABLE_IPV6);
        if (ipv6) {
            parameters.add(new Parameter("net/ipv6/conf/all/disable_ipv6", "0", true));
        }
        if (ipv6 || in.flag(KernelVariables.ENABLE_V6_EGRESS)) {
            // First of the two: one that forwards forgets its own router otherwise.
            parameters.add(new Parameter("net/ipv6/conf/%s/accept_ra", "2", true));
            parameters.add(new Parameter("net/ipv6/conf/all/forwarding", "1", true));
        }
        return new NodeInit(
                in.pathOrDefault(PluginVariables.INIT_FOLDER),
                in.pathOrDefault(PluginVariables.BINARIES),
                parameters);
    }

    /**
     * Does it all, on a thread in the node's network namespace.
     *
     * @param said hears what was done, a line each
     * @throws IOException with what could not be done, and what helps
     */
    public void run(
            Primary primary, InstantSource clock, RandomGenerator random, Consumer<String> said)
            throws IOException, InterruptedException {
        var folder = new HostFolder(target, "HOST_CNI_BIN_PATH", clock, random);
        List<Path> files = HostFolder.filesIn(source);
        int copied = 0;
        for (Path file : files) {
            if (folder.copy(file)) {
                copied++;
            }
        }
        said.accept(
                "%d of %d files copied from %s to %s; the others were there"
                        .formatted(copied, files.size(), source, target));
        String link = link(primary);
        said.accept("the primary interface is " + link);
        for (Parameter parameter : parameters) {
            set(parameter, link, said);
        }
    }

    private static String link(Primary primary) throws IOException, InterruptedException {
        MacAddress mac;
        try {
            mac = primary.address();
        } catch (MetadataException e) {
            throw new IOException(
                    e.getMessage()
                            + "; the pod has to be on the host's network, and the instance's"
                            + " metadata switched on",
                    e);
        }
        try (Rtnetlink node = Rtnetlink.open()) {
            return Links.read(node).find(mac).name();
        } catch (HostException e) {
            throw new IOException(
                    e.getMessage()
                            + ", which metadata says that the primary interface has; the pod has to"
                            + " be on the host's network",
                    e);
        }
    }

    private static void set(Parameter parameter, String link, Consumer<String> said)
            throws IOException {
        String name = parameter.name().formatted(link);
        try {
            String before = Sysctl.read(name);
            if (!before.equals(parameter.value())) {
                var _ = Sysctl.write(name, parameter.value());
                said.accept(name + " is " + parameter.value() + ", and was " + before);
            }
        } catch (ErrnoException e) {
            if (e.is(Errno.ENOENT) && !parameter.needed()) {
                said.accept("this kernel has no " + name);
            } else {
                throw new IOException(
                        "cannot set %s to %s: %s; %s"
                                .formatted(name, parameter.value(), e.getMessage(), remedy(e)),
                        e);
            }
        }
    }

    private static String remedy(ErrnoException e) {
        if (e.is(Errno.ENOENT)) {
            return "the kernel was started without IPv6, perhaps with ipv6.disable=1";
        }
        return "the container has to be privileged, or the parameter set on the host beforehand";
    }
}
