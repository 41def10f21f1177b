package dev.vpccni.vpc.state;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What Describe calls show of an interface that has changed since.
 *
 * @param eni the interface before the change; null if it did not exist
 * @param until when Describe calls cease to show it
 */
public record Past(@Nullable Eni eni, Instant until) {}
