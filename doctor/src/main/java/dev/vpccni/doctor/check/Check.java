package dev.vpccni.doctor.check;

import dev.vpccni.doctor.snapshot.HostSnapshot;
import java.util.List;

/** One question about a host. Pure, and so thread-safe. */
public interface Check {

    /** Returns its identifier, such as {@code forward-drop}. */
    String id();

    /** Returns what it looks for, for people. */
    String looksFor();

    /** Returns what is broken where it finds something. */
    String breaks();

    /** Returns what it finds; nothing where it cannot know. */
    List<Finding> examine(HostSnapshot host, Expected expected);

    /** Returns something found that breaks traffic. */
    default Finding wrong(String seen, String remedy) {
        return new Finding(id(), Severity.WRONG, seen, breaks(), remedy);
    }

    /** Returns something found that breaks nothing yet. */
    default Finding warning(String seen, String remedy) {
        return new Finding(id(), Severity.WARNING, seen, breaks(), remedy);
    }
}
