package dev.vpccni.vpc.api;

/**
 * What EC2 answers: a reply, or a refusal after which nothing has changed.
 *
 * @param <R> the reply
 */
public sealed interface Answer<R> {

    /** It was done. */
    record Done<R>(R reply) implements Answer<R> {}

    /** It was not done. */
    record Refused<R>(Ec2Error error) implements Answer<R> {}

    /**
     * Returns the reply.
     *
     * @throws IllegalStateException with the error's code and message if it was refused
     */
    default R reply() {
        return switch (this) {
            case Done<R>(R reply) -> reply;
            case Refused<R>(Ec2Error error) ->
                    throw new IllegalStateException(error.code() + ": " + error.message());
        };
    }
}
