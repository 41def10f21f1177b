package dev.vpccni.dataplane.firewall;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The input of {@code iptables-restore --noflush} that makes a table what it should be.
 *
 * <p>A table's input is one transaction. A chain that it names is emptied and refilled in it, so a
 * chain of ours is either as it was or as it should be; a rule in one of the kernel's chains is
 * touched only if it is missing, stale or in the wrong order.
 *
 * @see <a href="https://man7.org/linux/man-pages/man8/iptables-restore.8.html">
 *     iptables-restore(8)</a>
 */
public final class RestoreInput {

    /** Ours, and those of releases that numbered them. */
    private static final Pattern OUR_CHAIN = Pattern.compile("AWS-(SNAT|CONNMARK)-CHAIN-[0-9]+");

    private RestoreInput() {}

    /** Returns the input, empty if nothing differs. */
    public static String between(TablePlan desired, SavedTable saved) {
        var refilled = new ArrayList<String>();
        var changes = new ArrayList<String>();
        var deleted = new ArrayList<String>();
        desired.chains().forEach((chain, rules) -> refill(chain, rules, saved, refilled, changes));
        for (String chain : saved.chains().keySet()) {
            if (isOurs(chain) && !desired.chains().containsKey(chain)) {
                refilled.add(chain);
                if (!isUsedByOthers(chain, saved)) {
                    deleted.add("-X " + chain);
                }
            }
        }
        for (String chain : builtInChains(desired, saved)) {
            changes.addAll(
                    adjust(
                            chain,
                            desired.rules().getOrDefault(chain, List.of()),
                            saved.rules(chain).stream().filter(Comment::marksOurs).toList()));
        }
        return input(desired.name(), refilled, changes, deleted);
    }

    private static String input(
            String table, List<String> refilled, List<String> changes, List<String> deleted) {
        // A chain that is deleted has been emptied first.
        if (refilled.isEmpty() && changes.isEmpty()) {
            return "";
        }
        var lines = new ArrayList<String>();
        lines.add("*" + table);
        refilled.forEach(chain -> lines.add(":" + chain + " - [0:0]"));
        lines.addAll(changes);
        lines.addAll(deleted);
        lines.add("COMMIT");
        return String.join("\n", lines) + "\n";
    }

    private static void refill(
            String chain,
            List<String> rules,
            SavedTable saved,
            List<String> refilled,
            List<String> changes) {
        if (saved.chains().containsKey(chain) && same(rules, saved.rules(chain))) {
            return;
        }
        refilled.add(chain);
        rules.forEach(rule -> changes.add("-A " + chain + " " + rule));
    }

    /**
     * Keeps the longest start of {@code wanted} that {@code seen} holds in this order, and appends
     * the rest. A rule is deleted by its text, and then the first of that text goes: where one that
     * stays looks like one that goes, all go.
     */
    private static List<String> adjust(String chain, List<String> wanted, List<String> seen) {
        var stale = new ArrayList<String>();
        int kept = 0;
        for (String rule : seen) {
            if (kept < wanted.size() && same(rule, wanted.get(kept))) {
                kept++;
            } else {
                stale.add(rule);
            }
        }
        List<String> stays = wanted.subList(0, kept);
        if (stale.stream().anyMatch(gone -> stays.stream().anyMatch(stay -> same(gone, stay)))) {
            stale.clear();
            stale.addAll(seen);
            kept = 0;
        }
        var changes = new ArrayList<String>();
        stale.forEach(rule -> changes.add("-D " + chain + " " + rule));
        wanted.subList(kept, wanted.size())
                .forEach(rule -> changes.add("-A " + chain + " " + rule));
        return changes;
    }

    private static List<String> builtInChains(TablePlan desired, SavedTable saved) {
        var chains = new ArrayList<>(saved.chains().keySet());
        desired.rules().keySet().stream().filter(c -> !chains.contains(c)).forEach(chains::add);
        chains.removeIf(RestoreInput::isOurs);
        return chains;
    }

    private static boolean isOurs(String chain) {
        return OUR_CHAIN.matcher(chain).matches();
    }

    private static boolean isUsedByOthers(String chain, SavedTable saved) {
        return saved.chains().entrySet().stream()
                .filter(entry -> !isOurs(entry.getKey()))
                .flatMap(entry -> entry.getValue().stream())
                .filter(rule -> !Comment.marksOurs(rule))
                .anyMatch(rule -> SavedTable.words(rule).contains(chain));
    }

    private static boolean same(List<String> some, List<String> others) {
        if (some.size() != others.size()) {
            return false;
        }
        for (int i = 0; i < some.size(); i++) {
            if (!same(some.get(i), others.get(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean same(String rule, String other) {
        return SavedTable.words(rule).equals(SavedTable.words(other));
    }
}
