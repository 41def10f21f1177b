package dev.vpccni.daemon;

import dev.vpccni.node.settings.PodsMax;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** How many pods a node of each instance type may have, without asking Kubernetes. */
final class PodLimits {

    /** Where upstream's image has it. */
    static final Path FILE = Path.of("/app/eni-max-pods.txt");

    private PodLimits() {}

    /**
     * Reads lines of a type's name and a number, with comments after {@code #}. A type that is not
     * there has 110, as with upstream; without the file, each has the limit that is published.
     */
    static PodsMax read(Path file) {
        List<String> lines;
        try {
            lines = Files.readAllLines(file);
        } catch (IOException e) {
            return PodsMax.PUBLISHED;
        }
        SortedMap<String, Integer> byType = new TreeMap<>();
        for (String line : lines) {
            String[] words = line.split("#", 2)[0].trim().split("\\s+", -1);
            if (words.length == 2 && words[1].matches("[1-9][0-9]{0,5}")) {
                byType.put(words[0], Integer.valueOf(words[1]));
            }
        }
        return new PodsMax(byType, false, PodsMax.UNKNOWN.otherwise());
    }
}
