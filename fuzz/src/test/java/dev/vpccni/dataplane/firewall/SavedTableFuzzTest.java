package dev.vpccni.dataplane.firewall;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.vpccni.fuzz.Inputs;
import dev.vpccni.testing.SeededTest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.random.RandomGenerator;

/** What iptables-save prints. */
final class SavedTableFuzzTest {

    private static final Inputs INPUTS = Inputs.of(SavedTableFuzzTest.class, "tables");

    @FuzzTest
    void tables(byte[] input) {
        SavedTable table = SavedTable.parse("nat", new String(input, StandardCharsets.UTF_8));
        assertThat(SavedTable.parse("nat", written(table))).isEqualTo(table);
        for (List<String> rules : table.chains().values()) {
            for (String rule : rules) {
                int length = SavedTable.words(rule).stream().mapToInt(String::length).sum();
                assertThat(length).isLessThanOrEqualTo(rule.length());
            }
        }
    }

    private static String written(SavedTable table) {
        var text = new StringBuilder("*nat\n");
        table.chains().keySet().forEach(chain -> text.append(":" + chain + " - [0:0]\n"));
        table.chains()
                .forEach((chain, rules) ->
                        rules.forEach(rule -> text.append("-A " + chain + " " + rule + "\n")));
        return text.toString();
    }

    @SeededTest(runs = 60)
    void damagedTables(RandomGenerator random) {
        INPUTS.damage(random, this::tables);
    }
}
