package dev.vpccni.dataplane.firewall;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SavedTableTest {

    @Test
    void holdsEveryRuleOfItsTable() {
        SavedTable saved =
                SavedTable.parse(
                        "filter",
                        """
                        *nat
                        :FORWARD ACCEPT [0:0]
                        -A FORWARD -j DROP
                        COMMIT
                        *filter
                        :FORWARD ACCEPT [0:0]
                        -A FORWARD
                        -A FORWARD -m comment --comment "[mine] or [yours]" -j ACCEPT
                        [1:60] -A LATER -j RETURN
                        COMMIT
                        """);

        assertThat(saved.chains())
                .hasToString(
                        "{FORWARD=[, -m comment --comment \"[mine] or [yours]\" -j ACCEPT],"
                                + " LATER=[-j RETURN]}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '\'',
            value = {
                "''; ''",
                "-j ACCEPT; -j,ACCEPT",
                "' -j  ACCEPT '; -j,ACCEPT",
                "--comment \"two words\"; --comment,two words",
                "--comment \"\" -j; --comment,,-j",
                "a\"b c\"d; ab cd",
                "--comment \"say \\\"hi\\\"\"; --comment,say \"hi\"",
                "--comment \"a\\\\b\"; --comment,a\\b",
                // Outside of quotes a backslash is a character like others.
                "a\\ b; a\\,b",
                // No quotation mark ends it, nor does anything follow the backslash.
                "--comment \"a\\; --comment,a\\",
            })
    void cutsRulesAsTheShellDoes(String rule, String words) {
        assertThat(String.join(",", SavedTable.words(rule))).isEqualTo(words);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "-m comment --comment \"AWS SNAT CHAIN\" -j AWS-SNAT-CHAIN-0; true",
                "--comment \"AWS SNAT CHAIN\"; true",
                "-m comment --comment \"AWS SNAT CHAIN 2\" -j RETURN; false",
                "-m comment --comment; false",
                "\"AWS SNAT CHAIN\" -j RETURN; false",
                "-j AWS-SNAT-CHAIN-0; false",
            })
    void aCommentTellsWhoseARuleIs(String rule, boolean ours) {
        assertThat(Comment.marksOurs(rule)).isEqualTo(ours);
    }
}
