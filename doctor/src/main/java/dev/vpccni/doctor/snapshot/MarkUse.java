package dev.vpccni.doctor.snapshot;

/**
 * How a rule uses the 32 bits of a mark.
 *
 * @param writes it changes them; else it asks for them
 * @param bits which ones
 */
public record MarkUse(boolean writes, long bits) {}
