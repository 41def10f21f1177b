package dev.vpccni.node.port;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** A request to EC2 failed. */
public final class Ec2Exception extends Exception {

    @Serial private static final long serialVersionUID = 1L;

    private final String action;
    private final transient Ec2Failure failure;
    private final boolean answerLost;

    /**
     * @param action such as {@code AttachNetworkInterface}
     * @param message EC2's or the transport's own words
     */
    public Ec2Exception(
            String action, Ec2Failure failure, String message, @Nullable Throwable cause) {
        super(action + ": " + whatIsMissing(failure) + message, cause);
        this.action = action;
        this.failure = failure;
        this.answerLost = false;
    }

    /** EC2 says only that it is not allowed; whoever mends it needs the name of the permission. */
    private static String whatIsMissing(Ec2Failure failure) {
        return failure instanceof Ec2Failure.Denied(String permission)
                ? "the node's role lacks " + permission + ": "
                : "";
    }

    private Ec2Exception(Ec2Exception last) {
        super(last.getMessage() + ", after an attempt whose answer was lost", last);
        this.action = last.action;
        this.failure = last.failure;
        this.answerLost = true;
    }

    /** Returns this failure, known to follow an attempt whose answer was lost. */
    public Ec2Exception afterLostAnswer() {
        return new Ec2Exception(this);
    }

    /**
     * Tells whether EC2 may have carried the request out all the same: this attempt's answer was
     * lost, or that of one before.
     */
    public boolean mayHaveHappened() {
        return answerLost || failure instanceof Ec2Failure.Ambiguous;
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
