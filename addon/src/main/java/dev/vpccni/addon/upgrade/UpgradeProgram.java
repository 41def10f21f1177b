package dev.vpccni.addon.upgrade;

import dev.vpccni.kubernetes.api.ApiClient;
import dev.vpccni.kubernetes.program.ClusterAccess;
import dev.vpccni.kubernetes.program.ProgramTempo;
import java.io.IOException;
import java.util.Map;
import java.util.function.Consumer;

/** {@code vpc-cni upgrade}. */
public final class UpgradeProgram {

    /** What is to be done. */
    public enum Verb {
        /** Upgrade, or go on. */
        RUN,
        /** Put the former image back. */
        BACK,
        /** Say what would be done. */
        PLAN
    }

    private UpgradeProgram() {}

    /**
     * Does it in the cluster that the environment names.
     *
     * @param version of this program
     * @return whether it came to its end; otherwise lines have said why
     * @throws IOException if no cluster is named
     */
    public static boolean run(
            Map<String, String> environment,
            String version,
            UpgradeSettings settings,
            Verb verb,
            Consumer<String> lines)
            throws IOException, InterruptedException {
        try (ApiClient client = ClusterAccess.of(environment, version)) {
            var upgrade = new Upgrade(client, settings, ProgramTempo.ofProcess(lines), lines);
            return switch (verb) {
                case RUN -> upgrade.run();
                case BACK -> upgrade.back();
                case PLAN -> upgrade.plan();
            };
        }
    }
}
