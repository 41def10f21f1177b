package dev.vpccni.lab;

import dev.vpccni.json.JsonException;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The process in which a lab lives. {@link LabClient} starts it; its output is the lab's log. */
public final class LabMain {

    private static final Logger LOG = LoggerFactory.getLogger(LabMain.class);

    private LabMain() {}

    /**
     * Runs a lab until it is taken down, or this process is asked to end.
     *
     * @param arguments one: the settings as JSON
     */
    public static void main(String[] arguments) {
        System.exit(run(arguments[0]));
    }

    private static int run(String settings) {
        try {
            Lab lab = Lab.start(LabSettings.parse(settings));
            Runtime.getRuntime().addShutdownHook(new Thread(() -> close(lab), "lab-end"));
            try (LabServer server = LabServer.start(lab)) {
                LOG.info("The lab serves");
                server.awaitDown();
            }
            return 0;
        } catch (IOException | JsonException | IllegalStateException e) {
            LOG.error("{}", e.getMessage());
            return 1;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 1;
        }
    }

    private static void close(Lab lab) {
        try {
            lab.close();
        } catch (IOException e) {
            LOG.error("The lab was not removed whole: {}", e.getMessage());
        }
    }
}
