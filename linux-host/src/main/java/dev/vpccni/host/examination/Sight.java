package dev.vpccni.host.examination;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How far one looks.
 *
 * @param root where the host's files are
 * @param kernel the kernel is asked, too; else files are all there is
 * @param container the files here are not the host's
 * @param outputMax bytes that a program may print
 * @param tokensMax names and values that nft's rules may have; each takes up to 100 bytes
 */
public record Sight(Path root, boolean kernel, boolean container, int outputMax, int tokensMax) {

    /** What one program may take. The kernel prints 100,000 rules in a second or two. */
    static final Duration PROGRAM = Duration.ofSeconds(5);

    /** For a person who waits: 100,000 rules, and the memory that they take. */
    public static final Sight WHOLE = new Sight(Path.of("/"), true, false, 32 << 20, 1_000_000);

    /** For the daemon, whose memory is for pods. */
    public static final Sight SMALL = new Sight(Path.of("/"), true, false, 1 << 20, 60_000);

    /** Returns this in a container, or not. */
    public Sight inContainer(boolean is) {
        return new Sight(root, kernel, is, outputMax, tokensMax);
    }

    /** Returns this of files that lie in a folder, and may be another host's. */
    public Sight ofFiles(Path folder) {
        return new Sight(folder, false, false, outputMax, tokensMax);
    }
}
