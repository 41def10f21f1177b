package dev.vpccni.cni;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.json.Json;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class CniErrorTest {

    @Test
    void isPrintedAsUpstreamPrintsErrors() {
        CniError error = new CniError.TryAgainLater("no address", "wait");
        assertThat(Json.indented(error.toTree(), 4))
                .isEqualTo(
                        """
                        {
                            "code": 11,
                            "msg": "no address",
                            "details": "wait"
                        }\
                        """);
    }

    static Stream<Arguments> catalogue() {
        return Stream.of(
                Arguments.of(new CniError.UnknownVersion("2.0.0"), 1),
                Arguments.of(
                        new CniError.CommandNotAllowed(CniVersion.V0_3_1, CniCommand.CHECK), 1),
                Arguments.of(new CniError.UnknownContainer("/run/x", "it is none"), 3),
                Arguments.of(new CniError.MissingVariables(List.of("CNI_PATH")), 4),
                Arguments.of(new CniError.InvalidVariable("CNI_IFNAME", "..", "a name"), 4),
                Arguments.of(new CniError.IoFailure("write", "disk full"), 5),
                Arguments.of(new CniError.MalformedInput("empty"), 6),
                Arguments.of(new CniError.InvalidConfiguration("mtu", "1", "a string"), 7),
                Arguments.of(new CniError.HostNamespace("/proc/1/ns/net"), 8),
                Arguments.of(new CniError.TryAgainLater("no address", "wait"), 11),
                Arguments.of(new CniError.NotAvailable("starting", "wait"), 50),
                Arguments.of(new CniError.NotAsExpected(List.of("no rule", "no route")), 999),
                Arguments.of(new CniError.Failed("wiring", "look"), 999));
    }

    @ParameterizedTest
    @MethodSource("catalogue")
    void hasACodeAndAMessage(CniError error, int code) {
        assertThat(error.code()).isEqualTo(code);
        assertThat(error.message()).isNotBlank();
        assertThat(error.toTree()).containsEntry("code", (long) code).containsKey("msg");
    }

    @Test
    void isCompleteInThisTest() {
        assertThat(catalogue().map(arguments -> arguments.get()[0].getClass()).distinct())
                .hasSameSizeAs(List.of(CniError.class.getPermittedSubclasses()));
    }
}
