package dev.vpccni.controller;

import dev.vpccni.controller.plan.PodWish;

/** Hears what is done, and who waits. Must not wait itself. */
interface Reporter {

    /** A line of the log. */
    void line(String line);

    /**
     * A pod gets no interface yet.
     *
     * @param why and what would help
     */
    void waits(PodWish pod, String why);
}
