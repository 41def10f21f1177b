package dev.vpccni.doctor;

import dev.vpccni.doctor.check.Finding;
import dev.vpccni.doctor.check.Severity;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What was found on a host.
 *
 * @param findings what is wrong before what is not so bad
 * @param unseen what could not be looked at, with the reason
 */
public record Diagnosis(List<Finding> findings, List<String> unseen) {

    public Diagnosis {
        findings = List.copyOf(findings);
        unseen = List.copyOf(unseen);
    }

    /**
     * Returns this without the findings that an earlier look at the same host did not have: what
     * has another remedy is another finding, such as that of another pod's rule.
     */
    public Diagnosis alsoIn(Diagnosis earlier) {
        return new Diagnosis(
                findings.stream()
                        .filter(finding ->
                                earlier.findings.stream()
                                        .anyMatch(other ->
                                                other.check().equals(finding.check())
                                                        && other.remedy().equals(finding.remedy())))
                        .toList(),
                unseen);
    }

    /** Tells whether something breaks traffic now. */
    public boolean isWrong() {
        return findings.stream().anyMatch(finding -> finding.severity() == Severity.WRONG);
    }

    /** Returns it as plain values, for JSON. */
    public Map<String, Object> tree() {
        List<Object> all = new ArrayList<>();
        for (Finding finding : findings) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("id", finding.check());
            one.put("severity", severity(finding));
            one.put("seen", finding.seen());
            one.put("breaks", finding.breaks());
            one.put("remedy", finding.remedy());
            all.add(one);
        }
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("findings", all);
        tree.put("unseen", new ArrayList<Object>(unseen));
        return tree;
    }

    /** Returns it for people. */
    public String text() {
        var text = new StringBuilder();
        for (Finding finding : findings) {
            text.append(severity(finding)).append("  ").append(finding.check()).append('\n');
            text.append("  seen    ").append(finding.seen()).append('\n');
            text.append("  breaks  ").append(finding.breaks()).append('\n');
            text.append("  remedy  ").append(finding.remedy()).append("\n\n");
        }
        unseen.forEach(line -> text.append("not looked at: ").append(line).append('\n'));
        long wrong = findings.stream().filter(f -> f.severity() == Severity.WRONG).count();
        long warnings = findings.size() - wrong;
        text.append(
                findings.isEmpty()
                        ? "nothing wrong"
                        : wrong
                                + " wrong, "
                                + warnings
                                + (warnings == 1 ? " warning" : " warnings"));
        return text.toString();
    }

    private static String severity(Finding finding) {
        return switch (finding.severity()) {
            case WRONG -> "wrong";
            case WARNING -> "warning";
        };
    }
}
