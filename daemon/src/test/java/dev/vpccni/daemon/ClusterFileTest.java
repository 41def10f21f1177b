package dev.vpccni.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.model.PodName;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.model.SubnetId;
import dev.vpccni.node.port.Cluster.InterfaceConfig;
import dev.vpccni.node.port.Cluster.View;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The file that stands for the cluster's objects. */
class ClusterFileTest {

    private static final String WHOLE =
            """
            {"eniConfig": {"name": "us-west-2a", "subnet": "subnet-1", "securityGroups": ["sg-1"]},
             "schedulable": false,
             "pods": [{"namespace": "default", "name": "web-0"}]}
            """;
    private static final View SAID =
            new View(
                    new InterfaceConfig.Known(
                            "us-west-2a",
                            new SubnetId("subnet-1"),
                            List.of(new SecurityGroupId("sg-1"))),
                    false,
                    new TreeSet<>(List.of(new PodName("default", "web-0"))));

    private Path file;
    private ClusterFile cluster;

    @BeforeEach
    void whole(@TempDir Path folder) throws IOException {
        file = folder.resolve("cluster.json");
        Files.writeString(file, WHOLE);
        cluster = new ClusterFile(file);
    }

    @Test
    void saysWhatTheObjectsWould() {
        assertThat(cluster.view()).isEqualTo(SAID);
        assertThat(cluster.look()).as("nothing has changed").isFalse();
    }

    @Test
    void whatIsNotSaidIsUnknown() throws IOException {
        Files.writeString(file, "{}");

        assertThat(cluster.look()).isTrue();
        assertThat(cluster.view().schedulable()).isTrue();
        assertThat(cluster.view().bound()).isEmpty();
        assertThat(reason()).contains(file.toString()).contains("names no eniConfig");
    }

    /** Half-written, of another shape, of another kind, or too much of it. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{\"eniConfig\": {\"name\": \"us-west-2a\", \"subn",
                "[]",
                "{\"eniConfig\": {\"name\": \"a\"}}",
                "{\"eniConfig\": {\"name\": \"a\", \"subnet\": \"\"}}",
                "{\"eniConfig\": {\"name\": \"a\", \"subnet\": \"s\", \"securityGroups\": [1]}}",
                "{\"eniConfig\": {\"name\": \"a\", \"subnet\": \"s\"}, \"pods\": [{}]}",
                "{\"eniConfig\": {\"name\": \"a\", \"subnet\": \"s\"}, \"schedulable\": 1}"
            })
    void whatCannotBeReadIsUnknownUntilItCanBe(String text) throws IOException {
        unknownAndBack(text);
        assertThat(reason()).contains("cannot be understood");
    }

    @Test
    void tooLargeAFileIsUnknownUntilItIsNot() throws IOException {
        unknownAndBack(" ".repeat(ClusterFile.SIZE_MAX) + WHOLE);
        assertThat(reason()).contains("more than " + ClusterFile.SIZE_MAX + " bytes");
    }

    @Test
    void noFileIsUnknownUntilThereIsOne() throws IOException {
        Files.delete(file);
        assertThat(cluster.look()).isTrue();
        assertThat(reason()).contains("does not exist");
        Files.writeString(file, WHOLE);
        assertThat(cluster.look()).isTrue();
        assertThat(cluster.view()).isEqualTo(SAID);
    }

    /** Ends with {@code text} in the file. */
    private void unknownAndBack(String text) throws IOException {
        Files.writeString(file, text);
        assertThat(cluster.look()).isTrue();
        assertThat(cluster.view().config()).isInstanceOf(InterfaceConfig.Unknown.class);
        assertThat(cluster.look()).as("the same fault is no news").isFalse();

        Files.writeString(file, WHOLE);
        assertThat(cluster.look()).isTrue();
        assertThat(cluster.view()).isEqualTo(SAID);

        Files.writeString(file, text);
        assertThat(cluster.look()).isTrue();
    }

    private String reason() {
        return ((InterfaceConfig.Unknown) cluster.view().config()).reason();
    }
}
