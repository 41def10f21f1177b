package dev.vpccni.lab;

import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Draws what {@code lab status} answers: nodes, their interfaces, and each address as a sign. */
public final class StatusPicture {

    private static final int ROW = 15;

    /** More pods of an interface are counted; `lab pod ls` lists them. */
    private static final int MOST_PODS = 12;

    private final Style style;

    /** Draws in {@code style}. */
    public StatusPicture(Style style) {
        this.style = style;
    }

    /**
     * Returns the picture, lines without a final newline.
     *
     * @param status as {@code lab status -o json} prints it
     * @throws JsonException if it is something else
     */
    public String draw(JsonObject status) throws JsonException {
        var lines = new ArrayList<String>();
        for (JsonObject node : status.objects("nodes")) {
            draw(node, lines);
        }
        lines.add(legend());
        return String.join("\n", lines);
    }

    private void draw(JsonObject node, List<String> lines) throws JsonException {
        List<JsonObject> enis = node.objects("enis");
        int total = 0;
        for (JsonObject eni : enis) {
            total += eni.list("addresses").size();
        }
        lines.add(
                style.bold(node.string("name"))
                        + "  "
                        + node.string("instanceType")
                        + "  "
                        + node.string("zone")
                        + "  "
                        + count(enis.size(), "ENI")
                        + ", "
                        + count(total, "address"));
        for (JsonObject eni : enis) {
            drawInterface(eni, lines);
        }
        lines.add("");
    }

    private void drawInterface(JsonObject eni, List<String> lines) throws JsonException {
        List<JsonObject> addresses = eni.objects("addresses");
        String head = "  %s %s  ".formatted(name(eni), eni.string("id"));
        SortedMap<String, String> pods = new TreeMap<>();
        for (int from = 0; from < addresses.size(); from += ROW) {
            var signs = new StringBuilder();
            for (JsonObject address :
                    addresses.subList(from, Math.min(from + ROW, addresses.size()))) {
                signs.append(style.sign(address.string("state"))).append(' ');
                String pod = address.stringOrNull("pod");
                if (pod != null) {
                    pods.put(address.string("address"), pod);
                }
            }
            lines.add((from == 0 ? head : " ".repeat(head.length())) + signs.toString().strip());
        }
        if (eni.truth("excluded", false)) {
            lines.add("         excluded: new pods get no address of it");
        }
        for (JsonObject prefix : eni.objects("prefixes")) {
            lines.add(
                    "         "
                            + prefix.string("prefix")
                            + "  "
                            + prefix.integer("used")
                            + " used"
                            + (prefix.string("state").equals("leaving") ? ", leaving" : ""));
        }
        pods.entrySet().stream()
                .limit(MOST_PODS)
                .forEach(pod ->
                        lines.add(
                                "         "
                                        + style.sign("assigned")
                                        + " "
                                        + pod.getKey()
                                        + "  "
                                        + pod.getValue()));
        if (pods.size() > MOST_PODS) {
            lines.add("         " + count(pods.size() - MOST_PODS, "pod") + " more");
        }
    }

    /** As upstream's tools count them, with the card where there are several. */
    private static String name(JsonObject eni) throws JsonException {
        long card = eni.integer("card", 0);
        return card == 0
                ? "eth%-2d".formatted(eni.integer("device"))
                : "card %d eth%-2d".formatted(card, eni.integer("device"));
    }

    private String legend() {
        var legend = new ArrayList<String>();
        for (String state : List.of("primary", "assigned", "warm", "cooling")) {
            legend.add(style.sign(state) + " " + (state.equals("assigned") ? "pod" : state));
        }
        return String.join("   ", legend);
    }

    private static String count(int number, String noun) {
        String plural = noun.endsWith("s") ? noun + "es" : noun + "s";
        return number + " " + (number == 1 ? noun : plural);
    }
}
