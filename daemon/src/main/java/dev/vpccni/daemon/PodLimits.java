package dev.vpccni.daemon;

import dev.vpccni.model.InstanceType;
import dev.vpccni.model.InstanceTypes;
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
     * Reads lines of a type's name and a number, with comments after {@code #}; where there is no
     * such file, the limits are those of the instance types that are known.
     */
    static PodsMax read(Path file) {
        List<String> lines;
        try {
            lines = Files.readAllLines(file);
        } catch (IOException e) {
            return known();
        }
        SortedMap<String, Integer> byType = new TreeMap<>();
        for (String line : lines) {
            String[] words = line.split("#", 2)[0].trim().split("\\s+", -1);
            if (words.length == 2 && words[1].matches("[1-9][0-9]{0,5}")) {
                byType.put(words[0], Integer.valueOf(words[1]));
            }
        }
        return new PodsMax(byType, PodsMax.UNKNOWN.otherwise());
    }

    private static PodsMax known() {
        SortedMap<String, Integer> byType = new TreeMap<>();
        for (InstanceType type : InstanceTypes.known().all()) {
            byType.put(type.name(), type.maxPods());
        }
        return new PodsMax(byType, PodsMax.UNKNOWN.otherwise());
    }
}
