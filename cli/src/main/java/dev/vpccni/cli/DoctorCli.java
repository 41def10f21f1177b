package dev.vpccni.cli;

import dev.vpccni.daemon.HostExamination;
import dev.vpccni.doctor.Diagnosis;
import dev.vpccni.doctor.DoctorPage;
import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code vpc-cni doctor}. */
@Command(
        name = "doctor",
        description = {
            "Say what on this host breaks pods' traffic, and the command that mends it.",
            "It compares with what a daemon would do in the same environment, and changes nothing."
                    + " Exits with 0 if nothing is wrong, 1 if something is, 2 if it could not"
                    + " look.",
            "`vpc-cni doctor cluster` looks at a cluster instead.",
            "As JSON: {\"findings\":[{\"id\",\"severity\",\"seen\",\"breaks\",\"remedy\"}],"
                    + "\"unseen\":[]}, where a severity is wrong or warning."
        },
        mixinStandardHelpOptions = true,
        subcommands = DoctorClusterCli.class)
final class DoctorCli implements Callable<Integer> {

    private static final int WRONG = 1;
    private static final int NOT_LOOKED = 2;

    @Spec private @Nullable CommandSpec spec;

    @Mixin private OutputOption output = new OutputOption();

    @Option(
            names = "--root",
            paramLabel = "DIR",
            description =
                    "Look at the files of a host that lie in DIR, such as a support bundle, and"
                            + " not at this host's kernel. With / this host is looked at, even if it"
                            + " looks like a container.")
    private @Nullable Path root;

    @Option(names = "--list", description = "Print what is checked, as docs/doctor.md has it.")
    private boolean list;

    @Override
    public Integer call() throws JsonException, InterruptedException {
        if (list) {
            System.out.print(DoctorPage.render());
            System.out.flush();
            return 0;
        }
        try {
            Diagnosis diagnosis = look();
            output.print(JsonObject.of(diagnosis.tree(), ""), _ -> diagnosis.text());
            return diagnosis.isWrong() ? WRONG : 0;
        } catch (IOException e) {
            System.err.println("vpc-cni: cannot look at the host: " + e.getMessage());
            return NOT_LOOKED;
        }
    }

    private Diagnosis look() throws IOException, InterruptedException {
        HostExamination examination = HostExamination.of(System.getenv());
        Path files = root;
        if (files == null) {
            return examination.here();
        }
        if (!Files.isDirectory(files) && spec != null) {
            throw new ParameterException(spec.commandLine(), files + " is no folder");
        }
        return examination.files(files);
    }
}
