package dev.vpccni.cli;

import dev.vpccni.daemon.ShadowProgram;
import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code vpc-cni shadow}. */
@Command(
        name = "shadow",
        description = {
            "Say what this daemon would do on a node that upstream's serves, and change nothing:"
                    + " which pods it would know, what in the kernel and in EC2 it would change, how"
                    + " many addresses it would have, and what should be looked at before it takes"
                    + " over.",
            "It is to have the environment of upstream's daemon, whose checkpoint and introspection"
                    + " it reads. It tells what two looks in a row show, as a line when that begins"
                    + " and one when it ends.",
            "With --once it exits with 0 if nothing needs attention, 1 if something does, and 2 if"
                    + " something could not be looked at. As JSON: {\"numbers\":{},"
                    + "\"findings\":[{\"part\",\"attention\",\"what\",\"why\"}],"
                    + "\"unseen\":[{\"part\",\"why\"}]}."
        },
        mixinStandardHelpOptions = true)
final class ShadowCli implements Callable<Integer> {

    private static final int ATTENTION = 1;
    private static final int NOT_LOOKED = 2;

    @Spec private @Nullable CommandSpec spec;

    @Mixin private OutputOption output = new OutputOption();

    @Option(names = "--once", description = "Look once, and end.")
    private boolean once;

    @Option(
            names = "--every",
            paramLabel = "SECONDS",
            defaultValue = "60",
            description = "How often to look (default: ${DEFAULT-VALUE}).")
    private int seconds = 60;

    @Override
    public Integer call() throws JsonException, InterruptedException {
        if (spec != null && (seconds < 10 || seconds > Duration.ofDays(1).toSeconds())) {
            throw new ParameterException(spec.commandLine(), "--every: from 10 to 86400 seconds");
        }
        try (ShadowProgram shadow = ShadowProgram.of(System.getenv())) {
            if (!once) {
                shadow.run(Duration.ofSeconds(seconds), ShadowCli::tell);
                return 0;
            }
            ShadowProgram.Outcome found = shadow.once();
            output.print(JsonObject.of(found.tree(), ""), _ -> found.text());
            System.out.flush();
            if (found.attention()) {
                return ATTENTION;
            }
            return found.whole() ? 0 : NOT_LOOKED;
        } catch (IOException e) {
            System.err.println("vpc-cni: cannot look at the node: " + e.getMessage());
            return NOT_LOOKED;
        }
    }

    private static void tell(String line) {
        System.out.println(Instant.now().truncatedTo(ChronoUnit.MILLIS) + " " + line);
        System.out.flush();
    }
}
