package dev.vpccni.dataplane.firewall;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** A table that understands as much of {@code iptables-restore --noflush} as our input uses. */
final class RestoredTable {

    private final String name;
    private final SortedMap<String, List<String>> chains = new TreeMap<>();

    RestoredTable(SavedTable saved) {
        name = saved.name();
        saved.chains().forEach((chain, rules) -> chains.put(chain, new ArrayList<>(rules)));
    }

    void restore(String input) {
        for (String line : input.lines().toList()) {
            String[] parts = line.split(" ", 3);
            switch (parts[0]) {
                case "-A" -> rules(parts[1]).add(parts[2]);
                case "-D" -> assertThat(rules(parts[1]).remove(parts[2])).as(line).isTrue();
                case "-X" -> {
                    assertThat(rules(parts[1])).as(line).isEmpty();
                    chains.remove(parts[1]);
                    assertThat(saved().chains().values())
                            .noneMatch(rules -> rules.toString().contains("-j " + parts[1]));
                }
                case "COMMIT" -> {}
                default -> {
                    if (line.startsWith(":")) {
                        chains.put(parts[0].substring(1), new ArrayList<>());
                    } else {
                        assertThat(line).isEqualTo("*" + name);
                    }
                }
            }
        }
    }

    SavedTable saved() {
        return new SavedTable(name, chains);
    }

    private List<String> rules(String chain) {
        return chains.computeIfAbsent(chain, _ -> new ArrayList<>());
    }
}
