package dev.vpccni.node.work;

import dev.vpccni.node.port.Ec2Exception;
import dev.vpccni.node.port.Ec2Failure;
import dev.vpccni.node.port.Tempo;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Asks EC2 again where that can help. The one place that decides it: adapters send a request once,
 * and procedures hear of a failure when asking again is no use for now. Pauses grow and vary.
 *
 * <p>The failure that a caller hears is the last one, and knows whether an answer was lost on the
 * way ({@link Ec2Exception#mayHaveHappened}).
 */
public final class Retry {

    /** So many that the limit decides where EC2 throttles, and few where it fails at once. */
    private static final int ATTEMPTS_MAX = 6;

    /** How long a request may take with its pauses; the last attempt may exceed it. */
    private static final Duration LIMIT = Duration.ofSeconds(30);

    /** EC2 advises to begin with a second where it throttles. */
    private static final Duration THROTTLED_FIRST = Duration.ofMillis(800);

    private static final Duration THROTTLED_LONGEST = Duration.ofSeconds(8);
    private static final Duration FAILED_FIRST = Duration.ofMillis(200);
    private static final Duration FAILED_LONGEST = Duration.ofSeconds(3);

    private final Tempo tempo;
    private final RandomGenerator random;

    /**
     * @param random decides how pauses vary
     */
    public Retry(Tempo tempo, RandomGenerator random) {
        this.tempo = tempo;
        this.random = random;
    }

    /** A request to EC2. */
    public interface Call<T> {
        /** Makes it once. */
        T make() throws Ec2Exception, InterruptedException;
    }

    /** A request to EC2 that has nothing to tell. */
    public interface Change {
        /** Makes it once. */
        void make() throws Ec2Exception, InterruptedException;
    }

    /**
     * Makes a request that is as good twice as once, also when an answer was lost.
     *
     * @throws Ec2Exception if asking again is no use for now
     */
    public <T> T repeatable(Call<T> call) throws Ec2Exception, InterruptedException {
        return call(call, true);
    }

    /**
     * Makes a change that is as good twice as once.
     *
     * @throws Ec2Exception if asking again is no use for now
     */
    public void repeatable(Change change) throws Ec2Exception, InterruptedException {
        var _ =
                repeatable(() -> {
                    change.make();
                    return true;
                });
    }

    /**
     * Makes a request that must not happen twice: again only if it certainly did not happen.
     *
     * @throws Ec2Exception if asking again is no use for now, or it may have happened
     */
    public <T> T once(Call<T> call) throws Ec2Exception, InterruptedException {
        return call(call, false);
    }

    /** Makes a change that must not happen twice. */
    void once(Change change) throws Ec2Exception, InterruptedException {
        var _ =
                once(() -> {
                    change.make();
                    return true;
                });
    }

    private <T> T call(Call<T> call, boolean repeatable) throws Ec2Exception, InterruptedException {
        long end = tempo.nanos() + LIMIT.toNanos();
        boolean answerLost = false;
        for (int attempt = 1; ; attempt++) {
            try {
                return call.make();
            } catch (Ec2Exception e) {
                Duration pause = pauseAfter(e.failure(), attempt);
                boolean again =
                        isWorthAnother(e.failure(), repeatable)
                                && attempt < ATTEMPTS_MAX
                                && tempo.nanos() + pause.toNanos() < end;
                if (!again) {
                    throw answerLost ? e.afterLostAnswer() : e;
                }
                answerLost |= e.mayHaveHappened();
                tempo.pause(pause);
            }
        }
    }

    private static boolean isWorthAnother(Ec2Failure failure, boolean repeatable) {
        return switch (failure) {
            case Ec2Failure.Throttled _, Ec2Failure.Unavailable _ -> true;
            case Ec2Failure.Ambiguous _ -> repeatable;
            case Ec2Failure.SubnetFull _,
                    Ec2Failure.Fragmented _,
                    Ec2Failure.LimitExceeded _,
                    Ec2Failure.Gone _,
                    Ec2Failure.WrongState _,
                    Ec2Failure.DeviceTaken _,
                    Ec2Failure.Denied _,
                    Ec2Failure.NoCredentials _,
                    Ec2Failure.Rejected _ ->
                    false;
        };
    }

    private Duration pauseAfter(Ec2Failure failure, int attempt) {
        return failure instanceof Ec2Failure.Throttled
                ? after(attempt, THROTTLED_FIRST, THROTTLED_LONGEST)
                : after(attempt, FAILED_FIRST, FAILED_LONGEST);
    }

    /** Waits as long as suits after {@code attempt} failures to have something happen. */
    public void pause(int attempt) throws InterruptedException {
        tempo.pause(after(attempt, FAILED_FIRST, Duration.ofSeconds(10)));
    }

    /**
     * Returns how long to wait after {@code attempt} failures: half to all of {@code first} doubled
     * with each, and of {@code longest} at most.
     */
    public Duration after(int attempt, Duration first, Duration longest) {
        long whole = Math.min(longest.toNanos(), first.toNanos() << Math.clamp(attempt - 1, 0, 20));
        return Duration.ofNanos(whole / 2 + random.nextLong(whole / 2 + 1));
    }
}
