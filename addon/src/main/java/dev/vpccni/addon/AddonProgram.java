package dev.vpccni.addon;

import dev.vpccni.kubernetes.EventRecorder;
import dev.vpccni.kubernetes.api.ApiClient;
import dev.vpccni.kubernetes.api.ApiException;
import dev.vpccni.kubernetes.program.ClusterAccess;
import dev.vpccni.kubernetes.program.ProgramTempo;
import java.io.IOException;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;

/** {@code vpc-cni addon}. */
public final class AddonProgram {

    /** All is as it was installed, or is again. */
    public static final int AS_INSTALLED = 0;

    /** Something is not, and was left so. */
    public static final int DIFFERS = 1;

    /** Nobody knows. */
    public static final int NOT_LOOKED = 2;

    private AddonProgram() {}

    /**
     * Looks once.
     *
     * @return one of the numbers above
     * @throws IOException if no cluster is named
     */
    public static int once(
            Map<String, String> environment,
            String version,
            AddonSettings settings,
            Consumer<String> lines)
            throws IOException, InterruptedException {
        try (ApiClient client = ClusterAccess.of(environment, version)) {
            int found =
                    AddonController.once(
                            client, settings, ProgramTempo.ofProcess(lines), new Random(), lines);
            return found > 0 && settings.report() ? DIFFERS : AS_INSTALLED;
        } catch (ApiException e) {
            lines.accept(String.valueOf(e.getMessage()));
            return NOT_LOOKED;
        }
    }

    /**
     * Keeps it until this process is told to end.
     *
     * @throws IOException if no cluster is named
     */
    public static void run(
            Map<String, String> environment,
            String version,
            AddonSettings settings,
            Consumer<String> lines)
            throws IOException {
        var tempo = ProgramTempo.ofProcess(lines);
        var random = new Random();
        try (ApiClient client = ClusterAccess.of(environment, version)) {
            String name = environment.getOrDefault("MY_POD_NAME", "vpc-cni-addon");
            var events = new EventRecorder(client, "vpc-cni-addon", name, tempo, random, lines);
            var controller = new AddonController(client, settings, tempo, random, events, lines);
            Runtime.getRuntime()
                    .addShutdownHook(
                            new Thread(
                                    () -> {
                                        controller.close();
                                        events.close();
                                    },
                                    "stop"));
            tempo.start("events", events);
            controller.run();
        }
    }
}
