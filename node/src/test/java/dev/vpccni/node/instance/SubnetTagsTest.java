package dev.vpccni.node.instance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.node.fake.Nouns;
import dev.vpccni.node.port.ObservedSubnet;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Upstream's two tables, row by row (spec: subnet selection and exclusion). */
class SubnetTagsTest {

    private static final String ROLE = "kubernetes.io/role/cni";
    private static final String CLUSTER = "cni.networking.k8s.aws/cluster/";
    private static final String ABSENT = "-";

    @ParameterizedTest(name = "role {0}, clusters {1}, of {2}: own {3}, other {4}")
    @CsvSource({
        // role, clusters, name of the cluster: may the own subnet, may another one have interfaces?
        "0, '', '', false, false",
        "0, '', blue, false, false",
        "0, blue, blue, false, false",
        "0, green, blue, false, false",
        "-, '', '', true, false",
        "-, '', blue, true, false",
        "-, blue, blue, true, false",
        "-, green, blue, true, false",
        "'', '', blue, true, false",
        "'', green, blue, true, false",
        "1, '', '', true, true",
        "1, '', blue, true, true",
        "1, blue, blue, true, true",
        "1, blue green, blue, true, true",
        "1, green, blue, false, false",
        "1, green red, blue, false, false",
        "1, green, '', true, true",
        "1, blue, '', true, true",
        "shared, '', blue, true, true",
        "00, '', blue, true, true",
        "1, blueish, blue, false, false"
    })
    void whereInterfacesAreMade(
            String role, String clusters, String name, boolean own, boolean other) {
        ObservedSubnet subnet = subnet(role, clusters);

        assertThat(SubnetTags.admit(subnet, true, name)).as("the node's own").isEqualTo(own);
        assertThat(SubnetTags.admit(subnet, false, name)).as("another one").isEqualTo(other);
    }

    @ParameterizedTest(name = "role {0}, clusters {1}, of {2}: {3}")
    @CsvSource({
        "-, '', blue, false",
        "-, green, blue, false",
        "'', green, blue, false",
        "0, '', '', true",
        "0, blue, blue, true",
        "0, green, blue, true",
        "1, green, blue, true",
        "1, green red, blue, true",
        "1, blueish, blue, true",
        "1, blue green, blue, false",
        "1, blue, blue, false",
        "1, '', blue, false",
        "1, green, '', false"
    })
    void whoseInterfacesGivePodsNothing(
            String role, String clusters, String name, boolean excluded) {
        assertThat(SubnetTags.exclude(subnet(role, clusters), name)).isEqualTo(excluded);
    }

    private static ObservedSubnet subnet(String role, String clusters) {
        var tags = new TreeMap<String, String>();
        tags.put("Name", "whatever");
        if (!role.equals(ABSENT)) {
            tags.put(ROLE, role);
        }
        for (String cluster : clusters.split(" ", -1)) {
            if (!cluster.isEmpty()) {
                tags.put(CLUSTER + cluster, "shared");
            }
        }
        return new ObservedSubnet(Nouns.SUBNET, List.of(Nouns.BLOCK), 9, tags);
    }
}
