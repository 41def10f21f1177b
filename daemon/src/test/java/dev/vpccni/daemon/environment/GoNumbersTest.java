package dev.vpccni.daemon.environment;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class GoNumbersTest {

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "7, 7",
        "+7, 7",
        "128, 128",
        "0x80, 128",
        "0X8F, 143",
        "0b101, 5",
        "0o17, 15",
        "017, 15",
        "1_000, 1000",
        "0x_80, 128",
        "0x8_0, 128",
        "-1, -1",
        "08, -1",
        "0x, -1",
        "'', -1",
        "1__0, -1",
        "_1, -1",
        "1_, -1",
        "0x80z, -1",
        "' 1', -1",
        "+-1, -1",
        "9223372036854775807, 9223372036854775807",
        "9223372036854775808, -1",
    })
    void areReadAsGoReadsThem(String text, long expected) {
        assertThat(GoNumbers.parse(text)).isEqualTo(expected);
    }
}
