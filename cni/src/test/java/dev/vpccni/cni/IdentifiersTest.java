package dev.vpccni.cni;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class IdentifiersTest {

    @ParameterizedTest
    @ValueSource(strings = {"a", "eth0", "...", ".a", "abcdefghijklmno", "é", "a-b_c.d@e"})
    void namesAnInterface(String text) {
        assertThat(Identifiers.isInterfaceName(text)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "abcdefghijklmnop", "a/b", "a:b", "a b", "a\tb", "a\n"})
    void namesNoInterface(String text) {
        assertThat(Identifiers.isInterfaceName(text)).isFalse();
    }
}
