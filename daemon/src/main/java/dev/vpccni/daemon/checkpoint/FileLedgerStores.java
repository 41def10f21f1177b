package dev.vpccni.daemon.checkpoint;

import dev.vpccni.node.port.LedgerStores;
import dev.vpccni.node.port.Tempo;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The checkpoints of a node's network cards as upstream names them: {@code ipam.json}, and beside
 * it {@code ipam-nic-1.json} and so on. Safe for use by many threads; each file by one at a time.
 */
public final class FileLedgerStores implements LedgerStores, AutoCloseable {

    private static final String SUFFIX = ".json";
    private static final String CARD = "-nic-";

    /** No instance type has more network cards; a file of another number is not ours. */
    private static final int CARDS_MAX = 32;

    private final Path first;
    private final String stem;
    private final Tempo tempo;
    private final String boot;
    private final SortedMap<Integer, FileLedgerStore> stores = new TreeMap<>();

    /**
     * @param first the checkpoint of the first card
     * @param tempo the time that the checkpoints' entries are in
     * @param boot the machine's run, as {@link WriteTime#thisBoot} tells it
     */
    public FileLedgerStores(Path first, Tempo tempo, String boot) {
        this.first = first.toAbsolutePath();
        this.tempo = tempo;
        this.boot = boot;
        String name = String.valueOf(this.first.getFileName());
        stem = name.endsWith(SUFFIX) ? name.substring(0, name.length() - SUFFIX.length()) : name;
    }

    @Override
    public synchronized FileLedgerStore of(int card) {
        return stores.computeIfAbsent(card, n -> new FileLedgerStore(file(n), tempo, boot));
    }

    @Override
    public SortedSet<Integer> furtherCards() throws IOException {
        var cards = new TreeSet<Integer>();
        Path folder = first.getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            return cards;
        }
        Pattern name =
                Pattern.compile(
                        Pattern.quote(stem + CARD) + "([1-9][0-9]?)" + Pattern.quote(SUFFIX));
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                Matcher matcher = name.matcher(String.valueOf(file.getFileName()));
                if (matcher.matches() && Integer.parseInt(matcher.group(1)) < CARDS_MAX) {
                    cards.add(Integer.parseInt(matcher.group(1)));
                }
            }
        }
        return cards;
    }

    @Override
    public synchronized void close() throws IOException {
        for (FileLedgerStore store : stores.values()) {
            store.close();
        }
    }

    private Path file(int card) {
        return card == 0 ? first : first.resolveSibling(stem + CARD + card + SUFFIX);
    }
}
