package dev.vpccni.vpc.action;

import dev.vpccni.vpc.api.Ec2Error;
import java.io.Serial;

/** Ends a request from within; what it has changed so far is dropped with its draft. */
public final class RequestRefused extends RuntimeException {

    @Serial private static final long serialVersionUID = 1L;

    private final transient Ec2Error error;

    RequestRefused(Ec2Error error) {
        super(error.code(), null, false, false);
        this.error = error;
    }

    /** Ends a request with status 400. */
    static RequestRefused of(String code, String message) {
        return new RequestRefused(Ec2Error.of(code, message));
    }

    static RequestRefused invalidValue(String message) {
        return new RequestRefused(Ec2Error.invalidValue(message));
    }

    static RequestRefused missing(String parameter) {
        return new RequestRefused(Ec2Error.missing(parameter));
    }

    /** Returns why the request is refused. */
    public Ec2Error error() {
        return error;
    }
}
