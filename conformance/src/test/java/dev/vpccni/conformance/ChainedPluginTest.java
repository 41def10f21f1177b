package dev.vpccni.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.conformance.bench.ConformanceSettings;
import dev.vpccni.conformance.judge.Requirement;
import dev.vpccni.conformance.judge.Scorecard;
import dev.vpccni.conformance.judge.Verdict;
import dev.vpccni.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Plugins that follow another one: two of Debian's, and one that keeps nothing. Needs root. */
final class ChainedPluginTest {

    /** Debian's {@code containernetworking-plugins}. */
    private static final Path DEBIANS = Path.of("/usr/lib/cni");

    private static final String PREVIOUS =
            """
            {"cniVersion":"1.0.0",
             "interfaces":[{"name":"host"},{"name":"eth0","sandbox":"/run/netns/any"}],
             "ips":[{"address":"10.22.0.5/24","interface":1},
                    {"address":"fd22::5/64","interface":1}]}
            """;

    /** Says again what it was given, as far as it does not change it. */
    private static final String SCRIPT =
            """
            #!/bin/sh
            PATH=/usr/bin:/bin
            [ "$CNI_COMMAND" != VERSION ] ||
                exec echo '{"cniVersion":"1.0.0","supportedVersions":["0.2.0","0.3.1","1.0.0"]}'
            IFS= read -r input || :
            previous=${input#*\\"prevResult\\":}
            [ "$CNI_COMMAND" != ADD ] || echo "${previous%,\\"type\\":*}" | sed 'CHANGE'
            """;

    @TempDir private Path folder;

    /** Forms of every version among them: each is given what the version before would say. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tuning | 'sysctl':{'net.ipv4.conf.eth0.arp_filter':'1'}",
                "bandwidth | 'egressRate':1000000,'egressBurst':1000000",
            })
    void debiansFailNothing(String plugin, String keys) throws Exception {
        Scorecard card = run(DEBIANS.resolve(plugin), plugin, "," + keys.replace('\'', '"'));

        assertThat(card.failed()).as(ScorecardText.draw(card)).isEmpty();
        assertThat(card.verdicts().get(Requirement.ADD_CHAIN)).isEqualTo(Verdict.passed());
        assertThat(card.verdicts().get(Requirement.RESULT_0_4_0)).isEqualTo(Verdict.passed());
        assertThat(card.verdicts().get(Requirement.CHECK_AFTER_ADD)).isEqualTo(Verdict.passed());
    }

    @Test
    void whatSaysItAgainPasses() throws Exception {
        Scorecard card = run(script(""), "plugin", "");

        assertThat(card.failed()).isEmpty();
        assertThat(card.verdicts().get(Requirement.RESULT_0_2_0)).isEqualTo(Verdict.passed());
    }

    @ParameterizedTest
    @ValueSource(strings = {"s,10.22.0.5,10.22.0.6,", "s,fd22::5,fd22::6,", "s,cnf,other,"})
    void whatChangesItIsFound(String change) throws Exception {
        Scorecard card = run(script(change), "plugin", "");

        assertThat(card.failed()).as(ScorecardText.draw(card)).contains(Requirement.ADD_CHAIN);
    }

    private Path script(String change) throws Exception {
        Path file = Files.writeString(folder.resolve("plugin"), SCRIPT.replace("CHANGE", change));
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static Scorecard run(Path plugin, String type, String keys) throws Exception {
        return Conformance.run(
                new ConformanceSettings(
                        plugin,
                        "{\"cniVersion\":\"1.0.0\",\"name\":\"net\",\"type\":\"%s\"%s}"
                                .formatted(type, keys),
                        "eth0",
                        List.of("result", "add.chain", "check.after-add", "del.residue", "process"),
                        true,
                        JsonObject.parse(PREVIOUS),
                        "",
                        "",
                        2,
                        Duration.ofSeconds(60),
                        Duration.ofSeconds(20)));
    }
}
