package dev.vpccni.conformance.judge;

import dev.vpccni.conformance.judge.PodView.PodLink;
import dev.vpccni.conformance.judge.Verdict.Failed;
import dev.vpccni.conformance.judge.Verdict.NotApplicable;
import dev.vpccni.conformance.judge.Verdict.NotTried;
import dev.vpccni.conformance.judge.Verdict.Passed;
import dev.vpccni.json.JsonObject;
import dev.vpccni.model.Ipv6Address;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/** Whether the kernel holds what a result says, and nothing more once it is undone. */
public final class KernelRules {

    private KernelRules() {}

    /** The interface is there, and up. */
    public static Verdict isUp(PodView pod, String interfaceName) {
        PodLink link = pod.links().get(interfaceName);
        String expected = interfaceName + " in the namespace, and up";
        if (link == null) {
            return new Failed(expected, "links " + pod.links().keySet());
        }
        return link.up() ? Verdict.passed() : new Failed(expected, interfaceName + " is down");
    }

    /** Each address of the result is on a link of the namespace. */
    public static Verdict hasAddresses(PodView pod, JsonObject result, String interfaceName) {
        if (!pod.links().containsKey(interfaceName)) {
            return new NotTried("there is no " + interfaceName + " in the namespace");
        }
        List<String> said = ResultRules.addresses(result);
        if (said.isEmpty()) {
            return new NotApplicable("the result lists no address");
        }
        var there = new TreeSet<String>();
        pod.links().values().forEach(link -> there.addAll(link.addresses()));
        var missing = new ArrayList<>(said);
        missing.removeIf(address -> there.contains(canonical(address)));
        return missing.isEmpty()
                ? Verdict.passed()
                : new Failed("in the namespace " + said, "there " + there);
    }

    /** Each route of the result is in the namespace. */
    public static Verdict hasRoutes(PodView pod, JsonObject result) {
        List<String> said = ResultRules.destinations(result);
        if (said.isEmpty()) {
            return new NotApplicable("the result lists no route");
        }
        var there = new TreeSet<String>();
        pod.routes().forEach(route -> there.add(route.destination()));
        var missing = new ArrayList<>(said);
        missing.removeIf(route -> there.contains(canonical(route)));
        return missing.isEmpty()
                ? Verdict.passed()
                : new Failed("in the namespace routes to " + said, "there " + there);
    }

    /**
     * Nothing is on the host that was not there before. What a plugin keeps for all containers,
     * such as a bridge or a chain, was there: containers came and went before the first look.
     */
    public static Verdict nothingLeft(SortedSet<String> before, SortedSet<String> after) {
        List<String> left = beyond(before, after);
        return left.isEmpty()
                ? Verdict.passed()
                : new Failed("nothing that was not there before", String.join("; ", left));
    }

    /**
     * After DEL, in a namespace that is still there: the interface is gone, or cut off. The end on
     * the host of a pair may stay, since it goes with the namespace; what leads to it may not.
     */
    public static Verdict isUnplugged(
            SortedSet<String> before, SortedSet<String> after, PodView pod, String interfaceName) {
        PodLink link = pod.links().get(interfaceName);
        if (link == null) {
            return Verdict.passed();
        }
        String expected = interfaceName + " gone, or nothing on the host that leads to it";
        if (!link.kind().equals("veth")) {
            return new Failed(expected, interfaceName + " of kind \"" + link.kind() + "\"");
        }
        List<String> left = beyond(before, after);
        left.removeIf(line -> line.matches("(link \\S+|(address|neighbour) .*)"));
        return left.isEmpty()
                ? new Passed("cut off; its links go with the namespace")
                : new Failed(expected, String.join("; ", left));
    }

    /** What was on the host before is still there. */
    public static Verdict nothingLost(SortedSet<String> before, SortedSet<String> after) {
        List<String> lost = beyond(after, before);
        return lost.isEmpty()
                ? Verdict.passed()
                : new Failed("all that was there before", "gone: " + String.join("; ", lost));
    }

    private static List<String> beyond(SortedSet<String> known, SortedSet<String> seen) {
        var more = new ArrayList<>(seen);
        more.removeAll(known);
        return more;
    }

    /** Returns an address or network as the kernel writes it. */
    static String canonical(String cidr) {
        if (!cidr.contains(":")) {
            return cidr;
        }
        int slash = cidr.indexOf('/');
        try {
            return Ipv6Address.parse(cidr.substring(0, slash)) + cidr.substring(slash);
        } catch (IllegalArgumentException noAddress) {
            return cidr;
        }
    }
}
