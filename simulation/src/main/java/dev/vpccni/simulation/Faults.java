package dev.vpccni.simulation;

import java.util.random.RandomGenerator;

/**
 * How often what goes wrong, each out of 1,000 requests.
 *
 * @param throttled refused as one too many
 * @param unavailable refused because EC2 is out of order
 * @param requestLost not carried out, and nobody knows
 * @param answerLost carried out, and nobody knows
 * @param metadataDown no answer from metadata
 */
public record Faults(
        int throttled, int unavailable, int requestLost, int answerLost, int metadataDown) {

    /** Nothing goes wrong. */
    public static final Faults NONE = new Faults(0, 0, 0, 0, 0);

    /** Everything goes wrong now and then. */
    public static final Faults SOME = new Faults(40, 30, 30, 50, 50);

    static boolean strikes(int perThousand, RandomGenerator random) {
        return random.nextInt(1000) < perThousand;
    }
}
