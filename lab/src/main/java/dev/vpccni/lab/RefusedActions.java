package dev.vpccni.lab;

import dev.vpccni.vpc.api.Ec2Error;
import dev.vpccni.vpc.fault.Effect;
import dev.vpccni.vpc.fault.Fault;
import dev.vpccni.vpc.fault.FaultTable;
import java.util.List;

/** What EC2 refuses by somebody's wish, with the error that it has for that. */
final class RefusedActions {

    private RefusedActions() {}

    /** Returns a table in which every request of {@code actions} is refused with {@code code}. */
    static FaultTable of(List<String> actions, String code) {
        return new FaultTable(
                actions.stream()
                        .map(action -> Fault.always(action, new Effect.Fail(error(action, code))))
                        .toList());
    }

    private static Ec2Error error(String action, String code) {
        return switch (code) {
            case "UnauthorizedOperation" -> Ec2Error.denied("the role of this node", action);
            case "RequestLimitExceeded" -> Ec2Error.throttled();
            case "InternalError" -> Ec2Error.internal();
            case "RequestExpired" -> Ec2Error.of(code, "Request has expired.");
            case "AuthFailure" ->
                    new Ec2Error(
                            code,
                            "AWS was not able to validate the provided access credentials",
                            401);
            default -> Ec2Error.of(code, "The request was refused as `lab refuse` says.");
        };
    }
}
