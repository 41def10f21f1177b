package dev.vpccni.doctor.snapshot;

import java.util.List;

/**
 * A rule of a packet filter, as far as checks need it.
 *
 * @param text for people
 * @param matches all of which a packet must meet
 * @param marks how it reads and writes marks of packets and connections
 * @param ours it is one of those that this project or upstream makes
 */
public record FilterRule(
        String text,
        List<FilterMatch> matches,
        List<MarkUse> marks,
        FilterVerdict verdict,
        boolean ours) {

    public FilterRule {
        matches = List.copyOf(matches);
        marks = List.copyOf(marks);
    }
}
