package dev.vpccni.vpc.api;

import dev.vpccni.model.InterfaceId;

/**
 * Why EC2 refused a request.
 *
 * @param code what clients decide on, such as {@code InvalidNetworkInterfaceID.NotFound}
 * @param message for people; only the identifier of an interface that does not exist is read from
 *     it by programs
 * @param status the HTTP status
 */
public record Ec2Error(String code, String message, int status) {

    /** Returns an error of the client's making: status 400. */
    public static Ec2Error of(String code, String message) {
        return new Ec2Error(code, message, 400);
    }

    /** Returns the error for an interface that does not exist. */
    public static Ec2Error noInterface(InterfaceId id) {
        return of(
                "InvalidNetworkInterfaceID.NotFound",
                "The networkInterface ID '" + id + "' does not exist");
    }

    /** Returns the error for a parameter whose value cannot be. */
    public static Ec2Error invalidValue(String message) {
        return of("InvalidParameterValue", message);
    }

    /** Returns the error for a required parameter that is not there. */
    public static Ec2Error missing(String parameter) {
        return of("MissingParameter", "The request must contain the parameter " + parameter);
    }

    /** Returns the error for a request that is longer than {@code most} bytes. */
    public static Ec2Error tooLarge(int most) {
        return new Ec2Error(
                "RequestEntityTooLarge", "The request is longer than " + most + " bytes.", 413);
    }

    /** Returns the error for too many requests. */
    public static Ec2Error throttled() {
        return new Ec2Error("RequestLimitExceeded", "Request limit exceeded.", 503);
    }

    /** Returns the error for an action that the caller's role does not allow. */
    public static Ec2Error denied(String caller, String action) {
        String message =
                "You are not authorized to perform this operation. User: "
                        + caller
                        + " is not authorized to perform: ec2:"
                        + action
                        + " because no identity-based policy allows the ec2:"
                        + action
                        + " action";
        return new Ec2Error("UnauthorizedOperation", message, 403);
    }

    /** Returns the error of a service that is out of order. */
    public static Ec2Error internal() {
        return new Ec2Error("InternalError", "An internal error has occurred", 500);
    }
}
