package dev.vpccni.daemon.log;

import dev.vpccni.daemon.log.Log.Line;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Consumer;

/** Where the daemon's lines go: into a file, or to a standard stream. */
final class LogFile {

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
            default -> rotating(file);
        };
    }

    /** Opens a log in a file; lines are lost where it cannot be written. */
    static Log.Sink open(Path file, Consumer<String> problems) {
        try {
            return RotatingFile.open(file, RotatingFile.SIZE_MAX, problems);
        } catch (IOException e) {
            problems.accept("cannot log to " + file + ": " + e.getMessage());
            return new Nowhere();
        }
    }

    private static final class Nowhere implements Log.Sink {

        @Override
        public void write(Line line) {}

        @Override
        public void close() {}
    }

    private static Log.Sink rotating(String file) {
        var errors = new Stream(FileDescriptor.err);
        try {
            return RotatingFile.open(
                    Path.of(file),
                    RotatingFile.SIZE_MAX,
                    problem -> errors.print("vpc-cni daemon: " + problem + "\n"));
        } catch (IOException e) {
            errors.print(
                    "cannot log to %s (%s): logging to standard error\n"
                            .formatted(file, e.getMessage()));
            return errors;
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
