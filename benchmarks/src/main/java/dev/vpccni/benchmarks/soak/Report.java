package dev.vpccni.benchmarks.soak;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;

/** What a soak came to, as tables. */
record Report(
        List<NodeSoak> nodes,
        SortedMap<String, NodeState> before,
        SortedMap<String, NodeState> after,
        List<String> talks,
        Ec2CallCounts calls,
        Duration settled) {

    /** Returns the lines of the tables, in Markdown. */
    List<String> lines() {
        var lines = new ArrayList<String>();
        lines.add(
                "| node | pods up | failed while disturbed | down | kills | EC2 away | hostile"
                        + " connections |");
        lines.add("|---|---|---|---|---|---|---|");
        nodes.forEach(node -> lines.add(node.row()));
        lines.add("");
        lines.add("| node | ADD forged with, outcome | calls |");
        lines.add("|---|---|---|");
        nodes.forEach(node -> lines.addAll(node.forgedRows()));
        lines.add("");
        lines.add(
                "| node | | links | rules | routes | grants | descriptors | threads | RSS, MiB |");
        lines.add("|---|---|---|---|---|---|---|---|---|");
        before.forEach((node, state) -> {
            lines.add(row(node, "before", state));
            NodeState later = after.get(node);
            if (later != null) {
                lines.add(row(node, "after", later));
            }
        });
        lines.add("");
        lines.add("As before %d s after the last pod had gone.".formatted(settled.toSeconds()));
        lines.add("");
        lines.add("| the daemon that ran last | for | RSS after 1 min, MiB | most | last |");
        lines.add("|---|---|---|---|---|");
        nodes.forEach(node -> lines.add("| " + node.node() + " | " + node.memory().cells() + " |"));
        lines.add("");
        lines.add("| packets | talks | sent | answered | lost | twice |");
        lines.add("|---|---|---|---|---|---|");
        lines.addAll(talks);
        lines.add("");
        lines.add("| node | action of EC2 | under load | failed | settling | failed |");
        lines.add("|---|---|---|---|---|---|");
        lines.addAll(calls.rows());
        return lines;
    }

    private static String row(String node, String when, NodeState state) {
        return "| %s | %s | %d | %d | %d | %d | %d | %d | %.1f |"
                .formatted(
                        node,
                        when,
                        state.counts().links(),
                        state.counts().rules(),
                        state.counts().routes(),
                        state.grants().size(),
                        state.daemon().files(),
                        state.daemon().threads(),
                        state.daemon().rssKilobytes() / 1024.0);
    }
}
