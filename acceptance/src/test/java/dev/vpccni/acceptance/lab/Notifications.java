package dev.vpccni.acceptance.lab;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * What the kernel of a node tells whoever listens, from one mark to the next: marks are changes
 * that a test makes itself.
 */
public final class Notifications implements AutoCloseable {

    /** Routing as ip(8) prints it. */
    private static final List<String> ROUTING =
            List.of("ip", "monitor", "address", "link", "neigh", "nexthop", "route", "rule");

    private static final List<String> PACKET_FILTER = List.of("nft", "monitor");

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** The kernel's own doings: it learns of neighbours and forgets them, and nft(8) counts. */
    private static final Predicate<String> NOISE =
            Pattern.compile(
                            " (REACHABLE|STALE|DELAY|PROBE|INCOMPLETE|FAILED|NOARP)\\s*$"
                                    + "|^# new generation ")
                    .asPredicate();

    private final LabUnderTest lab;
    private final String node;
    private final Path said;
    private final Process program;

    private Notifications(LabUnderTest lab, String node, Path said, List<String> words)
            throws Exception {
        this.lab = lab;
        this.node = node;
        this.said = said;
        program = lab.start(node, said, words);
    }

    /** Listens to links, addresses, neighbours, routes and rules. */
    public static Notifications ofRouting(LabUnderTest lab, String node, Path folder)
            throws Exception {
        return new Notifications(lab, node, folder.resolve(node + "-routing"), ROUTING);
    }

    /** Listens to nf_tables. */
    public static Notifications ofPacketFilter(LabUnderTest lab, String node, Path folder)
            throws Exception {
        return new Notifications(lab, node, folder.resolve(node + "-filter"), PACKET_FILTER);
    }

    /**
     * Makes a mark, again and again until it is told: everything before it has been told then.
     *
     * @param number such as nothing else has
     */
    public void mark(String number) throws Exception {
        lab.await(
                "the mark " + number + " in " + said,
                PATIENCE,
                () -> {
                    lab.exec(node, "ip", "rule", "add", "pref", number, "lookup", number);
                    lab.exec(node, "ip", "rule", "del", "pref", number);
                    lab.exec(node, "nft", "add", "table", "ip", "mark" + number);
                    lab.exec(node, "nft", "delete", "table", "ip", "mark" + number);
                    return Files.readString(said).contains(number);
                });
    }

    /** Returns the lines after the last of one mark and before the first of another. */
    public List<String> between(String begin, String end) throws Exception {
        List<String> lines = Files.readAllLines(said);
        int first = 0;
        int last = lines.size();
        for (int i = 0; i < lines.size(); i++) {
            first = lines.get(i).contains(begin) ? i + 1 : first;
            last = lines.get(i).contains(end) ? Math.min(last, i) : last;
        }
        return lines.subList(first, last).stream()
                .filter(NOISE.negate())
                .filter(line -> !line.isBlank() && !line.startsWith("    "))
                .toList();
    }

    @Override
    public void close() {
        try {
            LabUnderTest.program(program).destroy();
            program.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            program.destroyForcibly();
        }
    }
}
