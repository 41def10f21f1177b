package dev.vpccni.emulator.metadata;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The session tokens of one instance. Thread-safe. */
final class Tokens {

    private static final int LONGEST_SECONDS = 21_600;
    private static final int BYTES = 40;

    /** More than any instance's programs hold. */
    private static final int MOST = 10_000;

    private final SecureRandom random = new SecureRandom();
    private final SortedMap<String, Instant> expiry = new TreeMap<>();

    /** Returns the seconds that a header asks for, or -1 if it cannot be granted. */
    static int seconds(@Nullable String header) {
        if (header == null || !header.matches("[0-9]{1,5}")) {
            return -1;
        }
        int seconds = Integer.parseInt(header);
        return seconds >= 1 && seconds <= LONGEST_SECONDS ? seconds : -1;
    }

    synchronized String issue(int seconds, Instant now) {
        expiry.values().removeIf(end -> !end.isAfter(now));
        if (expiry.size() >= MOST) {
            expiry.clear();
        }
        byte[] bytes = new byte[BYTES];
        random.nextBytes(bytes);
        String token = Base64.getUrlEncoder().encodeToString(bytes);
        expiry.put(token, now.plusSeconds(seconds));
        return token;
    }

    synchronized boolean accepts(String token, Instant now) {
        Instant end = expiry.get(token);
        return end != null && end.isAfter(now);
    }

    synchronized void expireAll() {
        expiry.clear();
    }
}
