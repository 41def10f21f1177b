package dev.vpccni.daemon.environment;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each of upstream's helpers, with what is odd (ipamd.md 1.2). */
final class VariablesTest {

    private static final Variable FLAG_A = Variable.flagA("FLAG_A", true);
    private static final Variable FLAG_B = Variable.flagB("FLAG_B", true);
    private static final Variable NUMBER_A = Variable.numberA("NUMBER_A", 30, 0, 100);
    private static final Variable NUMBER_B = Variable.numberB("NUMBER_B", 7, 0);
    private static final Variable TEXT = Variable.text("TEXT", "default");
    private static final Variable TEXT_IF_ANY = Variable.textIfAny("TEXT_IF_ANY", "default");

    @ParameterizedTest
    @CsvSource(
            nullValues = "unset",
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "unset,true,0",
                "'',true,1",
                "1,true,0",
                "t,true,0",
                "T,true,0",
                "TRUE,true,0",
                "true,true,0",
                "True,true,0",
                "0,false,0",
                "f,false,0",
                "F,false,0",
                "FALSE,false,0",
                "false,false,0",
                "False,false,0",
                "TrUe,true,1",
                "fALSE,true,1",
                "yes,true,1",
                "no,true,1",
                "off,true,1",
                " false,true,1",
                "false ,true,1",
                "00,true,1",
                "-1,true,1"
            })
    void understandFlags(@Nullable String value, boolean expected, int reports) {
        Variables in = with(FLAG_A, value);
        assertThat(in.flag(FLAG_A)).isEqualTo(expected);
        assertThat(in.reports()).hasSize(reports);
        assertThat(in.faults()).isEmpty();
        Variables other = with(FLAG_B, value);
        assertThat(other.flag(FLAG_B)).isEqualTo(expected);
        assertThat(other.reports()).hasSize("".equals(value) ? 0 : reports);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "unset",
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "unset,7,0",
                "'',7,0",
                "0,0,0",
                "00,0,0",
                "007,7,0",
                "+5,5,0",
                "-0,0,0",
                "-1,7,1",
                " 5,7,1",
                "5 ,7,1",
                "5.0,7,1",
                "0x5,7,1",
                "1_0,7,1",
                "five,7,1",
                "+,7,1",
                "--1,7,1",
                "٣,7,1",
                "2147483648,2147483647,0",
                "9223372036854775807,2147483647,0",
                "9223372036854775808,7,1"
            })
    void understandNumbersThatMayBeBad(@Nullable String value, int expected, int reports) {
        Variables in = with(NUMBER_B, value);
        assertThat(in.number(NUMBER_B)).isEqualTo(expected);
        assertThat(in.reports()).hasSize(reports);
        assertThat(in.faults()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "unset",
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "unset,30,0",
                "'',30,1",
                "0,0,0",
                "+100,100,0",
                "101,30,1",
                "-1,30,1",
                " 5,30,1",
                "x,30,1"
            })
    void understandNumbersThatMustBeGood(@Nullable String value, int expected, int faults) {
        Variables in = with(NUMBER_A, value);
        assertThat(in.number(NUMBER_A)).isEqualTo(expected);
        assertThat(in.faults()).hasSize(faults);
        assertThat(in.reports()).isEmpty();
        if (faults == 1) {
            assertThat(in.faults().getFirst())
                    .isEqualTo("NUMBER_A=\"" + value + "\" is not a whole number of 0 to 100");
        }
    }

    @Test
    void keepAnEmptyTextUnlessItIsAnAbsentOne() {
        assertThat(with(TEXT, null).text(TEXT)).isEqualTo("default");
        assertThat(with(TEXT, "").text(TEXT)).isEmpty();
        assertThat(with(TEXT_IF_ANY, null).text(TEXT_IF_ANY)).isEqualTo("default");
        assertThat(with(TEXT_IF_ANY, "").text(TEXT_IF_ANY)).isEqualTo("default");
        assertThat(with(TEXT_IF_ANY, " ").text(TEXT_IF_ANY)).isEqualTo(" ");
    }

    @Test
    void sayTheSameOnlyOnce() {
        Variables in = with(FLAG_A, "perhaps");
        assertThat(in.flag(FLAG_A)).isTrue();
        assertThat(in.flag(FLAG_A)).isTrue();
        assertThat(in.reports()).hasSize(1);
        Variables bad = with(NUMBER_A, "perhaps");
        assertThat(bad.number(NUMBER_A)).isEqualTo(30);
        assertThat(bad.number(NUMBER_A)).isEqualTo(30);
        assertThat(bad.faults()).hasSize(1);
    }

    private static Variables with(Variable variable, @Nullable String value) {
        Map<String, String> environment = new HashMap<>();
        if (value != null) {
            environment.put(variable.name(), value);
        }
        return new Variables(environment);
    }
}
