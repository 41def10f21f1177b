package dev.vpccni.lab;

import dev.vpccni.vpc.settings.Latency;
import java.time.Duration;

/** How late the emulated cloud is, as one writes it on a command line. */
public final class LatencyText {

    /** What {@link #parse} accepts, for help texts. */
    public static final String FORMS = "instant, aws-like, or call=300ms,device=2s";

    private LatencyText() {}

    /**
     * Reads {@code instant}, {@code aws-like}, or how long each call takes and how long after its
     * attach a device shows, such as {@code call=300ms,device=2s}.
     *
     * @throws IllegalArgumentException if {@code text} is anything else
     */
    public static Latency parse(String text) {
        return switch (text) {
            case "instant" -> Latency.INSTANT;
            case "aws-like" -> Latency.AWS_LIKE;
            default -> scenario(text);
        };
    }

    private static Latency scenario(String text) {
        Duration call = Duration.ZERO;
        Duration device = Duration.ZERO;
        for (String part : text.split(",", -1)) {
            String[] pair = part.split("=", 2);
            if (pair.length != 2) {
                throw unknown(text);
            }
            switch (pair[0]) {
                case "call" -> call = duration(pair[1], text);
                case "device" -> device = duration(pair[1], text);
                default -> throw unknown(text);
            }
        }
        return Latency.scenario(call, device);
    }

    private static Duration duration(String amount, String text) {
        if (amount.matches("\\d{1,7}ms")) {
            return Duration.ofMillis(Long.parseLong(amount.substring(0, amount.length() - 2)));
        }
        if (amount.matches("\\d{1,4}s")) {
            return Duration.ofSeconds(Long.parseLong(amount.substring(0, amount.length() - 1)));
        }
        throw unknown(text);
    }

    private static IllegalArgumentException unknown(String text) {
        return new IllegalArgumentException("no such latency: \"" + text + "\"; there is " + FORMS);
    }
}
