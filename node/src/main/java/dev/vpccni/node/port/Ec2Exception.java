package dev.vpccni.node.port;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** A request to EC2 failed. */
public final class Ec2Exception extends Exception {

    @Serial private static final long serialVersionUID = 1L;

    private final String action;
    private final transient Ec2Failure failure;

    /**
     * @param action such as {@code AttachNetworkInterface}
     * @param message EC2's or the transport's own words
     */
    public Ec2Exception(
            String action, Ec2Failure failure, String message, @Nullable Throwable cause) {
        super(action + ": " + message, cause);
        this.action = action;
        this.failure = failure;
    }

    /** Returns the EC2 action that failed. */
    public String action() {
        return action;
    }

    /** Returns the kind of failure; decisions are made on this and never on the message. */
    public Ec2Failure failure() {
        return failure;
    }
}
