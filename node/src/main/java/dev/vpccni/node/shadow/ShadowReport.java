package dev.vpccni.node.shadow;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What this daemon would do on a node at one moment.
 *
 * @param findings in the order of parts
 * @param unseen why something of a part could not be looked at: nothing that is said of such a part
 *     is all of it
 * @param numbers of pods and addresses as this daemon would count them, by their names; those that
 *     are not known are missing
 */
public record ShadowReport(
        List<ShadowFinding> findings,
        SortedMap<ShadowPart, String> unseen,
        SortedMap<String, Long> numbers) {

    /** Of a part; a node has a few hundred pods, and more lines are read by nobody. */
    static final int FINDINGS_MAX = 100;

    public ShadowReport {
        findings = limited(findings);
        unseen = Collections.unmodifiableSortedMap(new TreeMap<>(unseen));
        numbers = Collections.unmodifiableSortedMap(new TreeMap<>(numbers));
    }

    private static List<ShadowFinding> limited(List<ShadowFinding> all) {
        var kept = new ArrayList<ShadowFinding>();
        for (ShadowPart part : ShadowPart.values()) {
            List<ShadowFinding> own =
                    all.stream().filter(one -> one.part() == part).distinct().sorted().toList();
            // What somebody should look at is never what is left out first.
            List<ShadowFinding> ordered = new ArrayList<>(own);
            ordered.sort((one, other) -> Boolean.compare(other.attention(), one.attention()));
            kept.addAll(ordered.stream().limit(FINDINGS_MAX).sorted().toList());
            int others = own.size() - FINDINGS_MAX;
            if (others > 0) {
                boolean attention =
                        ordered.stream().skip(FINDINGS_MAX).anyMatch(ShadowFinding::attention);
                kept.add(
                        new ShadowFinding(
                                part,
                                attention,
                                "do more of that kind",
                                others + " others are not listed"));
            }
        }
        return List.copyOf(kept);
    }

    /** Tells whether there is something that somebody should look at. */
    public boolean wantsAttention() {
        return findings.stream().anyMatch(ShadowFinding::attention);
    }

    /** Returns it as JSON has it; see {@code vpc-cni shadow --help}. */
    public Map<String, @Nullable Object> tree() {
        var found = new ArrayList<@Nullable Object>();
        for (ShadowFinding finding : findings) {
            var one = new LinkedHashMap<String, @Nullable Object>();
            one.put("part", finding.part().word());
            one.put("attention", finding.attention());
            one.put("what", finding.what());
            one.put("why", finding.why());
            found.add(one);
        }
        var missing = new ArrayList<@Nullable Object>();
        unseen.forEach((part, why) -> {
            var one = new LinkedHashMap<String, @Nullable Object>();
            one.put("part", part.word());
            one.put("why", why);
            missing.add(one);
        });
        var tree = new LinkedHashMap<String, @Nullable Object>();
        tree.put("numbers", new LinkedHashMap<String, @Nullable Object>(numbers));
        tree.put("findings", found);
        tree.put("unseen", missing);
        return tree;
    }

    /** Returns it as lines for people. */
    public String text() {
        var text = new StringBuilder();
        numbers.forEach((name, count) -> {
            if (!text.isEmpty()) {
                text.append(", ");
            }
            text.append(name).append(' ').append(count);
        });
        text.append(text.isEmpty() ? "" : "\n");
        for (ShadowFinding finding : findings) {
            text.append(line(finding)).append('\n');
        }
        unseen.forEach((part, why) ->
                text.append(part.word()).append(": not looked at: ").append(why).append('\n'));
        if (findings.isEmpty() && unseen.isEmpty()) {
            text.append("nothing would change\n");
        }
        return text.toString().strip();
    }

    /** Returns a finding in one line. */
    static String line(ShadowFinding finding) {
        return finding.part().word() + ": " + finding;
    }
}
