package dev.vpccni.node;

import dev.vpccni.node.port.Ec2Exception;
import dev.vpccni.node.port.Ec2Failure;
import dev.vpccni.node.port.Tempo;
import java.time.Duration;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/** Repeats what may succeed when it is asked again, with pauses that grow and vary. */
final class Retry {

    private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

    private final Tempo tempo;
    private final RandomGenerator random;

    Retry(Tempo tempo, RandomGenerator random) {
        this.tempo = tempo;
        this.random = random;
    }

    /** A request to EC2. */
    interface Call<T> {
        T make() throws Ec2Exception, InterruptedException;
    }

    /** Tells whether EC2 did nothing, and might if asked again. */
    static boolean isPassing(Ec2Failure failure) {
        return switch (failure) {
            case Ec2Failure.Throttled _, Ec2Failure.Unavailable _ -> true;
            case Ec2Failure.SubnetFull _,
                    Ec2Failure.Fragmented _,
                    Ec2Failure.LimitExceeded _,
                    Ec2Failure.Gone _,
                    Ec2Failure.WrongState _,
                    Ec2Failure.Denied _,
                    Ec2Failure.NoCredentials _,
                    Ec2Failure.Ambiguous _,
                    Ec2Failure.Rejected _ ->
                    false;
        };
    }

    /** Tells whether asking again may help where a repeated request does no harm. */
    static boolean isPassingOrLost(Ec2Failure failure) {
        return isPassing(failure) || failure instanceof Ec2Failure.Ambiguous;
    }

    /**
     * Makes a request, up to {@code attempts} times.
     *
     * @param again which failures are worth another attempt
     * @throws Ec2Exception the last failure
     */
    <T> T call(int attempts, Predicate<Ec2Failure> again, Call<T> call)
            throws Ec2Exception, InterruptedException {
        int attempt = 1;
        while (true) {
            try {
                return call.make();
            } catch (Ec2Exception e) {
                if (attempt >= attempts || !again.test(e.failure())) {
                    throw e;
                }
            }
            pause(attempt);
            attempt++;
        }
    }

    /** Waits as long as suits after {@code attempt} failures: half to all of 250 ms × 2^n. */
    void pause(int attempt) throws InterruptedException {
        tempo.pause(after(attempt, FIRST_PAUSE, LONGEST_PAUSE));
    }

    /** Returns how long to wait after {@code attempt} failures. */
    Duration after(int attempt, Duration first, Duration longest) {
        long whole = Math.min(longest.toNanos(), first.toNanos() << Math.clamp(attempt - 1, 0, 20));
        return Duration.ofNanos(whole / 2 + random.nextLong(whole / 2 + 1));
    }
}
