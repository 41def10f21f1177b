package dev.vpccni.lab;

import dev.vpccni.emulator.fabric.Egress;
import dev.vpccni.json.Json;
import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import dev.vpccni.model.InstanceType;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a lab is made of.
 *
 * @param name tells labs on one computer apart
 * @param nodes how many
 * @param instanceType of the nodes, such as {@code c5.large}; of several, joined by commas, they
 *     have one in turn
 * @param environment what each node's daemon is told: upstream's variables; see {@link
 *     #daemonEnvironment}
 * @param latency how late the cloud is; see {@link LatencyText}
 * @param seed decides identifiers, addresses and delays
 * @param daemons whether nodes run our daemon; else they run none
 * @param egress where what is for the internet goes
 * @param topology the network that they are in
 * @param kubernetes the folder of a cluster's programs, which nodes run besides; null for none
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
        LabTopology topology,
        @Nullable Path kubernetes,
        Path home) {

    /** A lab is one computer's: more would not fit, and the names of links would not either. */
    public static final int MOST_NODES = 100;

    private static final String IPV4 = "ENABLE_IPv4";
    private static final String IPV6 = "ENABLE_IPv6";

    /** As Go parses it. */
    private static final Set<String> YES = Set.of("1", "t", "T", "true", "TRUE", "True");

    /** Upstream's manifests have the same. */
    private static final Map<String, String> FOR_IPV6 =
            Map.of(
                    IPV4,
                    "false",
                    IPV6,
                    "true",
                    "ENABLE_PREFIX_DELEGATION",
                    "true",
                    "WARM_PREFIX_TARGET",
                    "1");

    public LabSettings {
        environment = Collections.unmodifiableSortedMap(new TreeMap<>(environment));
        if (nodes < 1 || nodes > MOST_NODES) {
            throw new IllegalArgumentException(
                    "a lab has 1 to " + MOST_NODES + " nodes, not " + nodes);
        }
        for (String type : instanceType.split(",", -1)) {
            topology.type(type);
        }
        LatencyText.parse(latency);
    }

    /** Returns settings of a lab without a cluster. */
    public LabSettings(
            String name,
            int nodes,
            String instanceType,
            SortedMap<String, String> environment,
            String latency,
            long seed,
            boolean daemons,
            Egress egress,
            LabTopology topology,
            Path home) {
        this(
                name,
                nodes,
                instanceType,
                environment,
                latency,
                seed,
                daemons,
                egress,
                topology,
                null,
                home);
    }

    /** Returns settings of a lab in {@link LabTopology#DEFAULT}, without a cluster. */
    public LabSettings(
            String name,
            int nodes,
            String instanceType,
            SortedMap<String, String> environment,
            String latency,
            long seed,
            boolean daemons,
            Egress egress,
            Path home) {
        this(
                name,
                nodes,
                instanceType,
                environment,
                latency,
                seed,
                daemons,
                egress,
                LabTopology.DEFAULT,
                home);
    }

    /** Returns the same with a Kubernetes cluster, of the programs in {@code folder}. */
    public LabSettings withKubernetes(Path folder) {
        return new LabSettings(
                name,
                nodes,
                instanceType,
                environment,
                latency,
                seed,
                daemons,
                egress,
                topology,
                folder,
                home);
    }

    /**
     * Returns what a node is.
     *
     * @param number of the node, from 1
     */
    InstanceType typeOf(int number) {
        String[] names = instanceType.split(",", -1);
        return topology.type(names[(number - 1) % names.length]);
    }

    /**
     * Returns what each node's daemon is told: in a VPC with IPv6 that pods have such addresses,
     * and what that takes, unless {@link #environment} names a family.
     */
    SortedMap<String, String> daemonEnvironment() {
        boolean chosen = environment.containsKey(IPV4) || environment.containsKey(IPV6);
        var all = new TreeMap<String, String>(topology.ipv6() && !chosen ? FOR_IPV6 : Map.of());
        all.putAll(environment);
        return all;
    }

    /** Tells whether a variable says yes, in one of the ways in which daemons understand it. */
    static boolean isOn(Map<String, String> environment, String variable) {
        return YES.contains(environment.getOrDefault(variable, "").strip());
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
        members.put("topology", topology.members());
        if (kubernetes != null) {
            members.put("kubernetes", kubernetes.toString());
        }
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
        String kubernetes = members.stringOrNull("kubernetes");
        return new LabSettings(
                members.string("name"),
                Math.toIntExact(members.integer("nodes")),
                members.string("instanceType"),
                environment,
                members.string("latency"),
                members.integer("seed"),
                members.truth("daemons", true),
                Egress.valueOf(members.string("egress")),
                LabTopology.read(members.object("topology")),
                kubernetes == null ? null : Path.of(kubernetes),
                Path.of(members.string("home")));
    }
}
