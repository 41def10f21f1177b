package dev.vpccni.acceptance.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.acceptance.lab.LabUnderTest;
import dev.vpccni.acceptance.lab.NetConf;
import dev.vpccni.acceptance.lab.Plugin;
import dev.vpccni.acceptance.lab.Plugin.Complaint;
import dev.vpccni.acceptance.lab.Plugin.Container;
import dev.vpccni.acceptance.lab.Residue;
import dev.vpccni.acceptance.lab.WantedLab;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a runtime passes wrongly is answered by one clear error each, and leaves nothing behind. */
class BadInputTest {

    private static final String NODE = "node-1";

    private static LabUnderTest lab;
    private static Plugin plugin;
    private static Container container;

    @BeforeAll
    static void start() throws Exception {
        // No spare interface, so that the pool has nothing to do while the kernel is compared.
        lab =
                LabUnderTest.up(
                        WantedLab.nodes(1, "c5.large")
                                .with("WARM_IP_TARGET", "1")
                                .with("MINIMUM_IP_TARGET", "5"));
        plugin = new Plugin(lab, NODE);
        container = plugin.container("bad-input");
    }

    @AfterAll
    static void stop() throws Exception {
        lab.close();
    }

    /**
     * A request that is wrong.
     *
     * @param words that the answer has to contain: what is wrong, where, what is right
     */
    private record Bad(
            String what,
            SortedMap<String, String> variables,
            String input,
            int code,
            List<String> words) {

        static Bad input(String what, String input, int code, String... words) {
            return new Bad(what, container.variables("ADD"), input, code, List.of(words));
        }

        static Bad variables(
                String what, SortedMap<String, String> variables, int code, String... words) {
            return new Bad(what, variables, NetConf.of("1.0.0"), code, List.of(words));
        }

        static Bad without(String command, String name) {
            return variables(
                    command + " without " + name,
                    container.variablesWithout(command, name),
                    4,
                    "required env variables [" + name + "] missing");
        }

        static Bad with(String command, String name, String value, int code, String... words) {
            return variables(
                    command + " with " + name + "=" + value,
                    container.variables(command, name, value),
                    code,
                    words);
        }
    }

    @Test
    void malformedInput() throws Exception {
        refused(
                List.of(
                        Bad.input("half an object", "{\"cniVersion\":", 6, "network config"),
                        Bad.input("nothing", "", 6, "network config", "one JSON object"),
                        Bad.input("a list", "[]", 6, "not an object", "one JSON object"),
                        Bad.input("words", "cniVersion: 1.0.0", 6, "network config", "JSON")));
    }

    @Test
    void missingAndWrongVariables() throws Exception {
        refused(
                List.of(
                        Bad.without("ADD", "CNI_CONTAINERID"),
                        Bad.without("ADD", "CNI_NETNS"),
                        Bad.without("ADD", "CNI_IFNAME"),
                        Bad.without("ADD", "CNI_PATH"),
                        Bad.without("DEL", "CNI_CONTAINERID"),
                        Bad.without("CHECK", "CNI_NETNS"),
                        Bad.variables(
                                "ADD with nothing",
                                new TreeMap<>(Map.of("CNI_COMMAND", "ADD")),
                                4,
                                "[CNI_CONTAINERID,CNI_NETNS,CNI_IFNAME,CNI_PATH] missing"),
                        Bad.with("ADD", "CNI_COMMAND", "JUMP", 4, "JUMP", "ADD, DEL, CHECK"),
                        Bad.with("ADD", "CNI_CONTAINERID", "../x", 4, "../x", "letters"),
                        Bad.with("ADD", "CNI_IFNAME", "a/b", 4, "CNI_IFNAME", "a/b", "15"),
                        Bad.with("ADD", "CNI_ARGS", "K8S_POD_NAME", 4, "CNI_ARGS", "KEY=VALUE"),
                        Bad.with("ADD", "CNI_ARGS", "COLOUR=red", 4, "COLOUR", "IgnoreUnknown")));
    }

    @Test
    void namespacesThatAreNone() throws Exception {
        refused(
                List.of(
                        Bad.with("ADD", "CNI_NETNS", "/run/netns/gone", 3, "/run/netns/gone"),
                        Bad.with("ADD", "CNI_NETNS", "/etc/hostname", 3, "/etc/hostname"),
                        Bad.with("ADD", "CNI_NETNS", "/proc/self/ns/net", 8, "/proc/self/ns/net"),
                        Bad.with("CHECK", "CNI_NETNS", "/run/netns/gone", 3, "must be the path")));
    }

    @Test
    void wrongFieldsOfTheConfiguration() throws Exception {
        refused(
                List.of(
                        Bad.input("a version of later", NetConf.of("9.9.9"), 1, "9.9.9", "1.1.0"),
                        Bad.input("no name", NetConf.field("name", "null"), 7, "\"name\""),
                        Bad.input("a name with spaces", NetConf.field("name", "\"a b\""), 7, "a b"),
                        Bad.input(
                                "an MTU that is a number",
                                NetConf.field("mtu", "9001"),
                                7,
                                "\"mtu\" is 9001",
                                "a string"),
                        Bad.input(
                                "a jumbo MTU",
                                NetConf.field("mtu", "\"65000\""),
                                7,
                                "\"mtu\" is \"65000\"",
                                "576 to 9001"),
                        Bad.input(
                                "a long prefix",
                                NetConf.field("vethPrefix", "\"toolong\""),
                                7,
                                "vethPrefix",
                                "toolong",
                                "1 to 4"),
                        Bad.input(
                                "a mode that is none",
                                NetConf.field("podSGEnforcingMode", "\"lax\""),
                                7,
                                "podSGEnforcingMode",
                                "lax",
                                "strict"),
                        Bad.input(
                                "a previous result that is none",
                                NetConf.after("1.0.0", "[1]"),
                                7,
                                "prevResult",
                                "an object")));
    }

    /** The same pod with the same variables, once they are right. */
    @Test
    void theRightRequestWorks() throws Exception {
        Container good = plugin.container("good-input");
        Residue before = Residue.of(lab, NODE);
        String result = plugin.must("ADD", good, NetConf.of("1.0.0"));
        assertThat(Residue.of(lab, NODE)).isNotEqualTo(before);
        plugin.must("DEL", good, NetConf.after("1.0.0", result));
        plugin.remove(good);
        Residue.awaitSame(lab, NODE, before);
    }

    private static void refused(List<Bad> all) throws Exception {
        Residue before = Residue.of(lab, NODE);
        var wrong = new ArrayList<String>();
        for (Bad bad : all) {
            Complaint complaint = Complaint.of(plugin.run(bad.variables, bad.input));
            boolean clear = bad.words.stream().allMatch(complaint.text()::contains);
            if (complaint.code() != bad.code || !clear) {
                wrong.add(
                        bad.what
                                + " should be "
                                + bad.code
                                + " with "
                                + bad.words
                                + ", is "
                                + complaint);
            }
            assertThat(Residue.of(lab, NODE)).as("left by " + bad.what).isEqualTo(before);
        }
        assertThat(wrong).isEmpty();
    }
}
