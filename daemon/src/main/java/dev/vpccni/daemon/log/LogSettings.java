package dev.vpccni.daemon.log;

/**
 * Where and what to log.
 *
 * @param file {@code AWS_VPC_K8S_CNI_LOG_FILE}: a path, {@code stdout} or {@code stderr}
 * @param level {@code AWS_VPC_K8S_CNI_LOGLEVEL}: the least important that is written
 */
public record LogSettings(String file, LogLevel level) {}
