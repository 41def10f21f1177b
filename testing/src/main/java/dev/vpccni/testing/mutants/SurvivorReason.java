package dev.vpccni.testing.mutants;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Why survivors are let live.
 *
 * <p>It is written on four lines, with an empty one before the next: the method, the change with
 * how many mutants it is where they are more than one, the line of source, and the reason. Lines
 * that begin with {@code #} are for readers.
 *
 * <pre>{@code
 * dev.vpccni.cni.CniVersion.named
 *     2x negated conditional
 *     return a && b;
 *     Equivalent: whatever is a is b.
 * }</pre>
 *
 * @param count how many mutants share these words, at least 1
 */
record SurvivorReason(Mutant.Change change, int count, String reason) {

    private static final Pattern COUNTED = Pattern.compile("([0-9]+)x (.*)");
    private static final int LINES = 4;

    /**
     * Reads a file's lines.
     *
     * @throws IllegalArgumentException naming the line at which something is missing
     */
    static List<SurvivorReason> parse(List<String> lines) {
        var explanations = new ArrayList<SurvivorReason>();
        var block = new ArrayList<String>();
        for (int i = 0; i <= lines.size(); i++) {
            String line = i < lines.size() ? lines.get(i).strip() : "";
            if (!line.isEmpty() && !line.startsWith("#")) {
                block.add(line);
            } else if (line.isEmpty() && !block.isEmpty()) {
                if (block.size() != LINES) {
                    throw new IllegalArgumentException(
                            "before line " + (i + 1) + ": an explanation has " + LINES + " lines");
                }
                explanations.add(of(block));
                block.clear();
            }
        }
        return explanations;
    }

    private static SurvivorReason of(List<String> block) {
        Matcher counted = COUNTED.matcher(block.get(1));
        boolean several = counted.matches();
        return new SurvivorReason(
                new Mutant.Change(
                        block.get(0), several ? counted.group(2) : block.get(1), block.get(2)),
                several ? Integer.parseInt(counted.group(1)) : 1,
                block.get(3));
    }

    /** Returns the form in which it is written. */
    @Override
    public String toString() {
        return String.join(
                "\n    ",
                change.method(),
                (count == 1 ? "" : count + "x ") + change.description(),
                change.source(),
                reason);
    }
}
