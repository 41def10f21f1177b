package dev.vpccni.dataplane.firewall;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One table as {@code iptables-save} prints it.
 *
 * @param name such as {@code nat}
 * @param chains the rules of each chain in order, without {@code -A} and the chain
 */
public record SavedTable(String name, SortedMap<String, List<String>> chains) {

    public SavedTable {
        var copy = new TreeMap<String, List<String>>();
        chains.forEach((chain, rules) -> copy.put(chain, List.copyOf(rules)));
        chains = Collections.unmodifiableSortedMap(copy);
    }

    /**
     * Reads the table {@code name} out of {@code text}, which may hold other tables too, comments,
     * and counters in brackets before rules. A table that is not there has no chains.
     */
    public static SavedTable parse(String name, String text) {
        SortedMap<String, List<String>> chains = new TreeMap<>();
        boolean inside = false;
        for (String line : text.lines().toList()) {
            String rule =
                    line.startsWith("[") ? line.substring(line.indexOf(']') + 1).strip() : line;
            if (line.startsWith("*")) {
                inside = line.substring(1).strip().equals(name);
            } else if (inside && line.startsWith(":")) {
                chains.put(line.substring(1).split(" ", 2)[0], new ArrayList<>());
            } else if (inside && rule.startsWith("-A ")) {
                String[] parts = rule.split(" ", 3);
                chains.computeIfAbsent(parts[1], _ -> new ArrayList<>())
                        .add(parts.length == 3 ? parts[2] : "");
            }
        }
        return new SavedTable(name, chains);
    }

    /** Returns the rules of {@code chain}, none if it does not exist. */
    List<String> rules(String chain) {
        return chains.getOrDefault(chain, List.of());
    }

    /**
     * Cuts a rule at spaces, except between double quotes, within which a backslash makes the next
     * character an ordinary one.
     */
    public static List<String> words(String rule) {
        var words = new ArrayList<String>();
        var word = new StringBuilder();
        boolean quoted = false;
        boolean any = false;
        for (int i = 0; i < rule.length(); i++) {
            char c = rule.charAt(i);
            if (quoted && c == '\\' && i + 1 < rule.length()) {
                word.append(rule.charAt(++i));
            } else if (c == '"') {
                quoted = !quoted;
                any = true;
            } else if (c == ' ' && !quoted) {
                if (any) {
                    words.add(word.toString());
                }
                word.setLength(0);
                any = false;
            } else {
                word.append(c);
                any = true;
            }
        }
        if (any) {
            words.add(word.toString());
        }
        return words;
    }
}
