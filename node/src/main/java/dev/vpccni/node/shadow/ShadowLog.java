package dev.vpccni.node.shadow;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is told of one report after the other: what is new, and what is no more. New is what two
 * reports in a row say, since each look may catch the other daemon in the midst of something. What
 * a report could not look at stays as it was. Used by one thread.
 */
public final class ShadowLog {

    private final Map<String, ShadowFinding> told = new LinkedHashMap<>();
    private final Map<String, ShadowFinding> suspected = new LinkedHashMap<>();
    private final Map<ShadowPart, String> blind = new LinkedHashMap<>();
    private boolean calm;

    /** Returns the lines to tell of {@code report}. */
    public List<String> lines(ShadowReport report) {
        var lines = new ArrayList<String>();
        var now = new LinkedHashMap<String, ShadowFinding>();
        report.findings().forEach(finding -> now.put(key(finding), finding));
        for (Map.Entry<String, ShadowFinding> one : now.entrySet()) {
            if (!told.containsKey(one.getKey()) && suspected.containsKey(one.getKey())) {
                told.put(one.getKey(), one.getValue());
                lines.add(ShadowReport.line(one.getValue()));
            }
        }
        told.entrySet()
                .removeIf(one -> {
                    boolean gone =
                            !now.containsKey(one.getKey())
                                    && !report.unseen().containsKey(one.getValue().part());
                    if (gone) {
                        lines.add("no longer: " + ShadowReport.line(one.getValue()));
                    }
                    return gone;
                });
        suspected.clear();
        suspected.putAll(now);
        tellWhatIsUnseen(report, lines);
        boolean nothing = told.isEmpty() && now.isEmpty() && report.unseen().isEmpty();
        if (nothing && !calm) {
            lines.add("nothing would change");
        }
        calm = nothing;
        return lines;
    }

    private void tellWhatIsUnseen(ShadowReport report, List<String> lines) {
        report.unseen()
                .forEach((part, why) -> {
                    if (blind.put(part, why) == null) {
                        lines.add(part.word() + ": not looked at: " + why);
                    }
                });
        blind.keySet()
                .removeIf(part -> {
                    boolean seen = !report.unseen().containsKey(part);
                    if (seen) {
                        lines.add(part.word() + ": looked at again");
                    }
                    return seen;
                });
    }

    /** Reasons have numbers in them that change with each pod. */
    private static String key(ShadowFinding finding) {
        return finding.part() + " " + finding.attention() + " " + finding.what();
    }
}
