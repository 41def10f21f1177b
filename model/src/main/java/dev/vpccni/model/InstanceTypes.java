package dev.vpccni.model;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The instance types whose limits are known without asking EC2. */
public final class InstanceTypes {

    private static final InstanceTypes KNOWN = parse(InstanceTypeFacts.TABLE);

    private final SortedMap<String, InstanceType> byName;

    private InstanceTypes(SortedMap<String, InstanceType> byName) {
        this.byName = Collections.unmodifiableSortedMap(byName);
    }

    /** Returns the table that comes with this program. */
    public static InstanceTypes known() {
        return KNOWN;
    }

    /** Returns the type called {@code name}, or null if the table has none. */
    public @Nullable InstanceType find(String name) {
        return byName.get(name);
    }

    /** Returns every type, by name. */
    public Collection<InstanceType> all() {
        return byName.values();
    }

    /**
     * Reads a table in which each line is {@code <interfaces>x<addresses> <hypervisor>[ metal]:
     * <names>}; interfaces of several cards are joined by {@code +}.
     *
     * @throws IllegalArgumentException if a line has another form or a name comes twice
     */
    static InstanceTypes parse(String table) {
        var types = new TreeMap<String, InstanceType>();
        for (String line : table.lines().toList()) {
            String[] parts = line.split(": ", 2);
            String[] limits = parts[0].split(" |(?<=\\d)x(?=\\d)", -1);
            if (parts.length != 2 || limits.length < 3) {
                throw new IllegalArgumentException("not a line of limits: " + line);
            }
            var cards = new ArrayList<Integer>();
            for (String card : limits[0].split("\\+", -1)) {
                cards.add(Integer.valueOf(card));
            }
            for (String name : parts[1].split(" ", -1)) {
                add(types, name, limits, cards);
            }
        }
        return new InstanceTypes(types);
    }

    private static void add(
            SortedMap<String, InstanceType> types,
            String name,
            String[] limits,
            List<Integer> cards) {
        boolean bareMetal = limits.length > 3;
        var type = new InstanceType(name, limits[2], bareMetal, cards, Integer.parseInt(limits[1]));
        if (types.put(name, type) != null) {
            throw new IllegalArgumentException("twice in the table: " + name);
        }
    }
}
