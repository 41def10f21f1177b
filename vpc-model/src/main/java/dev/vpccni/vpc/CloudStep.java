package dev.vpccni.vpc;

import dev.vpccni.vpc.api.Answer;

/**
 * What a request leads to.
 *
 * @param cloud the cloud afterwards: what it was before if the request was refused
 * @param <R> the reply
 */
public record CloudStep<R>(Cloud cloud, Answer<R> answer) {

    /**
     * Returns the reply.
     *
     * @throws IllegalStateException with the error's code and message if it was refused
     */
    public R reply() {
        return answer.reply();
    }
}
