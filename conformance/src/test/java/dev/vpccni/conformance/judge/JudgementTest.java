package dev.vpccni.conformance.judge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.conformance.judge.PluginCall.End;
import dev.vpccni.conformance.judge.PodView.PodLink;
import dev.vpccni.conformance.judge.PodView.PodRoute;
import dev.vpccni.conformance.judge.Verdict.Failed;
import dev.vpccni.conformance.judge.Verdict.NotApplicable;
import dev.vpccni.conformance.judge.Verdict.NotTried;
import dev.vpccni.conformance.judge.Verdict.Passed;
import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is seen against what is demanded, without a plugin. */
final class JudgementTest {

    private static final String REFUSAL = "{\"code\":4,\"msg\":\"no CNI_NETNS\"}";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "EXITED   | 1 | {'code':4,'msg':'no CNI_NETNS'} | Passed",
                "EXITED   | 0 | {'code':4,'msg':'no CNI_NETNS'} | Passed",
                "EXITED   | 1 | {'code':4,'msg':'no netns'}     | Failed",
                "EXITED   | 1 | {'code':7,'msg':'no CNI_NETNS'} | Failed",
                "EXITED   | 1 | {'code':'4','msg':'CNI_NETNS'}  | NotTried",
                "EXITED   | 1 | panic                           | NotTried",
                "EXITED   | 0 | {'ips':[]}                      | Failed",
                "EXITED   | 0 | ~~                              | Failed",
                "DEADLINE | 0 | {'code':4,'msg':'no CNI_NETNS'} | NotTried",
                "TOO_MUCH | 0 | {'code':4,'msg':'no CNI_NETNS'} | NotTried",
            })
    void aRefusalHasItsCodeAndNamesWhatIsWrong(End end, int status, String output, String verdict) {
        var call = new PluginCall("ADD", "1.0.0", end, status, json(output), "");
        assertThat(AnswerRules.refused(call, 4, "CNI_NETNS").getClass().getSimpleName())
                .isEqualTo(verdict);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{'cniVersion':'1.0.0','supportedVersions':['0.4.0','1.0.0']} | Passed",
                "{'cniVersion':'0.3.1','supportedVersions':['1.0.0']}         | Passed",
                "{'cniVersion':'0.2.0','supportedVersions':['1.0.0']}         | Failed",
                "{'supportedVersions':['1.0.0']}                              | Failed",
                "{'cniVersion':'1.0.0','supportedVersions':'1.0.0'}           | Failed",
                "{'cniVersion':'1.0.0','supportedVersions':['1.0.0',7]}       | Failed",
                "{'cniVersion':'1.0.0'}                                       | Failed",
                "1.0.0                                                        | NotTried",
            })
    void anAnswerToVersionListsVersions(String output, String verdict) {
        var call = call("VERSION", 0, output);
        assertThat(AnswerRules.version(call, "0.3.1").getClass().getSimpleName())
                .isEqualTo(verdict);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "0 | ~~                        | Passed",
                "1 | {'code':50,'msg':'no'}    | Passed",
                "1 | {'code':51,'msg':'no'}    | Passed",
                "1 | {'code':120,'msg':'no'}   | Passed",
                "1 | {'code':7,'msg':'no'}     | Failed",
                "1 | ~~                        | NotTried",
            })
    void aStatusHasAReason(int status, String output, String verdict) {
        assertThat(AnswerRules.status(call("STATUS", status, output)).getClass().getSimpleName())
                .isEqualTo(verdict);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "ADD   | 0 | {'ips':[]}               | ~~",
                "ADD   | 0 | ~~                       | stdout",
                "ADD   | 0 | log {'ips':[]}           | stdout",
                "ADD   | 0 | {'ips':[]}{'ips':[]}     | stdout",
                "DEL   | 0 | ~~                       | ~~",
                "DEL   | 0 | {'ips':[]}               | stdout",
                "GC    | 0 | done                     | stdout",
                "DEL   | 1 | ~~                       | shape",
                "DEL   | 1 | failed                   | shape",
                "DEL   | 1 | {'code':7,'msg':'x'}     | ~~",
                "DEL   | 1 | {'code':0,'msg':'x'}     | shape",
                "DEL   | 1 | {'code':7}               | shape",
                "DEL   | 1 | {'code':7,'msg':''}      | shape",
                "DEL   | 1 | {'code':7,'msg':'x','details':{}} | shape",
                "DEL   | 0 | {'code':7,'msg':'x'}     | status",
                "ADD   | 1 | {'ips':[]}               | status",
            })
    void whatHoldsOfEveryCallIsBrokenInOneWay(
            String verb, int status, String output, String broken) {
        var calls = List.of(call("DEL", 1, REFUSAL.replace('"', '\'')), call(verb, status, output));
        assertThat(StreamRules.onlyResult(calls) instanceof Failed)
                .isEqualTo(broken.equals("stdout"));
        assertThat(StreamRules.errorShape(calls) instanceof Failed)
                .isEqualTo(broken.equals("shape"));
        assertThat(StreamRules.statusAgrees(calls) instanceof Failed)
                .isEqualTo(broken.equals("status"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "1.1.0 | {'interfaces':[{'name':'a'}],'ips':[{'address':'10.0.0.1/32','interface':0}]} | Passed",
                "1.0.0 | {'ips':[{'address':'fd00::1/64','gateway':'fe80::1'}],'dns':{'search':['x']}} | Passed",
                "1.0.0 | {'ips':[{'address':'10.0.0.1'}]}                        | Failed",
                "1.0.0 | {'ips':[{'address':'10.0.0.1/32','interface':0}]}       | Failed",
                "1.0.0 | {'ips':[{'address':'10.0.0.1/32','interface':'0'}]}     | Failed",
                "1.0.0 | {'ips':{}}                                              | Failed",
                "1.0.0 | {'interfaces':[{'mac':'x'}]}                            | Failed",
                "1.0.0 | {'ip4':{'ip':'10.0.0.1/32'}}                            | Failed",
                "1.0.0 | {'routes':[{'gw':'10.0.0.1'}]}                          | Failed",
                "1.0.0 | {'dns':{'search':'x'}}                                  | Failed",
                "0.4.0 | {'ips':[{'version':'4','address':'10.0.0.1/32'}]}       | Passed",
                "0.3.1 | {'ips':[{'address':'10.0.0.1/32'}]}                     | Failed",
                "0.3.0 | {'ips':[{'version':'v4','address':'10.0.0.1/32'}]}      | Failed",
                "0.2.0 | {'ip4':{'ip':'10.0.0.1/32','routes':[{'dst':'0.0.0.0/0'}]}} | Passed",
                "0.1.0 | {'ip4':{'gateway':'10.0.0.1'}}                          | Failed",
                "0.1.0 | {'ips':[]}                                              | Failed",
            })
    void aResultHasTheFormOfItsVersion(String version, String result, String verdict)
            throws JsonException {
        assertThat(ResultRules.form(object(result), version).getClass().getSimpleName())
                .isEqualTo(verdict);
    }

    @Test
    void aSandboxIsThatOfTheInterfaceAskedFor() throws JsonException {
        JsonObject result =
                object(
                        "{'interfaces':[{'name':'veth1'},{'name':'eth0','sandbox':'/a'},"
                                + "{'name':'dummy','sandbox':'0'}]}");
        assertThat(ResultRules.sandbox(result, "eth0", "/a")).isInstanceOf(Passed.class);
        assertThat(ResultRules.sandbox(result, "eth0", "/b")).isInstanceOf(Failed.class);
        assertThat(ResultRules.sandbox(result, "eth1", "/a")).isInstanceOf(NotTried.class);
        assertThat(ResultRules.sandbox(object("{}"), "eth0", "/a")).isInstanceOf(Failed.class);
    }

    @Test
    void aChainedPluginKeepsWhatItWasGiven() throws JsonException {
        JsonObject given = object("{'interfaces':[{'name':'a'}],'ips':[{'address':'10.0.0.1/8'}]}");
        assertThat(ResultRules.keeps(given, given)).isInstanceOf(Passed.class);
        JsonObject more =
                object(
                        "{'interfaces':[{'name':'a'},{'name':'b'}],"
                                + "'ips':[{'address':'10.0.0.1/8'},{'address':'10.0.0.2/8'}]}");
        assertThat(ResultRules.keeps(given, more)).isInstanceOf(Passed.class);
        assertThat(ResultRules.keeps(more, given))
                .isEqualTo(new Failed("all of prevResult", "missing: 10.0.0.2/8, interface b"));
    }

    @Test
    void whatTheResultSaysIsLookedForInTheKernel() throws JsonException {
        PodView pod = pod("eth0", "veth", true, "10.0.0.1/32", "fd00::1/64");
        assertThat(KernelRules.isUp(pod, "eth0")).isInstanceOf(Passed.class);
        assertThat(KernelRules.isUp(pod, "eth1")).isInstanceOf(Failed.class);
        assertThat(KernelRules.isUp(pod("eth0", "veth", false), "eth0")).isInstanceOf(Failed.class);
        assertThat(addresses(pod, "10.0.0.1/32")).isInstanceOf(Passed.class);
        assertThat(addresses(pod, "fd00:0:0::1/64")).isInstanceOf(Passed.class);
        assertThat(addresses(pod, "10.0.0.1/24")).isInstanceOf(Failed.class);
        assertThat(KernelRules.hasAddresses(pod, object("{}"), "eth0"))
                .isInstanceOf(NotApplicable.class);
        assertThat(KernelRules.hasRoutes(pod, object("{'routes':[{'dst':'0.0.0.0/0'}]}")))
                .isInstanceOf(Passed.class);
        assertThat(KernelRules.hasRoutes(pod, object("{'routes':[{'dst':'10.0.0.0/8'}]}")))
                .isInstanceOf(Failed.class);
        assertThat(KernelRules.hasRoutes(pod, object("{}"))).isInstanceOf(NotApplicable.class);
    }

    @ParameterizedTest
    @CsvSource({
        "veth,    link x1,                   Passed",
        "veth,    neighbour 10.0.0.1 dev x1, Passed",
        "veth,    route 10.0.0.1 dev x1,     Failed",
        "veth,    link x1 master br0,        Failed",
        "veth,    rule 512: to 10.0.0.1,     Failed",
        "macvlan, link x1,                   Failed",
    })
    void anInterfaceThatStaysIsCutOff(String kind, String line, String verdict) {
        PodView pod = pod("eth0", kind, true);
        SortedSet<String> before = lines("link lo");
        assertThat(
                        KernelRules.isUnplugged(before, lines("link lo", line), pod, "eth0")
                                .getClass()
                                .getSimpleName())
                .isEqualTo(verdict);
        assertThat(KernelRules.isUnplugged(before, lines(line), pod, "eth9"))
                .isEqualTo(Verdict.passed());
    }

    @Test
    void whatIsLeftOrLostIsNamed() {
        assertThat(KernelRules.nothingLeft(lines("a", "b"), lines("b")))
                .isEqualTo(Verdict.passed());
        assertThat(KernelRules.nothingLeft(lines("a"), lines("a", "rule 9")))
                .isEqualTo(new Failed("nothing that was not there before", "rule 9"));
        assertThat(KernelRules.nothingLost(lines("a"), lines("a", "b")))
                .isEqualTo(Verdict.passed());
        assertThat(KernelRules.nothingLost(lines("a", "b"), lines("a")))
                .isEqualTo(new Failed("all that was there before", "gone: b"));
    }

    @Test
    void aScorecardFailsIfARequirementDoes() {
        var verdicts = new TreeMap<Requirement, Verdict>();
        verdicts.put(Requirement.ADD_TWICE, new NotTried("x"));
        verdicts.put(Requirement.DEL_UNKNOWN, new NotApplicable("y"));
        assertThat(new Scorecard("p", verdicts).exitStatus()).isZero();
        verdicts.put(Requirement.ADD_NOISE, new Failed("a", "b"));
        Scorecard card = new Scorecard("p", verdicts);
        assertThat(card.exitStatus()).isEqualTo(1);
        assertThat(card.failed()).containsExactly(Requirement.ADD_NOISE);
        assertThat(card.tree()).containsEntry("failed", 1L).containsEntry("notTried", 1L);
    }

    @Test
    void requirementsHaveNamesOfTheirOwn() {
        var ids = new TreeSet<String>();
        for (Requirement one : Requirement.values()) {
            assertThat(ids.add(one.id())).as(one.id()).isTrue();
            assertThat(one.id()).matches("[a-z]+\\.([a-z-]+|\\d\\.\\d\\.\\d)");
        }
        assertThat(Requirement.RESULT_0_3_1.id()).isEqualTo("result.0.3.1");
        assertThat(Requirement.DEL_NAMESPACE_GONE.isNamed("del")).isTrue();
        assertThat(Requirement.DEL_NAMESPACE_GONE.isNamed("de")).isFalse();
    }

    private static Verdict addresses(PodView pod, String address) throws JsonException {
        return KernelRules.hasAddresses(
                pod, object("{'ips':[{'address':'" + address + "'}]}"), "eth0");
    }

    private static PodView pod(String name, String kind, boolean up, String... addresses) {
        var links = new TreeMap<String, PodLink>();
        links.put(name, new PodLink(kind, up, lines(addresses)));
        return new PodView(links, List.of(new PodRoute("0.0.0.0/0", "route del default")));
    }

    private static SortedSet<String> lines(String... lines) {
        return new TreeSet<>(List.of(lines));
    }

    private static PluginCall call(String verb, int status, String output) {
        return new PluginCall(verb, "1.0.0", End.EXITED, status, json(output), "");
    }

    private static JsonObject object(String text) throws JsonException {
        return JsonObject.parse(json(text));
    }

    private static String json(String text) {
        return text.replace('\'', '"');
    }
}
