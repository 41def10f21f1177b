package dev.vpccni.cli;

import dev.vpccni.conformance.Conformance;
import dev.vpccni.conformance.ScorecardText;
import dev.vpccni.conformance.bench.ConformanceSettings;
import dev.vpccni.conformance.judge.Scorecard;
import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code vpc-cni conformance}. */
@Command(
        name = "conformance",
        description = {
            "Try a CNI plugin, any one, against the CNI specification 1.1.0, and print a scorecard:"
                    + " each requirement passed, failed, is not applicable, or could not be tried.",
            "The plugin runs in a network namespace that stands for the host and has an uplink"
                    + " (named as the configuration's master, if it has one), with empty /var/lib/cni"
                    + " and /run/cni; nothing of this computer's own network is changed. One that talks"
                    + " to a daemon runs beside that, with --host-namespace current, such as by"
                    + " `lab exec`. The network's name gets \"-conformance\" appended, so that GC finds"
                    + " no container of anybody else.",
            "Needs root. Exits with 0 if no requirement failed, 1 if one did, 2 for a wrong command"
                    + " line."
        },
        mixinStandardHelpOptions = true)
final class ConformanceCli implements Callable<Integer> {

    /** Where a plugin runs. */
    enum HostNamespace {
        NEW,
        CURRENT
    }

    private static final Duration PATIENCE = Duration.ofSeconds(8);
    private static final int CROWD = 8;
    private static final long LONGEST_CONFIG = 4 << 20;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Mixin private OutputOption output = new OutputOption();

    @Option(names = "--plugin", required = true, paramLabel = "PATH", description = "The plugin.")
    private Path plugin = Path.of("");

    @Option(
            names = "--config",
            required = true,
            paramLabel = "FILE",
            description =
                    "A network configuration, or a list (conflist), of which the plugin whose type"
                            + " is the plugin's file name is taken.")
    private Path config = Path.of("");

    @Option(
            names = "--ifname",
            paramLabel = "NAME",
            defaultValue = "eth0",
            description = "CNI_IFNAME (default: ${DEFAULT-VALUE}).")
    private String interfaceName = "";

    @Option(
            names = "--only",
            split = ",",
            paramLabel = "ID",
            description =
                    "Requirements to try, or groups of them, such as del.repeated or check; may be"
                            + " repeated.")
    private List<String> only = new ArrayList<>();

    @Option(
            names = "--host-namespace",
            paramLabel = "WHICH",
            defaultValue = "new",
            description =
                    "Where the plugin runs: new or current (default: ${DEFAULT-VALUE}). In current,"
                            + " the plugin changes the network that this command runs in.")
    private HostNamespace hostNamespace = HostNamespace.NEW;

    @Option(
            names = "--prev-result",
            paramLabel = "FILE",
            description =
                    "For a chained plugin: the result of the one before it. Each container gets an"
                            + " interface as it says.")
    private @Nullable Path previous;

    @Option(
            names = "--args",
            paramLabel = "K=V;K=V",
            defaultValue = "",
            description = "Pairs for CNI_ARGS, besides those that a kubelet's runtime gives.")
    private String arguments = "";

    @Option(
            names = "--cni-path",
            paramLabel = "FOLDERS",
            defaultValue = "",
            description =
                    "CNI_PATH, where the plugin finds others, such as for addresses (default: the"
                            + " plugin's folder).")
    private String path = "";

    @Option(
            names = "--deadline",
            paramLabel = "SECONDS",
            defaultValue = "30",
            description = "How long each call may take (default: ${DEFAULT-VALUE}).")
    private int deadline;

    @Override
    public Integer call() throws IOException, JsonException, InterruptedException {
        if (deadline < 1 || deadline > 3_600) {
            throw wrong("a deadline is of 1 to 3600 seconds", null);
        }
        var settings =
                new ConformanceSettings(
                        plugin,
                        text(config),
                        interfaceName,
                        only,
                        hostNamespace == HostNamespace.NEW,
                        previous == null ? null : result(previous),
                        arguments,
                        path,
                        CROWD,
                        Duration.ofSeconds(deadline),
                        PATIENCE);
        try {
            Scorecard card = Conformance.run(settings);
            output.print(JsonObject.of(card.tree(), "scorecard"), _ -> ScorecardText.draw(card));
            return card.exitStatus();
        } catch (IllegalArgumentException e) {
            throw wrong(String.valueOf(e.getMessage()), e);
        }
    }

    private JsonObject result(Path file) {
        try {
            return JsonObject.parse(text(file));
        } catch (JsonException e) {
            throw wrong(file + ": " + e.getMessage(), e);
        }
    }

    private String text(Path file) {
        try {
            if (Files.size(file) > LONGEST_CONFIG) {
                throw wrong(file + " is longer than " + LONGEST_CONFIG + " bytes", null);
            }
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw wrong("cannot read " + file + ": " + e.getClass().getSimpleName(), e);
        }
    }

    private ParameterException wrong(String what, @Nullable Throwable cause) {
        return new ParameterException(spec.commandLine(), what, cause);
    }
}
