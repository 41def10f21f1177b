package dev.vpccni.cni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.json.Json;
import dev.vpccni.json.JsonException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class FieldsTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "{} | -",
                "{\"n\":null} | -",
                "{\"n\":0} | 0",
                "{\"n\":-2147483648} | -2147483648",
                "{\"n\":2147483647} | 2147483647"
            })
    void aNumberHas32Bits(String text, Integer number) throws Exception {
        assertThat(fields(text).number("n")).isEqualTo(number);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"n\":2147483648} | 2147483648",
                "{\"n\":-2147483649} | -2147483649",
                "{\"n\":1.5} | 1.5",
                "{\"n\":\"1\"} | \"1\"",
                "{\"n\":true} | true",
                "{\"n\":[]} | a list",
            })
    void whatIsNoSuchNumberIsShown(String text, String shown) throws Exception {
        Fields fields = fields(text);
        assertThatThrownBy(() -> fields.number("n"))
                .isInstanceOfSatisfying(
                        CniException.class,
                        e ->
                                assertThat(e.error())
                                        .isEqualTo(
                                                new CniError.InvalidConfiguration(
                                                        "at.n", shown, "a whole number")));
    }

    @Test
    void anEmptyTextIsNone() throws Exception {
        assertThat(fields("{\"t\":\"\"}").text("t", "otherwise")).isEqualTo("otherwise");
        assertThat(fields("{}").text("t", "otherwise")).isEqualTo("otherwise");
        assertThat(fields("{\"t\":\"this\"}").text("t", "otherwise")).isEqualTo("this");
    }

    @Test
    void textsAreThoseOfAnObject() throws Exception {
        assertThat(fields("{\"m\":{\"b\":\"2\",\"a\":null}}").texts("m"))
                .isEqualTo(Map.of("a", "", "b", "2"));
        assertThat(fields("{}").texts("m")).isEmpty();
        Fields wrong = fields("{\"m\":{\"a\":1}}");
        assertThatThrownBy(() -> wrong.texts("m"))
                .isInstanceOfSatisfying(
                        CniException.class,
                        e ->
                                assertThat(e.error().message())
                                        .isEqualTo("network config: \"at.m.a\" is 1"));
    }

    private static Fields fields(String text) throws CniException, JsonException {
        return Fields.of("at", Json.parse(text));
    }
}
