package dev.vpccni.lab;

import dev.vpccni.emulator.fabric.Egress;
import dev.vpccni.json.Json;
import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import dev.vpccni.model.InstanceTypes;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a lab is made of.
 *
 * @param name tells labs on one computer apart
 * @param nodes how many
 * @param instanceType of every node, such as {@code c5.large}
 * @param environment what each node's daemon is told: upstream's variables
 * @param latency how late the cloud is; see {@link LatencyText}
 * @param seed decides identifiers, addresses and delays
 * @param daemons whether nodes run our daemon; else they run none
 * @param egress where what is for the internet goes
 * @param ipv6 whether the VPC has IPv6 addresses, too, and pods have those
 * @param home of this program: what {@code bin/vpc-cni} lies in
 */
public record LabSettings(
        String name,
        int nodes,
        String instanceType,
        SortedMap<String, String> environment,
        String latency,
        long seed,
        boolean daemons,
        Egress egress,
        boolean ipv6,
        Path home) {

    /** A lab is one computer's: more would not fit, and the names of links would not either. */
    public static final int MOST_NODES = 100;

    public LabSettings {
        environment = Collections.unmodifiableSortedMap(new TreeMap<>(environment));
        if (nodes < 1 || nodes > MOST_NODES) {
            throw new IllegalArgumentException(
                    "a lab has 1 to " + MOST_NODES + " nodes, not " + nodes);
        }
        if (InstanceTypes.known().find(instanceType) == null) {
            throw new IllegalArgumentException("no such instance type: " + instanceType);
        }
        LatencyText.parse(latency);
    }

    /** What an operator sets for pods with IPv6 addresses. */
    private static final Map<String, String> FOR_IPV6 =
            Map.of(
                    "ENABLE_IPv4", "false",
                    "ENABLE_IPv6", "true",
                    "ENABLE_PREFIX_DELEGATION", "true",
                    "WARM_PREFIX_TARGET", "1");

    /** Returns what each node's daemon is told: {@link #environment}, and what IPv6 takes. */
    SortedMap<String, String> daemonEnvironment() {
        var all = new TreeMap<String, String>(ipv6 ? FOR_IPV6 : Map.of());
        all.putAll(environment);
        return all;
    }

    /** Returns the folder of this lab. */
    LabFolder folder() {
        return new LabFolder(name);
    }

    /** Returns the settings as text for {@link #parse}. */
    String text() {
        var members = new LinkedHashMap<String, Object>();
        members.put("name", name);
        members.put("nodes", (long) nodes);
        members.put("instanceType", instanceType);
        members.put("environment", environment);
        members.put("latency", latency);
        members.put("seed", seed);
        members.put("daemons", daemons);
        members.put("egress", egress.name());
        members.put("ipv6", ipv6);
        members.put("home", home.toString());
        return Json.compact(members);
    }

    /**
     * Reads what {@link #text} wrote.
     *
     * @throws JsonException if it is anything else
     */
    static LabSettings parse(String text) throws JsonException {
        JsonObject members = JsonObject.parse(text);
        var environment = new TreeMap<String, String>();
        JsonObject variables = members.object("environment");
        for (String variable : variables.names()) {
            environment.put(variable, variables.string(variable));
        }
        return new LabSettings(
                members.string("name"),
                Math.toIntExact(members.integer("nodes")),
                members.string("instanceType"),
                environment,
                members.string("latency"),
                members.integer("seed"),
                members.truth("daemons", true),
                Egress.valueOf(members.string("egress")),
                members.truth("ipv6", false),
                Path.of(members.string("home")));
    }
}
