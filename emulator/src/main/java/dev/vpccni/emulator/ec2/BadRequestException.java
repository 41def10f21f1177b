package dev.vpccni.emulator.ec2;

import dev.vpccni.vpc.api.Ec2Error;
import java.io.Serial;

/** A request that does not get as far as the cloud. */
final class BadRequestException extends Exception {

    @Serial private static final long serialVersionUID = 1L;

    private final transient Ec2Error error;

    BadRequestException(Ec2Error error) {
        super(error.code() + ": " + error.message());
        this.error = error;
    }

    Ec2Error error() {
        return error;
    }
}
