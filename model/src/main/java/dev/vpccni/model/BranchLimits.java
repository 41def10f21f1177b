package dev.vpccni.model;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/** How many branch interfaces a trunk of an instance may have, by the instance's type. */
public final class BranchLimits {

    private static final BranchLimits KNOWN = parse(BranchLimitFacts.TABLE);

    private final SortedMap<String, Integer> byName;

    private BranchLimits(SortedMap<String, Integer> byName) {
        this.byName = Collections.unmodifiableSortedMap(byName);
    }

    /** Returns the table that comes with this program. */
    public static BranchLimits known() {
        return KNOWN;
    }

    /**
     * Returns how many branch interfaces an instance may have; 0 if its type cannot have a trunk,
     * or is not known.
     *
     * @param type such as {@code m5.large}
     */
    public int of(String type) {
        return byName.getOrDefault(type, 0);
    }

    /**
     * Reads a table in which each line is {@code <limit> <size>: <families>}.
     *
     * @throws IllegalArgumentException if a line has another form or a type comes twice
     */
    static BranchLimits parse(String table) {
        var limits = new TreeMap<String, Integer>();
        for (String line : table.lines().toList()) {
            String[] parts = line.split(": ", 2);
            String[] head = parts[0].split(" ", -1);
            if (parts.length != 2 || head.length != 2) {
                throw new IllegalArgumentException("not a line of limits: " + line);
            }
            for (String family : parts[1].split(" ", -1)) {
                String name = family + "." + head[1];
                if (limits.put(name, Integer.valueOf(head[0])) != null) {
                    throw new IllegalArgumentException("twice in the table: " + name);
                }
            }
        }
        return new BranchLimits(limits);
    }
}
