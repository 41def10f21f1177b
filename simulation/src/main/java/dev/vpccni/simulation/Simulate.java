package dev.vpccni.simulation;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** The simulation's command line. */
public final class Simulate {

    private Simulate() {}

    /**
     * Lives the lives {@code FROM} to {@code FROM + COUNT}, one process for each core, and prints
     * which of them broke a promise; one life alone is told in full. Exits with 1 if any did.
     *
     * @param arguments {@code FROM COUNT}
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        var out =
                new PrintStream(
                        new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        if (arguments.length != 2) {
            out.println("usage: simulate FROM COUNT");
            System.exit(2);
        }
        long from = Long.parseLong(arguments[0]);
        long count = Long.parseLong(arguments[1]);
        int cores = Runtime.getRuntime().availableProcessors();
        boolean well =
                count == 1
                        ? Lives.tell(from, out)
                        : new SeedRange(from, count, cores, out).run().failed().isEmpty();
        System.exit(well ? 0 : 1);
    }
}
