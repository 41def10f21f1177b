package dev.vpccni.node.ledger;

import dev.vpccni.ipam.ledger.Ledger;
import dev.vpccni.ipam.ledger.Outcome;
import dev.vpccni.ipam.ledger.Step;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Commands that are folded over a ledger at one instant, and written and answered together. */
final class Batch {

    private final Instant now;
    private final List<Answer> answers = new ArrayList<>();
    private Ledger ledger;

    private record Answer(LedgerRequest request, Outcome outcome) {}

    Batch(Ledger ledger, Instant now) {
        this.ledger = ledger;
        this.now = now;
    }

    /** Returns the ledger after what was folded so far. */
    Ledger ledger() {
        return ledger;
    }

    /** Tells whether a pod that waits may get an address. */
    boolean hasFreeAddress() {
        return ledger.counts(now).free() > 0;
    }

    /**
     * Carries out a request, unless its caller gave up on it; one that has to wait and may stays as
     * it is.
     */
    void fold(LedgerRequest request) {
        if (!request.take()) {
            return;
        }
        Step step = ledger.apply(request.command, now);
        boolean fruitless =
                step.outcome() instanceof Outcome.NoAddress
                        || step.outcome() instanceof Outcome.Unplaced;
        if (fruitless && request.patient) {
            request.putBack();
            return;
        }
        ledger = step.ledger();
        answers.add(new Answer(request, step.outcome()));
    }

    /** Tells every caller what came of it. */
    void complete() {
        answers.forEach(answer -> answer.request.complete(answer.outcome));
    }

    /** Tells every caller that nothing came of it. */
    void fail(IOException cause) {
        answers.forEach(answer -> answer.request.fail(cause));
    }
}
