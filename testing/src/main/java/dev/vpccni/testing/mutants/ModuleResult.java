package dev.vpccni.testing.mutants;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What PIT found in a module beside what is said of it.
 *
 * @param mutants in the order of files and lines
 */
record ModuleResult(String module, List<Mutant> mutants, List<SurvivorReason> explanations) {

    /** How many of a hundred mutants must be killed. */
    static final int KILLED_MIN = 90;

    /** Returns how many are killed. */
    static long killed(List<Mutant> mutants) {
        return mutants.stream().filter(m -> m.status() == Mutant.Status.KILLED).count();
    }

    /** Returns the survivors. */
    List<Mutant> survivors() {
        return mutants.stream().filter(m -> m.status() == Mutant.Status.SURVIVED).toList();
    }

    /** Returns the reason that is given for a survivor, empty if there is none. */
    String reason(Mutant survivor) {
        return explanations.stream()
                .filter(e -> e.change().equals(survivor.change()))
                .map(SurvivorReason::reason)
                .findFirst()
                .orElse("");
    }

    /** Returns everything that must not be so, each in words for whoever can mend it. */
    List<String> problems() {
        var problems = new ArrayList<String>();
        if (killed(mutants) * 100 < (long) KILLED_MIN * mutants.size() || mutants.isEmpty()) {
            problems.add(
                    "%s: %d of %d mutants are killed; wanted are %d %%"
                            .formatted(module, killed(mutants), mutants.size(), KILLED_MIN));
        }
        mutants.stream()
                .filter(m -> m.status() == Mutant.Status.UNKNOWN)
                .forEach(m -> problems.add("PIT could not judge " + words(m.change(), 1)));
        SortedMap<Mutant.Change, Integer> unexplained = unexplained();
        unexplained.forEach((change, left) ->
                problems.add(
                        left > 0
                                ? "a survivor without an explanation: " + words(change, left)
                                : "an explanation without a survivor: " + words(change, -left)));
        return problems;
    }

    /** Returns how many more survivors than explained ones each change has, where they differ. */
    private SortedMap<Mutant.Change, Integer> unexplained() {
        SortedMap<Mutant.Change, Integer> left = new TreeMap<>();
        survivors().forEach(m -> left.merge(m.change(), 1, Integer::sum));
        explanations.forEach(e -> left.merge(e.change(), -e.count(), Integer::sum));
        left.values().removeIf(n -> n == 0);
        return left;
    }

    private static String words(Mutant.Change change, int count) {
        return new SurvivorReason(change, count, "").toString().stripTrailing();
    }

    /** Returns the mutants of each package. */
    SortedMap<String, List<Mutant>> byPackage() {
        SortedMap<String, List<Mutant>> packages = new TreeMap<>();
        mutants.forEach(
                m -> packages.computeIfAbsent(m.packageName(), _ -> new ArrayList<>()).add(m));
        return packages;
    }
}
