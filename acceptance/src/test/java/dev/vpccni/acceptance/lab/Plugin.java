package dev.vpccni.acceptance.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** The plugin of a node, run as a runtime runs it: variables, standard input, and no more. */
public final class Plugin {

    public static final String PATH = "/opt/cni/bin/aws-cni";

    private final LabUnderTest lab;
    private final String node;

    public Plugin(LabUnderTest lab, String node) {
        this.lab = lab;
        this.node = node;
    }

    /** Runs the plugin with nothing in its environment but {@code variables}. */
    public Ended run(SortedMap<String, String> variables, String input) throws Exception {
        var words = new ArrayList<>(List.of("env", "-i"));
        variables.forEach((name, value) -> words.add(name + "=" + value));
        words.add(PATH);
        return lab.execWith(input, node, words.toArray(String[]::new));
    }

    /** Starts a verb on a container; the caller waits for it, or ends it. */
    public Process start(String command, Container container, String input) throws Exception {
        var words = new ArrayList<>(List.of("env", "-i"));
        container.variables(command).forEach((name, value) -> words.add(name + "=" + value));
        words.add(PATH);
        Process process = lab.start(node, words.toArray(String[]::new));
        try (OutputStream stdin = process.getOutputStream()) {
            stdin.write(input.getBytes(StandardCharsets.UTF_8));
        }
        return process;
    }

    /** Runs a verb that concerns no container. */
    public Ended run(String command, String input) throws Exception {
        return run(new TreeMap<>(variables(command)), input);
    }

    /** Returns what every verb finds in its environment. */
    public static SortedMap<String, String> variables(String command) {
        var variables = new TreeMap<String, String>();
        variables.put("CNI_COMMAND", command);
        variables.put("CNI_PATH", "/opt/cni/bin");
        return variables;
    }

    /** Makes a container's network namespace on the node. */
    public Container container(String name) throws Exception {
        var container = new Container(name, name + "0123456789abcdef", "/run/netns/" + name);
        assertThat(lab.exec(node, "ip", "netns", "add", name).status()).isZero();
        return container;
    }

    /**
     * A container, as a runtime speaks of it.
     *
     * @param name of its pod and of its namespace
     * @param namespace the path of its namespace
     */
    public record Container(String name, String id, String namespace) {

        /** Returns another container in the same namespace. */
        public Container sibling(String other) {
            return new Container(other, other + "0123456789abcdef", namespace);
        }

        /** Returns the variables of a verb on it. */
        public SortedMap<String, String> variables(String command) {
            SortedMap<String, String> variables = Plugin.variables(command);
            variables.put("CNI_CONTAINERID", id);
            variables.put("CNI_NETNS", namespace);
            variables.put("CNI_IFNAME", "eth0");
            variables.put(
                    "CNI_ARGS", "IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=" + name);
            return variables;
        }

        /** Returns the variables of a verb on it, one of them changed. */
        public SortedMap<String, String> variables(String command, String name, String value) {
            SortedMap<String, String> variables = variables(command);
            variables.put(name, value);
            return variables;
        }

        /** Returns the variables of a verb on it, one of them left out. */
        public SortedMap<String, String> variablesWithout(String command, String name) {
            SortedMap<String, String> variables = variables(command);
            variables.remove(name);
            return Collections.unmodifiableSortedMap(variables);
        }
    }

    /** Runs a verb on a container; it must succeed. */
    public String must(String command, Container container, String input) throws Exception {
        Ended ended = run(container.variables(command), input);
        assertThat(ended).as(command + " of " + container.name()).matches(e -> e.status() == 0);
        return ended.out();
    }

    /** Removes a container's network namespace. */
    public void remove(Container container) throws Exception {
        lab.exec(node, "ip", "netns", "del", container.name());
    }

    /**
     * The error that a plugin prints.
     *
     * @param details empty where there are none
     */
    public record Complaint(long code, String message, String details) {

        /** Reads what a failed verb printed: one JSON object, and nothing besides. */
        public static Complaint of(Ended ended) throws JsonException {
            assertThat(ended.status()).as("exit status with " + ended).isEqualTo(1);
            assertThat(ended.err()).as("standard error").isEmpty();
            JsonObject error = JsonObject.parse(ended.out());
            return new Complaint(
                    error.integer("code"), error.string("msg"), error.string("details", ""));
        }

        /** Returns all its words. */
        public String text() {
            return message + "; " + details;
        }
    }
}
