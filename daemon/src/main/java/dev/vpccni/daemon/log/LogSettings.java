package dev.vpccni.daemon.log;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Where and what to log.
 *
 * @param file {@code AWS_VPC_K8S_CNI_LOG_FILE}: a path, {@code stdout} or {@code stderr}
 * @param level {@code AWS_VPC_K8S_CNI_LOGLEVEL}: the least important that is written
 */
public record LogSettings(String file, LogLevel level) {

    /** Returns the file; null if it is a standard stream. */
    public @Nullable Path path() {
        boolean stream = List.of("stdout", "stderr").contains(file.toLowerCase(Locale.ROOT));
        return stream ? null : Path.of(file);
    }
}
