package dev.vpccni.architecture;

import static dev.vpccni.architecture.Manifests.at;
import static dev.vpccni.architecture.Manifests.list;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What the chart renders for a cluster that upstream's daemon serves: beside it, and after it. */
class TakeOverChartTest {

    /** Nothing of the release that looks could be, or take, anything of upstream's. */
    @Test
    void whoeverOnlyLooksBringsNothingElse() throws IOException {
        var shadow = Manifests.rendered("shadow");

        assertThat(shadow.objects())
                .extracting(object -> object.get("kind") + " " + at(object, "metadata", "name"))
                .containsExactlyInAnyOrder(
                        "ServiceAccount aws-node-shadow", "DaemonSet aws-node-shadow");
        assertThat(at(shadow.one("DaemonSet"), "spec", "selector", "matchLabels"))
                .hasToString("{k8s-app=aws-node-shadow, app.kubernetes.io/instance=aws-vpc-cni}");
        assertThat(at(shadow.one("DaemonSet"), "spec", "template", "metadata", "labels"))
                .as("none of those by which upstream's pods are selected")
                .hasToString("{k8s-app=aws-node-shadow, app.kubernetes.io/instance=aws-vpc-cni}");
    }

    @Test
    void whoeverOnlyLooksCouldNotChangeAnything() throws IOException {
        Map<?, ?> pod = Manifests.rendered("shadow").pod();
        assertThat(at(pod, "automountServiceAccountToken")).isEqualTo(false);
        assertThat(pod.containsKey("initContainers")).isFalse();
        assertThat(list(pod, "containers")).hasSize(1);
        var container = (Map<?, ?>) list(pod, "containers").getFirst();
        assertThat(at(container, "securityContext"))
                .hasToString(
                        "{runAsUser=0, allowPrivilegeEscalation=false,"
                                + " readOnlyRootFilesystem=true, capabilities={drop=[ALL]}}");
        assertThat(list(container, "volumeMounts"))
                .hasToString("[{name=run-dir, mountPath=/var/run/aws-node, readOnly=true}]");
        assertThat(list(pod, "volumes"))
                .as("a folder that is not there is not made")
                .hasToString("[{name=run-dir, hostPath={path=/var/run/aws-node, type=Directory}}]");
        assertThat(container.containsKey("ports")).isFalse();
        assertThat(at(container, "resources", "limits", "memory")).isEqualTo("256Mi");
        assertThat(list(container, "command") + " " + list(container, "args"))
                .isEqualTo("[/app/bin/vpc-cni, shadow] [--every=30]");
    }

    @Test
    void whoeverTakesOverSaysWhichNodeIsNext() throws IOException {
        Map<?, ?> set = Manifests.rendered("takeover").one("DaemonSet");

        assertThat(at(set, "metadata", "name")).isEqualTo("aws-node");
        assertThat(at(set, "spec", "updateStrategy")).hasToString("{type=OnDelete}");
        assertThat(at(set, "spec", "selector", "matchLabels")).hasToString("{k8s-app=aws-node}");
    }

    /** Helm deletes what a release has adopted, unless it is told not to. */
    @Test
    void whatIsTakenOverStaysWhenTheReleaseGoes() throws IOException {
        for (Map<?, ?> object : Manifests.rendered("takeover").objects()) {
            assertThat(
                            ((Map<?, ?>) at(object, "metadata", "annotations"))
                                    .get("helm.sh/resource-policy"))
                    .as("%s", at(object, "metadata", "name"))
                    .isEqualTo("keep");
        }
        assertThat(
                        at(
                                Manifests.rendered("takeover").one("ServiceAccount"),
                                "metadata",
                                "annotations",
                                "eks.amazonaws.com/role-arn"))
                .isEqualTo("arn:aws:iam::123456789012:role/vpc-cni");
        for (Map<?, ?> object : Manifests.rendered("defaults").objects()) {
            boolean definition = "CustomResourceDefinition".equals(object.get("kind"));
            assertThat(((Map<?, ?>) at(object, "metadata")).containsKey("annotations"))
                    .isEqualTo(definition);
        }
    }

    /** The rules of upstream's ClusterRole (ipamd.md 9.4), resource by resource. */
    @Test
    void upstreamsPodsKeepTheirRightsMeanwhile() throws IOException {
        Set<String> granted = granted("takeover");
        for (String resource : List.of("eniconfigs", "namespaces", "pods", "nodes")) {
            assertThat(granted)
                    .contains(resource + " get", resource + " list", resource + " watch");
        }
        assertThat(granted)
                .contains(
                        "events create",
                        "events patch",
                        "events list",
                        "policyendpoints get",
                        "policyendpoints list",
                        "policyendpoints watch",
                        "clusterpolicyendpoints watch",
                        "policyendpoints/status get",
                        "clusterpolicyendpoints/status get",
                        "cninodes get",
                        "cninodes list",
                        "cninodes watch",
                        "cninodes patch",
                        "/apis/networking.k8s.aws get",
                        "/apis/networking.k8s.aws/* get");
        assertThat(granted("defaults")).doesNotContain("events list", "eniconfigs get");
    }

    private static Set<String> granted(String name) throws IOException {
        var granted = new TreeSet<String>();
        for (Object each : list(Manifests.rendered(name).one("ClusterRole"), "rules")) {
            var rule = (Map<?, ?>) each;
            Object resources = rule.get("resources");
            List<?> what = resources == null ? list(rule, "nonResourceURLs") : (List<?>) resources;
            for (Object resource : what) {
                list(rule, "verbs").forEach(verb -> granted.add(resource + " " + verb));
            }
        }
        return granted;
    }
}
