package dev.vpccni.node.ledger;

import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.ipam.ledger.Ledger;
import dev.vpccni.ipam.ledger.Outcome;
import dev.vpccni.node.port.Tempo;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A command on its way through the {@link LedgerKeeper}. Either its caller gives up on it or the
 * keeper carries it out, never both, so that nobody is granted what nobody awaits.
 */
final class LedgerRequest {

    /** Whose move it is. */
    private enum Stage {
        WAITING,
        TAKEN,
        ENDED
    }

    final Command command;
    final boolean patient;
    private final Tempo.Signal ended;
    private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.WAITING);
    private volatile @Nullable Outcome outcome;
    private volatile @Nullable IOException failure;

    /**
     * @param patient whether it stays when there is no address for it
     */
    LedgerRequest(Command command, boolean patient, Tempo.Signal ended) {
        this.command = command;
        this.patient = patient;
        this.ended = ended;
    }

    /** Tells whether it asks for an address. */
    boolean isAssign() {
        return command instanceof Command.Assign;
    }

    /** Tells whether it asks for an address that it has in {@code ledger} already. */
    boolean isGrantedIn(Ledger ledger) {
        return command instanceof Command.Assign assign && ledger.grant(assign.key()) != null;
    }

    /** Takes the request for the keeper; false if its caller gave up on it. */
    boolean take() {
        return stage.compareAndSet(Stage.WAITING, Stage.TAKEN);
    }

    /** Puts a taken request back: it waits on. */
    void putBack() {
        stage.set(Stage.WAITING);
    }

    /** Takes the request from the keeper; false if the keeper is at it or done with it. */
    boolean giveUp() {
        return stage.compareAndSet(Stage.WAITING, Stage.ENDED);
    }

    /** Tells whether the caller still waits for it. */
    boolean waits() {
        return stage.get() == Stage.WAITING;
    }

    void complete(Outcome result) {
        outcome = result;
        stage.set(Stage.ENDED);
        ended.raise();
    }

    void fail(IOException cause) {
        failure = cause;
        stage.set(Stage.ENDED);
        ended.raise();
    }

    /** Returns the outcome, or null if there is none yet. */
    @Nullable Outcome outcome() throws IOException {
        IOException cause = failure;
        if (cause != null) {
            throw new IOException(cause.getMessage(), cause);
        }
        return outcome;
    }

    Tempo.Signal ended() {
        return ended;
    }
}
