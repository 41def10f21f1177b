package dev.vpccni.conformance;

import dev.vpccni.conformance.judge.Requirement;
import dev.vpccni.conformance.judge.Scorecard;
import dev.vpccni.conformance.judge.Verdict;
import dev.vpccni.conformance.judge.Verdict.Failed;
import dev.vpccni.conformance.judge.Verdict.NotApplicable;
import dev.vpccni.conformance.judge.Verdict.NotTried;
import dev.vpccni.conformance.judge.Verdict.Passed;
import java.util.ArrayList;
import java.util.List;

/** A scorecard for people. */
public final class ScorecardText {

    private static final String INDENT = " ".repeat(28);

    private ScorecardText() {}

    /** Draws it: a line for each requirement, and below it what is to be said of it. */
    public static String draw(Scorecard card) {
        var lines = new ArrayList<String>();
        card.verdicts().forEach((requirement, verdict) -> add(lines, requirement, verdict));
        lines.add("");
        lines.add(
                "%s: %d passed, %d failed, %d not applicable, %d could not be tried"
                        .formatted(
                                card.plugin(),
                                card.count(Passed.class),
                                card.count(Failed.class),
                                card.count(NotApplicable.class),
                                card.count(NotTried.class)));
        return String.join("\n", lines);
    }

    private static void add(List<String> lines, Requirement requirement, Verdict verdict) {
        switch (verdict) {
            case Passed(String note) -> {
                lines.add(line("passed", requirement));
                if (!note.isEmpty()) {
                    lines.add(INDENT + note);
                }
            }
            case Failed(String expected, String seen) -> {
                lines.add(line("FAILED", requirement));
                lines.add(INDENT + "expected: " + expected);
                lines.add(INDENT + "seen: " + seen);
            }
            case NotApplicable(String why) -> {
                lines.add(line("-", requirement));
                lines.add(INDENT + "not applicable: " + why);
            }
            case NotTried(String why) -> {
                lines.add(line("?", requirement));
                lines.add(INDENT + "could not be tried: " + why);
            }
        }
    }

    private static String line(String verdict, Requirement requirement) {
        return "%-7s %-24s %s".formatted(verdict, requirement.id(), requirement.text());
    }
}
