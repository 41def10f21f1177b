package dev.vpccni.daemon.log;

/** How important a line is, least important first. */
public enum LogLevel {
    DEBUG,
    INFO,
    WARN,
    ERROR,
    FATAL
}
