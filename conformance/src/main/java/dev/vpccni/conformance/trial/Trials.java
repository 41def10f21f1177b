package dev.vpccni.conformance.trial;

import dev.vpccni.conformance.bench.NotTriedException;
import dev.vpccni.conformance.bench.Workbench;
import dev.vpccni.conformance.judge.PluginCall;
import dev.vpccni.conformance.judge.Requirement;
import dev.vpccni.conformance.judge.StreamRules;
import dev.vpccni.conformance.judge.Verdict;
import dev.vpccni.conformance.judge.Verdict.NotTried;
import dev.vpccni.conformance.judge.Versions;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Tries requirements, one after another, each with containers of its own. */
public final class Trials {

    private Trials() {}

    /**
     * Tries those that are wanted.
     *
     * @throws IOException if namespaces or processes could not be made
     */
    public static SortedMap<Requirement, Verdict> run(
            Workbench bench, Predicate<Requirement> wanted)
            throws IOException, InterruptedException {
        learn(bench);
        if (Arrays.stream(Requirement.values()).anyMatch(r -> wanted.test(r) && compares(r))) {
            CrowdTrials.warmUp(bench);
        }
        var verdicts = new TreeMap<Requirement, Verdict>();
        for (Requirement requirement : Requirement.values()) {
            if (wanted.test(requirement)) {
                verdicts.put(requirement, verdict(bench, requirement));
            }
        }
        return verdicts;
    }

    /** Tells whether what is on the host is compared with what was there before. */
    private static boolean compares(Requirement requirement) {
        return requirement == Requirement.ADD_KILLED
                || requirement.isNamed("del")
                || requirement.isNamed("gc");
    }

    /** Returns the configuration's version, or if that lacks something the newest; null if none. */
    static @Nullable String versionFor(Workbench bench, String least) {
        if (Versions.isAtLeast(bench.version(), least)) {
            return bench.version();
        }
        return Versions.isAtLeast(bench.newest(), least) ? bench.newest() : null;
    }

    private static void learn(Workbench bench) throws IOException {
        try {
            bench.learn(bench.call(bench.request("VERSION")));
        } catch (NotTriedException hangs) {
            // Then what needs a version that is known to be supported is not applicable.
        }
    }

    private static Verdict verdict(Workbench bench, Requirement requirement)
            throws IOException, InterruptedException {
        try {
            return trial(requirement).run(bench);
        } catch (NotTriedException e) {
            return new NotTried(e.why());
        }
    }

    private static Trial trial(Requirement requirement) {
        return switch (requirement) {
            case VERSION_ANSWER -> ProtocolTrials::version;
            case VERSION_ALONE -> ProtocolTrials::versionAlone;
            case ERROR_COMMAND -> ProtocolTrials::command;
            case ERROR_MISSING -> ProtocolTrials::missing;
            case ERROR_INVALID -> ProtocolTrials::invalid;
            case ERROR_JSON -> ProtocolTrials::notJson;
            case ERROR_NAME -> ProtocolTrials::networkName;
            case ERROR_VERSION -> ProtocolTrials::configVersion;
            case RESULT_0_1_0 -> ResultTrials.form("0.1.0");
            case RESULT_0_2_0 -> ResultTrials.form("0.2.0");
            case RESULT_0_3_0 -> ResultTrials.form("0.3.0");
            case RESULT_0_3_1 -> ResultTrials.form("0.3.1");
            case RESULT_0_4_0 -> ResultTrials.form("0.4.0");
            case RESULT_1_0_0 -> ResultTrials.form("1.0.0");
            case RESULT_1_1_0 -> ResultTrials.form("1.1.0");
            case RESULT_SANDBOX -> ResultTrials::sandbox;
            case RESULT_INTERFACE -> ResultTrials::interfaceIsUp;
            case RESULT_ADDRESSES -> ResultTrials::addresses;
            case RESULT_ROUTES -> ResultTrials::routes;
            case ADD_TWICE -> AddTrials::twice;
            case ADD_NAME_TAKEN -> AddTrials::nameTaken;
            case ADD_SECOND_INTERFACE -> AddTrials::secondInterface;
            case ADD_NO_NAMESPACE -> AddTrials::noNamespace;
            case ADD_UNKNOWN_KEYS -> AddTrials::unknownKeys;
            case ADD_NOISE -> AddTrials::noise;
            case ADD_PARALLEL -> CrowdTrials::parallel;
            case ADD_KILLED -> CrowdTrials::killed;
            case ADD_CHAIN -> AddTrials::chain;
            case DEL_AFTER_ADD -> DelTrials::afterAdd;
            case DEL_UNPLUGGED -> DelTrials::unplugged;
            case DEL_RESIDUE -> DelTrials::residue;
            case DEL_OTHERS -> DelTrials::others;
            case DEL_REPEATED -> DelTrials::repeated;
            case DEL_WITHOUT_PREVIOUS -> DelTrials::withoutPrevious;
            case DEL_NAMESPACE_GONE -> DelTrials::namespaceGone;
            case DEL_NAMESPACE_EMPTY -> DelTrials::namespaceEmpty;
            case DEL_UNKNOWN -> DelTrials::unknown;
            case CHECK_AFTER_ADD -> CheckTrials::afterAdd;
            case CHECK_PREVIOUS -> CheckTrials::previous;
            case CHECK_INTERFACE -> CheckTrials::interfaceGone;
            case CHECK_ADDRESS -> CheckTrials::addressGone;
            case CHECK_ROUTE -> CheckTrials::routeGone;
            case GC_REMOVES -> NodeTrials::removes;
            case GC_KEEPS -> NodeTrials::keeps;
            case STATUS_ANSWER -> NodeTrials::status;
            case RESULT_VERSION -> ofAll(StreamRules::resultVersion);
            case ERROR_STATUS -> ofAll(StreamRules::statusAgrees);
            case ERROR_SHAPE -> ofAll(StreamRules::errorShape);
            case PROCESS_STDOUT -> ofAll(StreamRules::onlyResult);
            case PROCESS_BOUNDED -> ofAll(StreamRules::bounded);
            case PROCESS_ENDS -> ofAll(StreamRules::ends);
        };
    }

    private static Trial ofAll(Function<List<PluginCall>, Verdict> rule) {
        return bench -> rule.apply(bench.calls());
    }
}
