package dev.vpccni.vpc.api;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A tag as EC2 describes it.
 *
 * @param resource the identifier of what has it
 * @param type such as {@code network-interface}
 */
public record TagDescription(String resource, String type, String key, String value) {

    /** Returns the value by its key. */
    public SortedMap<String, String> asMap() {
        var map = new TreeMap<String, String>();
        map.put(key, value);
        return Collections.unmodifiableSortedMap(map);
    }
}
