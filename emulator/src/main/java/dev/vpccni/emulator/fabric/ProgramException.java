package dev.vpccni.emulator.fabric;

import java.io.IOException;
import java.io.Serial;

/** A program ended with a status other than 0. */
public final class ProgramException extends IOException {

    @Serial private static final long serialVersionUID = 1L;

    private final int status;

    ProgramException(Program program, Program.Ended ended) {
        super(
                String.join(" ", program.words())
                        + " ended with status "
                        + ended.status()
                        + ": "
                        + (ended.errors().isBlank() ? ended.output() : ended.errors()).strip());
        this.status = ended.status();
    }

    /** Returns the exit status. */
    public int status() {
        return status;
    }
}
