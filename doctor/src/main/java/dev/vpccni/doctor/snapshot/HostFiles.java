package dev.vpccni.doctor.snapshot;

import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Texts of files, and names in folders, by their absolute paths on the host. What was not looked at
 * counts as not there.
 *
 * @param texts of files
 * @param folders the names in each, in order
 */
public record HostFiles(
        SortedMap<String, Fact<String>> texts, SortedMap<String, Fact<List<String>>> folders) {

    /** Where the kernel's parameters are. */
    public static final String PARAMETERS = "/proc/sys/";

    public HostFiles {
        texts = Collections.unmodifiableSortedMap(new TreeMap<>(texts));
        folders = Collections.unmodifiableSortedMap(new TreeMap<>(folders));
    }

    /** Returns the text of a file. */
    public Fact<String> text(String path) {
        return texts.getOrDefault(path, new Fact.Absent<>());
    }

    /** Returns the names in a folder. */
    public Fact<List<String>> folder(String path) {
        return folders.getOrDefault(path, new Fact.Absent<>());
    }

    /** Tells whether a folder was seen. */
    public boolean hasFolder(String path) {
        return folder(path).orNull() != null;
    }

    /**
     * Returns a parameter that is a number, if it was seen and is one.
     *
     * @param name such as {@code net/ipv4/ip_forward}
     */
    public OptionalLong parameter(String name) {
        String text = text(PARAMETERS + name).orNull();
        if (text == null || !text.strip().matches("-?[0-9]{1,18}")) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(Long.parseLong(text.strip()));
    }
}
