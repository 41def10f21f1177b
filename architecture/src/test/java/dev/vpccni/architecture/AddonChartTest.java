package dev.vpccni.architecture;

import static dev.vpccni.architecture.Manifests.at;
import static dev.vpccni.architecture.Manifests.list;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the chart renders for the controller that keeps what it has installed. */
final class AddonChartTest {

    private static final String INSTALLED = "aws-node-installed";
    private static final String ADDON = "aws-node-addon";

    private Manifests manifests = new Manifests(List.of());

    @BeforeEach
    void read() throws Exception {
        manifests = Manifests.rendered("addon");
    }

    @Test
    void whatIsInstalledIsWrittenDownAsItIs() throws Exception {
        Map<?, ?> data = (Map<?, ?>) at(named("ConfigMap", INSTALLED), "data");
        var kept = new ArrayList<Object>();
        for (Object text : data.values()) {
            kept.add(Json.compact(Json.parse((String) text)));
        }
        var installed = new ArrayList<Object>();
        for (Map<?, ?> object : manifests.objects()) {
            String name = (String) at(object, "metadata", "name");
            if (!name.equals(INSTALLED) && !name.equals(ADDON)) {
                assertThat(kept)
                        .as(name)
                        .anySatisfy(text ->
                                assertThat(Json.parse((String) text))
                                        .isEqualTo(Json.parse(Json.compact(object))));
                installed.add(name);
            }
        }
        assertThat(installed).hasSize(kept.size()).hasSize(7);
    }

    @Test
    void theControllerHasEachRightThatItWrites() {
        List<String> daemons = Manifests.rules(named("ClusterRole", "aws-node"));
        assertThat(daemons).hasSizeGreaterThan(3);
        assertThat(Manifests.rules(named("ClusterRole", ADDON))).containsAll(daemons);
    }

    @Test
    void itMayChangeObjectsOfTheInstallationAlone() {
        var roles = List.of(named("ClusterRole", ADDON), named("Role", ADDON));
        int own = Manifests.rules(named("ClusterRole", "aws-node")).size();
        var rules = new ArrayList<Object>(list(roles.getFirst(), "rules"));
        rules.subList(0, own).clear();
        rules.addAll(list(roles.getLast(), "rules"));
        for (Object each : rules) {
            Map<?, ?> rule = (Map<?, ?>) each;
            List<?> verbs = list(rule, "verbs");
            assertThat(rule.get("resourceNames") == null)
                    .as("%s", rule)
                    .isEqualTo(verbs.equals(List.of("create")));
            assertThat(verbs.toString())
                    .doesNotContain("*", "delete", "update", "escalate", "bind");
        }
    }

    @Test
    void itStartsWherePodsHaveNoNetworkAndLeavesANodeThatIsLost() {
        Map<?, ?> pod = (Map<?, ?>) at(manifests.one("Deployment"), "spec", "template", "spec");
        assertThat(at(pod, "hostNetwork")).isEqualTo(true);
        assertThat(at(pod, "tolerations")).hasToString("[{operator=Exists, effect=NoSchedule}]");
        assertThat(at(manifests.one("Deployment"), "spec", "replicas")).isEqualTo(1);
        assertThat(at(manifests.one("Deployment"), "spec", "strategy", "type"))
                .isEqualTo("Recreate");
        Map<?, ?> container = (Map<?, ?>) list(pod, "containers").getFirst();
        assertThat(at(container, "command")).hasToString("[/app/bin/vpc-cni, addon]");
        assertThat(at(container, "args"))
                .hasToString(
                        "[--namespace=kube-system, --installed=aws-node-installed,"
                                + " --leave=WARM_*,MINIMUM_IP_TARGET]");
        assertThat(at(container, "securityContext"))
                .hasToString(
                        "{allowPrivilegeEscalation=false, readOnlyRootFilesystem=true,"
                                + " capabilities={drop=[ALL]}}");
    }

    private Map<?, ?> named(String kind, String name) {
        return manifests.ofKind(kind).stream()
                .filter(object -> name.equals(at(object, "metadata", "name")))
                .findFirst()
                .orElseThrow();
    }
}
