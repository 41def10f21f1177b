package dev.vpccni.cni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.model.AttachmentKey;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CniRequestTest {

    private static final Map<String, Object> CONFIG =
            Map.of("cniVersion", "1.1.0", "name", "aws-cni");

    @Test
    void readsAnAdd() throws Exception {
        CniRequest request = CniRequest.parse(environment("ADD"), CONFIG);
        assertThat(request.command()).isEqualTo(CniCommand.ADD);
        assertThat(request.key()).isEqualTo(new AttachmentKey("aws-cni", "abc", "eth0"));
        assertThat(request.namespacePath()).isEqualTo("/run/netns/p");
        assertThat(request.args().pod().name()).isEqualTo("web");
    }

    @ParameterizedTest
    @CsvSource({
        "ADD, CNI_CONTAINERID", "ADD, CNI_NETNS", "ADD, CNI_IFNAME", "ADD, CNI_PATH",
        "CHECK, CNI_NETNS", "DEL, CNI_CONTAINERID", "DEL, CNI_IFNAME", "GC, CNI_PATH",
        "STATUS, CNI_PATH", "ADD, CNI_COMMAND",
    })
    void namesTheVariableThatIsMissing(String command, String variable) {
        for (String left : new String[] {"absent", ""}) {
            Map<String, String> environment = environment(command);
            environment.remove(variable);
            if (left.isEmpty()) {
                environment.put(variable, "");
            }
            assertThatThrownBy(() -> CniRequest.parse(environment, CONFIG))
                    .isInstanceOfSatisfying(
                            CniException.class,
                            e -> {
                                assertThat(e.error().code()).isEqualTo(4);
                                assertThat(e.error().message())
                                        .isEqualTo("required env variables [%s] missing", variable);
                            });
        }
    }

    /** It may wait for a minute, and a thousand others with it. */
    @Test
    void ofAnAddKeepsNothingThatMayBeOfAnyLength() throws Exception {
        Map<String, Object> config = new TreeMap<>(CONFIG);
        config.put("prevResult", Map.of("cniVersion", "1.1.0", "dns", Map.of()));
        config.put("cni.dev/valid-attachments", List.of());
        assertThat(CniRequest.parse(environment("CHECK"), config).config().previous()).isNotNull();
        NetworkConfig kept = CniRequest.parse(environment("ADD"), config).config();
        assertThat(kept.previous()).isNull();
        assertThat(kept.validAttachments()).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "CNI_CONTAINERID, '', 253, a",
        "CNI_NETNS, /, 4095, p",
        "CNI_ARGS, K8S_POD_NAME=, 266, n",
        "CNI_ARGS, K8S_POD_UID=, 265, n",
    })
    void keepsNothingOfAnyLength(String variable, String begin, int max, String letter)
            throws Exception {
        Map<String, String> environment = environment("ADD");
        environment.put(variable, begin + letter.repeat(max - begin.length()));
        assertThat(CniRequest.parse(environment, CONFIG)).isNotNull();

        environment.merge(variable, letter, String::concat);
        assertThatThrownBy(() -> CniRequest.parse(environment, CONFIG))
                .isInstanceOfSatisfying(
                        CniException.class,
                        e -> assertThat(e.error().details()).contains("at most"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"DEL", "GC", "STATUS"})
    void needsNoNamespaceWhereThereMayBeNone(String command) throws Exception {
        Map<String, String> environment = environment(command);
        environment.put("CNI_NETNS", "");
        assertThat(CniRequest.parse(environment, CONFIG).namespacePath()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "CNI_CONTAINERID, -a",
        "CNI_CONTAINERID, a/b",
        "CNI_IFNAME, a:b",
        "CNI_IFNAME, ..",
        "CNI_IFNAME, abcdefghijklmnop",
        "CNI_IFNAME, 'a b'",
        "CNI_COMMAND, add",
    })
    void namesTheVariableThatIsMalformed(String variable, String value) {
        Map<String, String> environment = environment("ADD");
        environment.put(variable, value);
        assertThatThrownBy(() -> CniRequest.parse(environment, CONFIG))
                .isInstanceOfSatisfying(
                        CniException.class,
                        e ->
                                assertThat(e.error().message())
                                        .isEqualTo("invalid %s \"%s\"", variable, value));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "CNI_CONTAINERID | -a | allowed: at most 253 letters, digits, '_', '.' and '-', beginning"
                        + " with a letter or digit",
                "CNI_IFNAME | a:b | allowed: 1 to 15 characters without '/', ':' and white space,"
                        + " not \".\" and not \"..\"",
                "CNI_COMMAND | add | allowed: [ADD, DEL, CHECK, STATUS, GC, VERSION]",
                "CNI_ARGS | FOO=1;BAR=2 | allowed: known keys only, unless IgnoreUnknown=1; not"
                        + " \"FOO\"",
            })
    void saysWhatIsAllowed(String variable, String value, String details) {
        Map<String, String> environment = environment("ADD");
        environment.put(variable, value);
        assertThatThrownBy(() -> CniRequest.parse(environment, CONFIG))
                .isInstanceOfSatisfying(
                        CniException.class,
                        e -> assertThat(e.error().details()).isEqualTo(details));
    }

    @ParameterizedTest
    @ValueSource(strings = {"STATUS", "GC", "VERSION"})
    void needsNoContainerWhereNoneIsConcerned(String command) throws Exception {
        CniRequest request =
                CniRequest.parse(
                        Map.of("CNI_COMMAND", command, "CNI_PATH", "/opt/cni/bin"), CONFIG);

        assertThat(request.containerId()).isEmpty();
        assertThat(request.interfaceName()).isEmpty();
        assertThat(request.args()).isEqualTo(CniArgs.NONE);
    }

    @Test
    void needsNothingButTheCommandToTellVersions() throws Exception {
        assertThat(CniRequest.parse(Map.of("CNI_COMMAND", "VERSION"), CONFIG).command())
                .isEqualTo(CniCommand.VERSION);
    }

    @ParameterizedTest
    @CsvSource({"CHECK, 0.3.1, 0.4.0", "STATUS, 1.0.0, 1.1.0", "GC, 0.4.0, 1.1.0"})
    void refusesACommandThatTheVersionDoesNotHave(String command, String bad, String good)
            throws Exception {
        assertThatThrownBy(() ->
                        CniRequest.parse(
                                environment(command), Map.of("cniVersion", bad, "name", "n")))
                .isInstanceOfSatisfying(
                        CniException.class,
                        e -> {
                            assertThat(e.error().code()).isEqualTo(1);
                            assertThat(e.error().message())
                                    .isEqualTo("config version does not allow " + command);
                        });
        CniRequest.parse(environment(command), Map.of("cniVersion", good, "name", "n"));
    }

    private static Map<String, String> environment(String command) {
        Map<String, String> environment = new TreeMap<>();
        environment.put("CNI_COMMAND", command);
        environment.put("CNI_CONTAINERID", "abc");
        environment.put("CNI_NETNS", "/run/netns/p");
        environment.put("CNI_IFNAME", "eth0");
        environment.put("CNI_PATH", "/opt/cni/bin");
        environment.put("CNI_ARGS", "K8S_POD_NAME=web");
        return environment;
    }
}
