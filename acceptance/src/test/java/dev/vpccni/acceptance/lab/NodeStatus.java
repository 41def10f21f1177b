package dev.vpccni.acceptance.lab;

import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import java.util.ArrayList;
import java.util.List;

/** A node as {@code lab status -o json} shows it. */
public record NodeStatus(String name, String instanceType, String zone, List<Eni> enis) {

    /**
     * A network interface of a node.
     *
     * @param excluded whether pods get no more addresses of it
     */
    public record Eni(
            String id,
            long device,
            boolean primary,
            boolean excluded,
            List<Slot> addresses,
            List<Prefix> prefixes) {}

    /** A prefix of an interface, and of how many of its addresses pods have. */
    public record Prefix(String prefix, String state, long used) {}

    /**
     * An address of an interface.
     *
     * @param state {@code primary}, {@code assigned}, {@code warm} or {@code cooling}
     * @param pod who has it; empty if nobody
     */
    public record Slot(String address, String state, String pod) {}

    public static List<NodeStatus> all(JsonObject status) throws JsonException {
        var nodes = new ArrayList<NodeStatus>();
        for (JsonObject node : status.objects("nodes")) {
            var enis = new ArrayList<Eni>();
            for (JsonObject eni : node.objects("enis")) {
                enis.add(
                        new Eni(
                                eni.string("id"),
                                eni.integer("device"),
                                eni.truth("primary", false),
                                eni.truth("excluded", false),
                                slots(eni),
                                prefixes(eni)));
            }
            nodes.add(
                    new NodeStatus(
                            node.string("name"),
                            node.string("instanceType"),
                            node.string("zone"),
                            enis));
        }
        return nodes;
    }

    /** Returns how many addresses are in {@code state}. */
    public long count(String state) {
        return enis.stream()
                .flatMap(eni -> eni.addresses().stream())
                .filter(slot -> slot.state().equals(state))
                .count();
    }

    /** Returns how many addresses there are, primaries counted. */
    public int total() {
        return enis.stream().mapToInt(eni -> eni.addresses().size()).sum();
    }

    /** Returns how many addresses each interface has besides its primary one, by device. */
    public List<Integer> secondaries() {
        return enis.stream().map(eni -> eni.addresses().size() - 1).toList();
    }

    private static List<Prefix> prefixes(JsonObject eni) throws JsonException {
        var prefixes = new ArrayList<Prefix>();
        for (JsonObject prefix : eni.objects("prefixes")) {
            prefixes.add(
                    new Prefix(
                            prefix.string("prefix"),
                            prefix.string("state"),
                            prefix.integer("used")));
        }
        return prefixes;
    }

    private static List<Slot> slots(JsonObject eni) throws JsonException {
        var slots = new ArrayList<Slot>();
        for (JsonObject slot : eni.objects("addresses")) {
            String pod = slot.stringOrNull("pod");
            slots.add(
                    new Slot(slot.string("address"), slot.string("state"), pod == null ? "" : pod));
        }
        return slots;
    }
}
