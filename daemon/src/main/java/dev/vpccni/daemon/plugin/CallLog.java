package dev.vpccni.daemon.plugin;

/** What is said of the plugin's calls. Safe for use by many threads; none of them waits. */
public interface CallLog {

    /** Says what happened. */
    void info(String message);

    /** Says what went wrong at the other end. */
    void warn(String message);

    /**
     * Says what went wrong at this end.
     *
     * @param cause is logged with its stack
     */
    void error(String message, Throwable cause);
}
