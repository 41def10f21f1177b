package dev.vpccni.conformance.judge;

import dev.vpccni.conformance.judge.PluginCall.End;
import dev.vpccni.conformance.judge.Verdict.Failed;
import dev.vpccni.conformance.judge.Verdict.NotTried;
import java.util.List;
import java.util.function.Predicate;

/** What holds of every call: judged over all that were made, by the first that breaks it. */
public final class StreamRules {

    private static final List<String> WITH_RESULT = List.of("ADD", "VERSION");
    private static final List<String> SILENT = List.of("DEL", "CHECK", "GC", "STATUS");

    private StreamRules() {}

    /** Every call ends before its deadline. */
    public static Verdict ends(List<PluginCall> calls) {
        return none(calls, "an end before the deadline", call -> call.end() == End.DEADLINE);
    }

    /** No call prints without end. */
    public static Verdict bounded(List<PluginCall> calls) {
        return none(calls, "an end of what it prints", call -> call.end() == End.TOO_MUCH);
    }

    /** Who succeeds prints one result where there is one, and nothing where there is none. */
    public static Verdict onlyResult(List<PluginCall> calls) {
        return none(
                exited(calls, call -> call.status() == 0),
                "one JSON object from ADD and VERSION, nothing from DEL, CHECK, GC and STATUS",
                call ->
                        switch (call.reply()) {
                            case Reply.Refusal _ -> false;
                            case Reply.Garbage _ -> true;
                            case Reply.Result _ -> SILENT.contains(call.verb());
                            case Reply.Silence _ -> WITH_RESULT.contains(call.verb());
                        });
    }

    /** An error comes with a status that is not 0, a result with 0. */
    public static Verdict statusAgrees(List<PluginCall> calls) {
        return none(
                exited(calls, _ -> true),
                "exit status 0 with a result, another with an error",
                call ->
                        switch (call.reply()) {
                            case Reply.Refusal _ -> call.status() == 0;
                            case Reply.Result _ -> call.status() != 0;
                            case Reply.Silence _, Reply.Garbage _ -> false;
                        });
    }

    /** Who fails prints an object with a code and a message. */
    public static Verdict errorShape(List<PluginCall> calls) {
        return none(
                exited(calls, call -> call.status() != 0 || call.reply() instanceof Reply.Refusal),
                "an object with code, a number from 1 on, and msg, a text that is not empty",
                call ->
                        switch (call.reply()) {
                            case Reply.Refusal refusal -> !isWhole(refusal);
                            case Reply.Result _ -> false;
                            case Reply.Silence _, Reply.Garbage _ -> true;
                        });
    }

    /** Each result of ADD is of the version that was asked for. */
    public static Verdict resultVersion(List<PluginCall> calls) {
        return none(
                exited(
                        calls,
                        call -> call.verb().equals("ADD") && call.reply() instanceof Reply.Result),
                "the cniVersion of the configuration",
                call ->
                        call.reply() instanceof Reply.Result result
                                && !call.version().equals(result.object().value("cniVersion")));
    }

    private static boolean isWhole(Reply.Refusal refusal) {
        return refusal.code() >= 1
                && refusal.error().value("msg") instanceof String message
                && !message.isEmpty()
                && isTextOrAbsent(refusal, "details")
                && isTextOrAbsent(refusal, "cniVersion");
    }

    private static boolean isTextOrAbsent(Reply.Refusal refusal, String name) {
        Object value = refusal.error().value(name);
        return value == null || value instanceof String;
    }

    private static List<PluginCall> exited(List<PluginCall> calls, Predicate<PluginCall> more) {
        return calls.stream().filter(call -> call.end() == End.EXITED).filter(more).toList();
    }

    private static Verdict none(
            List<PluginCall> calls, String expected, Predicate<PluginCall> wrong) {
        if (calls.isEmpty()) {
            return new NotTried("there was no call that could show it");
        }
        return calls.stream()
                .filter(wrong)
                .findFirst()
                .<Verdict>map(call -> new Failed(expected, call.told()))
                .orElse(Verdict.passed());
    }
}
