package dev.vpccni.vpc.api;

import org.jspecify.annotations.Nullable;

/**
 * Which part of a list a Describe call asks for.
 *
 * @param maxResults the most entries; 0 for all
 * @param token where the last page ended; null for the first page
 */
public record Page(int maxResults, @Nullable String token) {

    /** The whole list at once. */
    public static final Page ALL = new Page(0, null);

    /** Returns the first page of at most {@code maxResults}. */
    public static Page first(int maxResults) {
        return new Page(maxResults, null);
    }
}
