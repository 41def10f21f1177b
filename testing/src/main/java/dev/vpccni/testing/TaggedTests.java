package dev.vpccni.testing;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectPackage;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.launcher.TagFilter;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/**
 * Runs the tests of a package that have a tag, in a kernel in which a build tool would take minutes
 * to begin.
 */
public final class TaggedTests {

    private TaggedTests() {}

    /**
     * Ends the process with 0 if there were tests, and each passed.
     *
     * @param args the tag, the package, and names of classes in it; all of it if there are none
     */
    public static void main(String[] args) {
        String tag = args[0];
        String folder = args[1];
        var selectors = new ArrayList<DiscoverySelector>();
        for (String name : List.of(args).subList(2, args.length)) {
            selectors.add(selectClass(folder + "." + name));
        }
        if (selectors.isEmpty()) {
            selectors.add(selectPackage(folder));
        }
        var listener = new SummaryGeneratingListener();
        LauncherFactory.create()
                .execute(
                        LauncherDiscoveryRequestBuilder.request()
                                .selectors(List.copyOf(selectors))
                                .filters(TagFilter.includeTags(tag))
                                .build(),
                        listener);
        TestExecutionSummary summary = listener.getSummary();
        var out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        summary.printFailuresTo(out, 20);
        out.printf(
                "Tests run: %d, failures: %d, skipped: %d, in %d ms%n",
                summary.getTestsStartedCount(),
                summary.getTestsFailedCount(),
                summary.getTestsSkippedCount(),
                summary.getTimeFinished() - summary.getTimeStarted());
        boolean passed =
                summary.getTestsStartedCount() > 0
                        && summary.getTotalFailureCount() == 0
                        && summary.getTestsSkippedCount() == 0;
        System.exit(passed ? 0 : 1);
    }
}
