package dev.vpccni.linux.unix;

/**
 * Who is at the other end, as of when it connected: {@code struct ucred}, by the kernel's word.
 *
 * @param pid the process, as this process' pid namespace sees it; 0 if it does not
 * @param uid the user
 * @param gid the group
 */
public record PeerCredentials(int pid, int uid, int gid) {}
