package dev.vpccni.daemon;

import dev.vpccni.aws.CallListener;
import dev.vpccni.aws.InstanceMetadata;
import dev.vpccni.daemon.checkpoint.FileCheckpointView;
import dev.vpccni.daemon.checkpoint.WriteTime;
import dev.vpccni.daemon.shadow.LateEc2;
import dev.vpccni.daemon.shadow.UpstreamDaemon;
import dev.vpccni.host.LinuxView;
import dev.vpccni.node.instance.MetadataAsEc2;
import dev.vpccni.node.port.Ec2Reader;
import dev.vpccni.node.shadow.OtherDaemon;
import dev.vpccni.node.shadow.ShadowLog;
import dev.vpccni.node.shadow.ShadowLook;
import dev.vpccni.node.shadow.ShadowReport;
import dev.vpccni.node.work.Retry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * {@code vpc-cni shadow}: looks at a node that upstream's daemon serves, in that daemon's
 * environment, and says what this one would do. Takes no lock, no socket and no port, and writes no
 * file.
 */
public final class ShadowProgram implements AutoCloseable {

    private static final String INTROSPECTION = "127.0.0.1:61679";

    private final EnvironmentSettings settings;
    private final RealTempo tempo = new RealTempo((_, _) -> {});
    private final LinuxView host;
    private final LateEc2 ec2;
    private final ShadowLook look;

    private ShadowProgram(Map<String, String> environment, EnvironmentSettings settings)
            throws IOException, InterruptedException {
        this.settings = settings;
        var random = new KernelRandom();
        var metadata =
                new InstanceMetadata(
                        InstanceMetadata.endpoint(environment), tempo, random, CallListener.NONE);
        host = LinuxView.here();
        ec2 = new LateEc2(environment, settings.daemon().version(), metadata, tempo);
        Ec2Reader asked = settings.daemon().metadataOnly() ? new MetadataAsEc2(metadata) : ec2;
        look =
                new ShadowLook(
                        settings.node(),
                        new FileCheckpointView(
                                settings.daemon().backingStore(), tempo, WriteTime.thisBoot()),
                        upstream(environment, tempo),
                        host,
                        metadata,
                        asked,
                        tempo,
                        new Retry(tempo, random));
    }

    /**
     * Makes one for the environment that upstream's daemon has.
     *
     * @throws IOException if the kernel does not let us speak with it, or no daemon would start
     *     with these variables
     */
    public static ShadowProgram of(Map<String, String> environment)
            throws IOException, InterruptedException {
        EnvironmentSettings settings =
                EnvironmentSettings.parse(environment, PodLimits.read(PodLimits.FILE));
        if (!settings.faults().isEmpty()) {
            throw new IOException(
                    "no daemon would start with these variables: "
                            + String.join("; ", settings.faults()));
        }
        return new ShadowProgram(environment, settings);
    }

    /** What one look has found. */
    public record Outcome(
            Map<String, @Nullable Object> tree, String text, boolean attention, boolean whole) {

        private static Outcome of(ShadowReport report) {
            return new Outcome(
                    report.tree(),
                    report.text(),
                    report.wantsAttention(),
                    report.unseen().isEmpty());
        }
    }

    /** Looks once. */
    public Outcome once() throws InterruptedException {
        return Outcome.of(look.look());
    }

    /** Looks until it is interrupted, and tells what has changed. */
    public void run(Duration every, Consumer<String> lines) throws InterruptedException {
        settings.reports().forEach(ignored -> lines.accept("setting: " + ignored));
        var log = new ShadowLog();
        while (true) {
            log.lines(look.look()).forEach(lines);
            tempo.pause(every);
        }
    }

    @Override
    public void close() {
        host.close();
        ec2.close();
    }

    private static OtherDaemon upstream(Map<String, String> environment, RealTempo tempo) {
        String text = environment.getOrDefault("INTROSPECTION_BIND_ADDRESS", INTROSPECTION);
        int colon = text.lastIndexOf(':');
        String port = text.substring(colon + 1);
        if (colon < 0 || text.startsWith("unix:") || !port.matches("[0-9]{1,5}")) {
            return () -> {
                throw new IOException(
                        "INTROSPECTION_BIND_ADDRESS=" + text + " is no address that is asked here");
            };
        }
        String name =
                colon == 0 ? "127.0.0.1" : text.substring(0, colon).replaceAll("[\\[\\]]", "");
        var address = new InetSocketAddress(name, Math.min(Integer.parseInt(port), 65_535));
        return UpstreamDaemon.at(address, tempo::nanos);
    }
}
