package dev.vpccni.conformance.judge;

import dev.vpccni.conformance.judge.Verdict.Failed;
import dev.vpccni.conformance.judge.Verdict.NotApplicable;
import dev.vpccni.conformance.judge.Verdict.NotTried;
import dev.vpccni.conformance.judge.Verdict.Passed;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What came of each requirement that was tried on a plugin.
 *
 * @param plugin the name of its file
 * @param verdicts in the order of the requirements
 */
public record Scorecard(String plugin, SortedMap<Requirement, Verdict> verdicts) {

    public Scorecard {
        verdicts = Collections.unmodifiableSortedMap(new TreeMap<>(verdicts));
    }

    /** Returns the requirements that are not met. */
    public List<Requirement> failed() {
        return verdicts.entrySet().stream()
                .filter(entry -> entry.getValue() instanceof Failed)
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Returns 0 if no requirement failed, and else 1. */
    public int exitStatus() {
        return failed().isEmpty() ? 0 : 1;
    }

    /** Returns how many verdicts are of {@code kind}. */
    public long count(Class<? extends Verdict> kind) {
        return verdicts.values().stream().filter(kind::isInstance).count();
    }

    /** Returns it as JSON has it. */
    public Map<String, @Nullable Object> tree() {
        var lines = new ArrayList<@Nullable Object>();
        verdicts.forEach((requirement, verdict) -> lines.add(line(requirement, verdict)));
        var tree = new LinkedHashMap<String, @Nullable Object>();
        tree.put("plugin", plugin);
        tree.put("passed", count(Passed.class));
        tree.put("failed", count(Failed.class));
        tree.put("notApplicable", count(NotApplicable.class));
        tree.put("notTried", count(NotTried.class));
        tree.put("requirements", lines);
        return tree;
    }

    private static Map<String, @Nullable Object> line(Requirement requirement, Verdict verdict) {
        var line = new LinkedHashMap<String, @Nullable Object>();
        line.put("id", requirement.id());
        line.put("text", requirement.text());
        switch (verdict) {
            case Passed(String note) -> {
                line.put("verdict", "passed");
                if (!note.isEmpty()) {
                    line.put("note", note);
                }
            }
            case Failed(String expected, String seen) -> {
                line.put("verdict", "failed");
                line.put("expected", expected);
                line.put("seen", seen);
            }
            case NotApplicable(String why) -> {
                line.put("verdict", "notApplicable");
                line.put("why", why);
            }
            case NotTried(String why) -> {
                line.put("verdict", "notTried");
                line.put("why", why);
            }
        }
        return line;
    }
}
