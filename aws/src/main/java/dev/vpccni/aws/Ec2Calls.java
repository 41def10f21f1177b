package dev.vpccni.aws;

import dev.vpccni.node.port.Ec2Exception;
import dev.vpccni.node.port.Ec2Failure;
import dev.vpccni.node.port.Tempo;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * Makes requests to EC2 at a pace that EC2 allows, and makes them again where that can help, until
 * a deadline. Knows nothing of the SDK. Safe for use by many threads.
 */
final class Ec2Calls {

    /** So many that the deadline decides where EC2 throttles, and few where it fails at once. */
    private static final int ATTEMPTS_MAX = 6;

    /** EC2 advises to start at a second where it throttles. */
    private static final Duration THROTTLED_FIRST = Duration.ofMillis(800);

    private static final Duration THROTTLED_MOST = Duration.ofSeconds(8);
    private static final Duration UNAVAILABLE_FIRST = Duration.ofMillis(100);
    private static final Duration UNAVAILABLE_MOST = Duration.ofSeconds(2);

    private final Map<Action, TokenBucket> buckets = new EnumMap<>(Action.class);
    private final Duration patience;
    private final Tempo tempo;
    private final Backoff backoff;
    private final CallListener listener;

    /**
     * @param patience how long a call may last with its attempts and pauses; the last attempt may
     *     exceed it by the time limit of one request
     */
    Ec2Calls(Duration patience, Tempo tempo, RandomGenerator random, CallListener listener) {
        this.patience = patience;
        this.tempo = tempo;
        this.backoff = new Backoff(random);
        this.listener = listener;
        for (Action action : Action.values()) {
            buckets.put(action, new TokenBucket(action.burst(), action.perSecond(), tempo.nanos()));
        }
    }

    /** One attempt at a request, its failure classified. */
    @FunctionalInterface
    interface Attempt<T> {
        T make() throws Ec2Exception, InterruptedException;
    }

    /**
     * Makes a request.
     *
     * @throws Ec2Exception the last attempt's failure; {@link Ec2Failure.Throttled} also if our own
     *     pace left no room before the deadline
     */
    <T> T make(Action action, Attempt<T> attempt) throws Ec2Exception, InterruptedException {
        long deadline = tempo.nanos() + patience.toNanos();
        for (int number = 1; ; number++) {
            awaitToken(action, deadline);
            try {
                return timed(action, attempt);
            } catch (Ec2Exception e) {
                if (e.failure() instanceof Ec2Failure.Throttled) {
                    bucket(action).drain(tempo.nanos());
                }
                if (number == ATTEMPTS_MAX || !isWorthRepeating(action, e.failure())) {
                    throw e;
                }
                Duration pause = pauseAfter(e.failure(), number);
                if (tempo.nanos() + pause.toNanos() >= deadline) {
                    throw e;
                }
                tempo.pause(pause);
            }
        }
    }

    private void awaitToken(Action action, long deadline)
            throws Ec2Exception, InterruptedException {
        TokenBucket bucket = bucket(action);
        long now = tempo.nanos();
        long wait = bucket.take(now);
        if (now + wait >= deadline) {
            bucket.giveBack();
            throw new Ec2Exception(
                    action.wireName(),
                    new Ec2Failure.Throttled(),
                    "not sent: this node already makes as many requests as EC2 allows",
                    null);
        }
        if (wait > 0) {
            tempo.pause(Duration.ofNanos(wait));
        }
    }

    private <T> T timed(Action action, Attempt<T> attempt)
            throws Ec2Exception, InterruptedException {
        long start = tempo.nanos();
        try {
            T answer = attempt.make();
            listener.called(action.wireName(), since(start), "");
            return answer;
        } catch (Ec2Exception e) {
            listener.called(
                    action.wireName(), since(start), e.failure().getClass().getSimpleName());
            throw e;
        }
    }

    private Duration since(long start) {
        return Duration.ofNanos(tempo.nanos() - start);
    }

    private TokenBucket bucket(Action action) {
        TokenBucket bucket = buckets.get(action);
        if (bucket == null) {
            throw new IllegalStateException("no bucket for " + action);
        }
        return bucket;
    }

    private static boolean isWorthRepeating(Action action, Ec2Failure failure) {
        return switch (failure) {
            case Ec2Failure.Throttled _, Ec2Failure.Unavailable _ -> true;
            case Ec2Failure.Ambiguous _ -> action.isRepeatable();
            case Ec2Failure.SubnetFull _,
                    Ec2Failure.Fragmented _,
                    Ec2Failure.LimitExceeded _,
                    Ec2Failure.Gone _,
                    Ec2Failure.WrongState _,
                    Ec2Failure.Denied _,
                    Ec2Failure.NoCredentials _,
                    Ec2Failure.Rejected _ ->
                    false;
        };
    }

    private Duration pauseAfter(Ec2Failure failure, int attempt) {
        return failure instanceof Ec2Failure.Throttled
                ? backoff.after(attempt, THROTTLED_FIRST, THROTTLED_MOST)
                : backoff.after(attempt, UNAVAILABLE_FIRST, UNAVAILABLE_MOST);
    }
}
