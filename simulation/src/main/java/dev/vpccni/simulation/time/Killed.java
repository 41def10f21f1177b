package dev.vpccni.simulation.time;

import java.io.Serial;

/** Ends a task of a {@link SimulatedProcess} that was killed. Nobody catches it. */
final class Killed extends Error {

    @Serial private static final long serialVersionUID = 1L;

    Killed(String process) {
        super(process + " was killed", null, false, false);
    }
}
