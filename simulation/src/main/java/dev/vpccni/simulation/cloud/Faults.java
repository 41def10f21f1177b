package dev.vpccni.simulation.cloud;

import java.util.random.RandomGenerator;

/**
 * How often what goes wrong, each out of 1,000 requests.
 *
 * @param throttled refused as one too many
 * @param unavailable refused because EC2 is out of order
 * @param requestLost not carried out, and nobody knows
 * @param answerLost carried out, and nobody knows
 * @param full refused for want of addresses, though the subnet has some
 * @param metadataDown no answer from metadata
 */
public record Faults(
        int throttled,
        int unavailable,
        int requestLost,
        int answerLost,
        int full,
        int metadataDown) {

    /** Nothing goes wrong. */
    public static final Faults NONE = new Faults(0, 0, 0, 0, 0, 0);

    /** Everything goes wrong now and then. */
    public static final Faults SOME = new Faults(40, 30, 30, 50, 10, 50);

    /** Answers get lost, and what is asked again meets throttling. */
    public static final Faults LOSING = new Faults(250, 0, 50, 250, 0, 0);

    /** Tells whether something that happens so often happens now. */
    public static boolean strikes(int perThousand, RandomGenerator random) {
        return perThousand > 0 && random.nextInt(1000) < perThousand;
    }
}
