package dev.vpccni.conformance.judge;

import dev.vpccni.conformance.judge.PluginCall.End;
import dev.vpccni.conformance.judge.Verdict.Failed;
import dev.vpccni.conformance.judge.Verdict.NotApplicable;
import dev.vpccni.conformance.judge.Verdict.NotTried;
import dev.vpccni.conformance.judge.Verdict.Passed;
import java.util.List;
import java.util.Locale;

/**
 * What one call should have answered.
 *
 * <p>An error is known by its object here, whatever the exit status: that both agree, and that
 * objects have the form that they should, are requirements of their own.
 */
public final class AnswerRules {

    /** "Plugin-specific error codes": section 5, "Error". */
    private static final long FIRST_OF_ITS_OWN = 100;

    private static final long NOT_AVAILABLE = 50;
    private static final long LIMITED = 51;
    private static final long UNSUPPORTED_FIELD = 2;

    private AnswerRules() {}

    /**
     * The call is refused with {@code code}.
     *
     * @param named what the error is to name; may be empty
     */
    public static Verdict refused(PluginCall call, long code, String named) {
        String expected =
                "an error with code "
                        + code
                        + (named.isEmpty() ? "" : " whose text names " + named);
        if (call.end() != End.EXITED) {
            return new NotTried(call.told());
        }
        if (call.reply() instanceof Reply.Refusal refusal) {
            if (refusal.code() < 0) {
                return new NotTried("the error has no code that is a number: " + call.told());
            }
            boolean met = refusal.code() == code && refusal.words().contains(named);
            return met ? Verdict.passed() : new Failed(expected, call.told());
        }
        return call.status() == 0
                ? new Failed(expected, call.told())
                : new NotTried("it failed without an error object: " + call.told());
    }

    /** The call succeeds. */
    public static Verdict succeeded(PluginCall call) {
        if (call.end() != End.EXITED) {
            return new NotTried(call.told());
        }
        return call.succeeded() ? Verdict.passed() : new Failed("success", call.told());
    }

    /** The call fails, with whatever reason. */
    public static Verdict failed(PluginCall call, String when) {
        if (call.end() != End.EXITED) {
            return new NotTried(call.told());
        }
        return call.succeeded() ? new Failed("an error " + when, call.told()) : Verdict.passed();
    }

    /** Unknown keys of a configuration: "may ignore", or code 2 of section 5. */
    public static Verdict passedOver(PluginCall call) {
        if (call.reply() instanceof Reply.Refusal refusal && refusal.code() == UNSUPPORTED_FIELD) {
            return new Passed("refused with code 2");
        }
        return succeeded(call);
    }

    /** VERSION: "cniVersion", and "supportedVersions" as a list of versions (section 2). */
    public static Verdict version(PluginCall call, String asked) {
        if (call.end() != End.EXITED) {
            return new NotTried(call.told());
        }
        if (!(call.reply() instanceof Reply.Result result)) {
            return call.reply() instanceof Reply.Garbage
                    ? new NotTried("no single JSON object: " + call.told())
                    : new Failed("an object with supportedVersions", call.told());
        }
        List<String> supported = Versions.supported(result.object());
        if (supported.isEmpty()) {
            return new Failed("supportedVersions: versions such as \"1.1.0\"", call.told());
        }
        boolean known =
                result.object().value("cniVersion") instanceof String said
                        && (said.equals(asked) || supported.contains(said));
        return known
                ? Verdict.passed()
                : new Failed("cniVersion: " + asked + ", or one of the supported", call.told());
    }

    /** STATUS: success, or a reason with a code that a runtime can tell from a broken call. */
    public static Verdict status(PluginCall call) {
        if (call.end() != End.EXITED) {
            return new NotTried(call.told());
        }
        if (call.reply() instanceof Reply.Refusal refusal) {
            long code = refusal.code();
            boolean reason = code == NOT_AVAILABLE || code == LIMITED || code >= FIRST_OF_ITS_OWN;
            return reason
                    ? new Passed("not available: " + PluginCall.brief(refusal.words()).strip())
                    : new Failed("success, code 50, 51, or one from 100 on", call.told());
        }
        return call.succeeded() ? Verdict.passed() : new NotTried(call.told());
    }

    /** What a version of the specification does not have, nobody can be asked for. */
    public static Verdict needs(String verb, String version) {
        return new NotApplicable(
                verb.toUpperCase(Locale.ROOT)
                        + " needs CNI "
                        + version
                        + ", which the plugin does not support");
    }
}
