package dev.vpccni.simulation;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Lives one life after the other in this process: what each process of a {@link SeedRange} does.
 */
final class Lives {

    /** Begins the line of a life that begins; its number follows. */
    static final String BEGUN = "begun ";

    /** Begins the line of a life that broke a promise; its number and the reason follow. */
    static final String FAILED = "failed ";

    private Lives() {}

    /**
     * Lives every {@code STEP}th life from {@code FROM} up to {@code END} excluded, and prints what
     * becomes of each.
     *
     * @param arguments {@code FROM END STEP}
     */
    public static void main(String[] arguments) throws InterruptedException {
        long from = Long.parseLong(arguments[0]);
        long end = Long.parseLong(arguments[1]);
        long step = Long.parseLong(arguments[2]);
        var out =
                new PrintStream(
                        new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        onVirtualThread(() -> {
            // Where nobody reads, whoever asked is gone.
            for (long seed = from; seed < end && !out.checkError(); seed += step) {
                out.println(BEGUN + seed);
                Throwable broken = live(seed);
                if (broken != null) {
                    out.println(FAILED + seed + " " + firstLine(broken));
                }
            }
        });
    }

    /** Lives one life and prints all that happens; tells whether it kept every promise. */
    static boolean tell(long seed, PrintStream out) throws InterruptedException {
        var broken = new Throwable[1];
        onVirtualThread(() -> {
            try {
                var life = new Life(seed);
                life.story(out::println);
                life.live();
            } catch (Throwable e) {
                broken[0] = e;
                e.printStackTrace(out);
            }
        });
        Throwable reason = broken[0];
        out.println("seed " + seed + ": " + (reason == null ? "well" : firstLine(reason)));
        return reason == null;
    }

    /** Returns why a life broke a promise, or null if it kept all. */
    static @Nullable Throwable live(long seed) {
        try {
            new Life(seed).live();
            return null;
        } catch (Throwable e) { // whatever it is, it is this life's, and others follow
            return e;
        }
    }

    /** Where the caller is a virtual thread, too, no change of threads needs the kernel. */
    private static void onVirtualThread(Runnable body) throws InterruptedException {
        Thread.ofVirtual().start(body).join();
    }

    private static String firstLine(Throwable thrown) {
        return thrown.toString().lines().findFirst().orElse("");
    }
}
