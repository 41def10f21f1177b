package dev.vpccni.controller;

import dev.vpccni.controller.plan.Branch;
import dev.vpccni.controller.plan.PodWish;
import java.io.Serial;

/** The pods, as the API server has them now. Safe for use by many threads. */
interface PodBook {

    /** What became of an annotation. */
    enum Written {
        /** The pod has it. */
        DONE,
        /** The pod has changed meanwhile, or is gone: what is known of it is too old. */
        CHANGED
    }

    /**
     * Writes the annotation of a pod, unless it has changed since it was seen.
     *
     * @param text of the annotation
     */
    Written annotate(PodWish pod, String text) throws BookException, InterruptedException;

    /**
     * Tells whether an interface's pod is there, has not come to its end, and has not been told of
     * another interface.
     */
    boolean needs(Branch branch) throws BookException, InterruptedException;

    /** The API server does not do, or say, what it is asked for. */
    final class BookException extends Exception {

        @Serial private static final long serialVersionUID = 1L;

        BookException(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
