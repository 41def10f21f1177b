package dev.vpccni.daemon.checkpoint;

import dev.vpccni.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * The texts of a list's entries, of which hardly any differs from one time to the next: an entry
 * that is the same object has the same text. Not thread-safe.
 *
 * @param <T> what an entry is
 */
final class TextCache<T> {

    private static final byte[] SEPARATOR = ",".getBytes(StandardCharsets.UTF_8);

    private final Function<T, Object> tree;
    private List<T> entriesBefore = List.of();
    private List<byte[]> textsBefore = List.of();

    /**
     * @param tree returns what an entry is written as
     */
    TextCache(Function<T, Object> tree) {
        this.tree = tree;
    }

    /**
     * Puts {@code entries} into {@code out}, separated by commas.
     *
     * @param entries in the same order each time; then they cost little
     */
    void put(List<T> entries, TextBuffer out) {
        List<byte[]> texts = new ArrayList<>(entries.size());
        int next = 0;
        for (T entry : entries) {
            int at = find(entry, next);
            byte[] text;
            if (at < textsBefore.size()) {
                text = textsBefore.get(at);
                next = at + 1;
            } else {
                text = Json.htmlSafe(tree.apply(entry)).getBytes(StandardCharsets.UTF_8);
            }
            if (!texts.isEmpty()) {
                out.put(SEPARATOR);
            }
            out.put(text);
            texts.add(text);
        }
        entriesBefore = List.copyOf(entries);
        textsBefore = texts;
    }

    /** Returns where {@code entry} was the last time, at {@code from} or after it, or the size. */
    @SuppressWarnings("ReferenceEquality") // what is equal but not the same is written anew
    private int find(T entry, int from) {
        int at = from;
        while (at < entriesBefore.size() && entriesBefore.get(at) != entry) {
            at++;
        }
        return at;
    }
}
