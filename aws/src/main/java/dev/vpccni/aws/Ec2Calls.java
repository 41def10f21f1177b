package dev.vpccni.aws;

import dev.vpccni.node.port.Ec2Exception;
import dev.vpccni.node.port.Ec2Failure;
import dev.vpccni.node.port.Tempo;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/**
 * Makes requests to EC2 at a pace that EC2 allows, each of them once. Knows nothing of the SDK.
 * Safe for use by many threads.
 */
final class Ec2Calls {

    /** How long a request waits for its turn; so does whoever asked for it. */
    private static final Duration WAIT_MAX = Duration.ofSeconds(5);

    private final Map<Ec2Action, TokenBucket> buckets = new EnumMap<>(Ec2Action.class);
    private final Tempo tempo;
    private final CallListener listener;

    Ec2Calls(Tempo tempo, CallListener listener) {
        this.tempo = tempo;
        this.listener = listener;
        for (Ec2Action action : Ec2Action.values()) {
            buckets.put(action, new TokenBucket(action.burst(), action.perSecond(), tempo.nanos()));
        }
    }

    /** A request, its failure classified. */
    @FunctionalInterface
    interface Request<T> {
        T send() throws Ec2Exception, InterruptedException;
    }

    /**
     * Makes a request.
     *
     * @throws Ec2Exception {@link Ec2Failure.Throttled} also if our own pace would have made it
     *     wait for too long, so that it was not sent
     */
    <T> T make(Ec2Action action, Request<T> request) throws Ec2Exception, InterruptedException {
        awaitToken(action);
        try {
            return timed(action, request);
        } catch (Ec2Exception e) {
            if (e.failure() instanceof Ec2Failure.Throttled) {
                bucket(action).drain(tempo.nanos());
            }
            throw e;
        }
    }

    private void awaitToken(Ec2Action action) throws Ec2Exception, InterruptedException {
        TokenBucket bucket = bucket(action);
        long wait = bucket.take(tempo.nanos());
        if (wait > WAIT_MAX.toNanos()) {
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

    private <T> T timed(Ec2Action action, Request<T> request)
            throws Ec2Exception, InterruptedException {
        long start = tempo.nanos();
        try {
            T answer = request.send();
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

    private TokenBucket bucket(Ec2Action action) {
        TokenBucket bucket = buckets.get(action);
        if (bucket == null) {
            throw new IllegalStateException("no bucket for " + action);
        }
        return bucket;
    }
}
