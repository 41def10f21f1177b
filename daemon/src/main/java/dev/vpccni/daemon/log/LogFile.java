package dev.vpccni.daemon.log;

import ch.qos.logback.core.ContextBase;
import ch.qos.logback.core.rolling.FixedWindowRollingPolicy;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeBasedTriggeringPolicy;
import ch.qos.logback.core.util.FileSize;
import dev.vpccni.daemon.log.Log.Line;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Lines in a file that is rotated as upstream rotates it, or on a standard stream. The first class
 * of the logging library is loaded here.
 */
final class LogFile {

    private static final String SIZE_MAX = "100MB";
    private static final int OLD_FILES_MAX = 5;

    private LogFile() {}

    /**
     * Opens a log.
     *
     * @param file a path, {@code stdout} or {@code stderr}; where the path cannot be written, it is
     *     standard error, which says so first
     */
    static Log.Sink open(String file) {
        return switch (file.toLowerCase(Locale.ROOT)) {
            case "stdout" -> new Stream(FileDescriptor.out);
            case "stderr" -> new Stream(FileDescriptor.err);
            default -> rolling(file);
        };
    }

    private static Log.Sink rolling(String file) {
        var context = new ContextBase();
        var appender = new RollingFileAppender<Line>();
        appender.setContext(context);
        appender.setFile(file);
        var encoder = new LineEncoder();
        encoder.setContext(context);
        encoder.start();
        appender.setEncoder(encoder);
        var rolling = new FixedWindowRollingPolicy();
        rolling.setContext(context);
        rolling.setParent(appender);
        rolling.setFileNamePattern(file + ".%i.gz");
        rolling.setMinIndex(1);
        rolling.setMaxIndex(OLD_FILES_MAX);
        rolling.start();
        appender.setRollingPolicy(rolling);
        var size = new SizeBasedTriggeringPolicy<Line>();
        size.setContext(context);
        size.setMaxFileSize(FileSize.valueOf(SIZE_MAX));
        size.start();
        appender.setTriggeringPolicy(size);
        appender.start();
        if (!appender.isStarted()) {
            var stream = new Stream(FileDescriptor.err);
            stream.print("cannot log to " + file + ": logging to standard error\n");
            return stream;
        }
        return new Rolling(appender);
    }

    private record Rolling(RollingFileAppender<Line> appender) implements Log.Sink {

        @Override
        public void write(Line line) {
            appender.doAppend(line);
        }

        @Override
        public void close() {
            appender.stop();
        }
    }

    private static final class Stream implements Log.Sink {

        private final PrintStream stream;

        Stream(FileDescriptor descriptor) {
            stream =
                    new PrintStream(
                            new FileOutputStream(descriptor), false, StandardCharsets.UTF_8);
        }

        void print(String text) {
            stream.print(text);
            stream.flush();
        }

        @Override
        public void write(Line line) {
            print(LineEncoder.text(line));
        }

        @Override
        public void close() {
            stream.flush();
        }
    }
}
