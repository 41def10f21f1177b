package dev.vpccni.doctor.snapshot;

/**
 * A process.
 *
 * @param name of at most 15 characters
 * @param ours it is a daemon of this project
 */
public record SeenProcess(long id, String name, boolean ours) {}
