package dev.vpccni.benchmarks.soak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.vpccni.benchmarks.daemon.Holdings;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class NodeStateTest {

    private static final Holdings CALM = new Holdings(100_000, 30, 20);

    private static final String SAID =
            """
            links 5
            rules 7
            routes 20
            kept 0
            routed 10.0.0.9
            ruled 10.0.0.9
            file {"allocations":[{"ipv4":"10.0.0.9","metadata":{"k8sPodName":"stays"}}]}
            """;

    private static final Map<String, String> PODS = Map.of("10.0.0.9", "stays");

    @Test
    void agreesWithThePodsThatRun() throws IOException {
        assertThat(NodeState.parse(CALM, SAID).disagreements(new TreeMap<>(PODS))).isEmpty();
    }

    @Test
    void saysWhoDisagrees() throws IOException {
        var pods = new TreeMap<>(PODS);
        assertThat(disagreements(SAID.replace("routed", "ruled"), pods)).hasSize(1);
        assertThat(disagreements(SAID.replace("ruled", "routed"), pods)).hasSize(1);
        assertThat(disagreements(SAID.replace("kept 0", "kept 2"), pods)).hasSize(1);
        assertThat(disagreements(SAID.replace("stays", "other"), pods)).hasSize(1);
        assertThat(disagreements(SAID + "routed 10.0.0.10\n", pods)).hasSize(1);
        assertThat(disagreements(SAID, new TreeMap<>())).hasSize(3);
    }

    @Test
    void saysWhatIsLeft() throws IOException {
        NodeState before = NodeState.parse(CALM, SAID);
        assertThat(before.residue(before)).isEmpty();
        assertThat(NodeState.parse(CALM, SAID.replace("links 5", "links 6")).residue(before))
                .hasSize(1);
        assertThat(NodeState.parse(CALM, SAID.replace("rules 7", "rules 6")).residue(before))
                .hasSize(1);
        assertThat(NodeState.parse(new Holdings(1, 39, 29), SAID).residue(before)).hasSize(2);
        assertThat(NodeState.parse(new Holdings(1, 38, 28), SAID).residue(before)).isEmpty();
    }

    @Test
    void refusesWhatIsNoCheckpoint() {
        assertThatIOException().isThrownBy(() -> NodeState.parse(CALM, "file none"));
    }

    private static List<String> disagreements(String said, SortedMap<String, String> pods)
            throws IOException {
        return NodeState.parse(CALM, said).disagreements(pods);
    }
}
