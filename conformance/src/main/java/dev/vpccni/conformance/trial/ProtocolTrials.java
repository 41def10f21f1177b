package dev.vpccni.conformance.trial;

import dev.vpccni.conformance.bench.NotTriedException;
import dev.vpccni.conformance.bench.PluginContainer;
import dev.vpccni.conformance.bench.PluginRequest;
import dev.vpccni.conformance.bench.Workbench;
import dev.vpccni.conformance.judge.AnswerRules;
import dev.vpccni.conformance.judge.PluginCall;
import dev.vpccni.conformance.judge.Verdict;
import java.io.IOException;
import java.util.List;

/** VERSION, and what is to be refused before anything is done. */
final class ProtocolTrials {

    private static final long VERSION_CODE = 1;
    private static final long VARIABLE_CODE = 4;
    private static final long DECODING_CODE = 6;
    private static final long CONFIGURATION_CODE = 7;

    private static final List<String> NEEDED_BY_ADD =
            List.of("CNI_CONTAINERID", "CNI_NETNS", "CNI_IFNAME");
    private static final List<String> NEEDED_BY_DEL = List.of("CNI_CONTAINERID", "CNI_IFNAME");

    private ProtocolTrials() {}

    static Verdict version(Workbench bench) throws IOException, NotTriedException {
        PluginCall call = bench.call(bench.request("VERSION"));
        return AnswerRules.version(call, bench.version());
    }

    static Verdict versionAlone(Workbench bench) throws IOException, NotTriedException {
        PluginRequest request = bench.request("VERSION").without("CNI_PATH").without("PATH");
        return AnswerRules.version(bench.call(request), bench.version());
    }

    static Verdict command(Workbench bench) throws IOException, NotTriedException {
        try (PluginContainer container = bench.container()) {
            Verdict verdict = Verdict.passed();
            for (String verb : List.of("UPDATE", "add")) {
                PluginCall call = bench.call(container.request(verb));
                verdict = verdict.then(AnswerRules.refused(call, VARIABLE_CODE, ""));
            }
            return verdict;
        }
    }

    static Verdict missing(Workbench bench) throws IOException, NotTriedException {
        try (PluginContainer container = bench.container()) {
            Verdict verdict = Verdict.passed();
            for (String name : NEEDED_BY_ADD) {
                PluginCall call = container.add(container.request("ADD").without(name));
                verdict = verdict.then(AnswerRules.refused(call, VARIABLE_CODE, name));
            }
            for (String name : NEEDED_BY_DEL) {
                PluginCall call = bench.call(container.request("DEL").without(name));
                verdict = verdict.then(AnswerRules.refused(call, VARIABLE_CODE, name));
            }
            return verdict;
        }
    }

    /** Identifiers as section 2 has them, names as the kernel does. */
    static Verdict invalid(Workbench bench) throws IOException, NotTriedException {
        try (PluginContainer container = bench.container()) {
            Verdict verdict = Verdict.passed();
            for (String id : List.of("../../etc", "-starts", "with space")) {
                PluginCall call =
                        container.add(container.request("ADD").with("CNI_CONTAINERID", id));
                verdict = verdict.then(AnswerRules.refused(call, VARIABLE_CODE, ""));
            }
            for (String name : List.of("sixteen-letters-", "a/b", "..", "a:b")) {
                PluginCall call = container.add(container.request("ADD").with("CNI_IFNAME", name));
                verdict = verdict.then(AnswerRules.refused(call, VARIABLE_CODE, ""));
            }
            return verdict;
        }
    }

    static Verdict notJson(Workbench bench) throws IOException, NotTriedException {
        try (PluginContainer container = bench.container()) {
            Verdict verdict = Verdict.passed();
            for (String text : List.of("{\"cniVersion\":", "no JSON", "[]")) {
                PluginCall call = container.add(container.request("ADD").reading(text));
                verdict = verdict.then(AnswerRules.refused(call, DECODING_CODE, ""));
            }
            return verdict;
        }
    }

    static Verdict networkName(Workbench bench) throws IOException, NotTriedException {
        try (PluginContainer container = bench.container()) {
            PluginCall none =
                    container.add(container.addRequest(bench.version()).key("name", null));
            PluginCall wrong = container.add(container.request("ADD").key("name", "a/b c"));
            return AnswerRules.refused(none, CONFIGURATION_CODE, "")
                    .then(AnswerRules.refused(wrong, CONFIGURATION_CODE, ""));
        }
    }

    static Verdict configVersion(Workbench bench) throws IOException, NotTriedException {
        try (PluginContainer container = bench.container()) {
            Verdict verdict = Verdict.passed();
            for (String version : List.of("9.9.9", "1.1", "v1.0.0")) {
                PluginCall call = container.add(container.request("ADD").version(version));
                verdict = verdict.then(AnswerRules.refused(call, VERSION_CODE, ""));
            }
            return verdict;
        }
    }
}
