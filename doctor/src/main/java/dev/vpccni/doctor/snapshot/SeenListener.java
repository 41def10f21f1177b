package dev.vpccni.doctor.snapshot;

/**
 * A socket that waits for connections.
 *
 * @param place a path, or a port's number
 * @param inode the socket's number
 * @param process whose it is; 0 if nobody is seen to have it
 */
public record SeenListener(String place, long inode, long process) {}
