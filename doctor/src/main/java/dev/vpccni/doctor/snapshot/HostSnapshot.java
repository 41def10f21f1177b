package dev.vpccni.doctor.snapshot;

import java.util.ArrayList;
import java.util.List;

/**
 * A host as it was read at one time.
 *
 * @param files configuration and kernel parameters
 * @param kernel links, rules, routes
 * @param filters packet filters of every kind
 * @param node processes, disk, modules
 */
public record HostSnapshot(
        HostFiles files, KernelState kernel, PacketFilters filters, NodeState node) {

    /** Returns what could not be read, with the reason, each in one line. */
    public List<String> unseen() {
        var lines = new ArrayList<String>();
        files.texts().forEach((name, fact) -> note(lines, name, fact));
        files.folders().forEach((name, fact) -> note(lines, name, fact));
        note(lines, "links", kernel.links());
        note(lines, "routing rules", kernel.rules());
        note(lines, "routes", kernel.routes());
        note(lines, "neighbours", kernel.neighbours());
        filters.iptables()
                .forEach((which, fact) -> note(lines, which.program() + "'s tables", fact));
        note(lines, "nft's rules", filters.nft());
        note(lines, "what iptables speaks to", filters.used());
        note(lines, "listening sockets", node.listeners());
        note(lines, "processes", node.processes());
        note(lines, "the kernel's modules", node.modules());
        note(lines, "the checkpoint's disk", node.disk());
        note(lines, "the runtime's configuration", node.networks());
        return List.copyOf(lines);
    }

    private static void note(List<String> lines, String name, Fact<?> fact) {
        if (fact instanceof Fact.Unseen<?>(String why)) {
            lines.add(name + ": " + why);
        }
    }
}
