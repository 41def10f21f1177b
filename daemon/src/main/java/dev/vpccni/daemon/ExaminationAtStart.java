package dev.vpccni.daemon;

import dev.vpccni.daemon.log.Log;
import dev.vpccni.doctor.Diagnosis;
import dev.vpccni.doctor.check.Finding;
import dev.vpccni.node.port.Tempo;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Looks at the host once the daemon has set it up, and says in the log what is wrong with it. The
 * daemon serves meanwhile, and does so whatever comes of this.
 */
final class ExaminationAtStart implements Runnable {

    /** Where EC2 or metadata keeps silent, what is wrong may be the reason. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Longer than all of the programs that are run may take, in two looks. */
    private static final Duration DEADLINE = Duration.ofSeconds(75);

    private final HostExamination.Looking examination;
    private final Tempo.Signal serving;
    private final Duration deadline;
    private final Log log;

    /**
     * @param serving is raised when the daemon has set up all that it does at its start
     */
    ExaminationAtStart(HostExamination examination, Tempo.Signal serving, Log log) {
        this(examination::here, serving, DEADLINE, log);
    }

    /**
     * @param deadline after which a look is given up
     */
    ExaminationAtStart(
            HostExamination.Looking examination, Tempo.Signal serving, Duration deadline, Log log) {
        this.examination = examination;
        this.serving = serving;
        this.deadline = deadline;
        this.log = log;
    }

    @Override
    public void run() {
        try {
            boolean _ = serving.await(PATIENCE);
            // Not within this task, whose faults would end the daemon.
            var look = new FutureTask<Diagnosis>(examination::look);
            Thread.ofVirtual().name("doctor's look").start(look);
            try {
                tell(look.get(deadline.toMillis(), TimeUnit.MILLISECONDS));
            } catch (ExecutionException e) {
                log.warn("doctor: cannot look at the host: " + e.getCause());
            } catch (TimeoutException e) {
                boolean _ = look.cancel(true);
                log.warn(
                        "doctor: not done with the host after "
                                + deadline.toSeconds()
                                + " s; `vpc-cni doctor` says more");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void tell(Diagnosis diagnosis) {
        for (Finding finding : diagnosis.findings()) {
            String line =
                    "doctor: %s: %s; this breaks: %s; remedy: %s"
                            .formatted(
                                    finding.check(),
                                    finding.seen(),
                                    finding.breaks(),
                                    finding.remedy());
            switch (finding.severity()) {
                case WRONG -> log.error(line);
                case WARNING -> log.warn(line);
            }
        }
        diagnosis.unseen().forEach(line -> log.debug("doctor: not looked at: " + line));
        if (diagnosis.findings().isEmpty()) {
            log.info("doctor: nothing wrong with the host");
        }
    }
}
