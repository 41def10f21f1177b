package dev.vpccni.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The programs of a cluster, which a script builds or finds. */
final class ClusterBuild {

    private ClusterBuild() {}

    /**
     * Returns the folder of the programs, which are built first if they are not there. The script
     * says on the standard error what it does.
     *
     * @param home of this program
     * @throws IOException if they cannot be built: the script has said why
     */
    static Path folder(Path home) throws IOException, InterruptedException {
        Path script = home.resolve("scripts/kubernetes/build");
        Process process =
                new ProcessBuilder(script.toString())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                        .start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
        String printed =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (process.waitFor() != 0) {
            throw new IOException("there is no Kubernetes to run: " + script + " failed");
        }
        return Path.of(printed);
    }
}
