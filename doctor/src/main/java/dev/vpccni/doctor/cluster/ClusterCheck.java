package dev.vpccni.doctor.cluster;

import dev.vpccni.doctor.check.Finding;
import dev.vpccni.doctor.check.Severity;
import dev.vpccni.doctor.cluster.seen.ClusterSnapshot;
import java.util.List;

/** One question about a cluster. Pure, and so thread-safe. */
public interface ClusterCheck {

    /** Returns its identifier, such as {@code cluster-ports}. */
    String id();

    /** Returns what it looks for, for people. */
    String looksFor();

    /** Returns what is broken where it finds something. */
    String breaks();

    /** Returns what it finds; nothing where it cannot know. */
    List<Finding> examine(ClusterSnapshot cluster);

    /** Returns something found that breaks traffic. */
    default Finding wrong(String seen, String remedy) {
        return new Finding(id(), Severity.WRONG, seen, breaks(), remedy);
    }

    /** Returns something found that breaks nothing yet. */
    default Finding warning(String seen, String remedy) {
        return new Finding(id(), Severity.WARNING, seen, breaks(), remedy);
    }
}
