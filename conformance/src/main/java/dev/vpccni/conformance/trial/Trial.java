package dev.vpccni.conformance.trial;

import dev.vpccni.conformance.bench.NotTriedException;
import dev.vpccni.conformance.bench.Workbench;
import dev.vpccni.conformance.judge.Verdict;
import java.io.IOException;

/** A way to find out whether a plugin meets a requirement. */
@FunctionalInterface
interface Trial {

    /**
     * Tries it, and undoes what it did.
     *
     * @throws NotTriedException if what comes before it did not come about
     * @throws IOException if namespaces or processes could not be made
     */
    Verdict run(Workbench bench) throws IOException, NotTriedException, InterruptedException;
}
