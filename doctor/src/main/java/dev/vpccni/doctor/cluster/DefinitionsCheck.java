package dev.vpccni.doctor.cluster;

import dev.vpccni.doctor.check.Finding;
import dev.vpccni.doctor.cluster.seen.ClusterSnapshot;
import dev.vpccni.doctor.cluster.seen.SeenDefinition;
import java.util.List;

/** Custom resources that are not there, or not served. */
final class DefinitionsCheck implements ClusterCheck {

    private static final String REMEDY =
            "kubectl apply --server-side -f manifests/aws-k8s-cni.yaml, or crd.create=true of the"
                    + " chart";

    @Override
    public String id() {
        return "cluster-definitions";
    }

    @Override
    public String looksFor() {
        return "ENIConfig and CNINode not defined, or not served as v1alpha1 (wrong where the"
                + " settings need them)";
    }

    @Override
    public String breaks() {
        return "custom networking makes no interface, and pods' security groups are not served";
    }

    @Override
    public List<Finding> examine(ClusterSnapshot cluster) {
        return cluster.definitions().or(List.of()).stream()
                .filter(definition -> !definition.served())
                .map(definition -> finding(cluster, definition))
                .toList();
    }

    private Finding finding(ClusterSnapshot cluster, SeenDefinition definition) {
        boolean needed =
                definition.name().startsWith("eniconfigs")
                        ? cluster.plan().customNetworking()
                        : cluster.plan().podInterfaces();
        String seen =
                definition.name()
                        + (definition.present()
                                ? " does not serve v1alpha1, or is not established"
                                : " is not defined");
        return needed ? wrong(seen, REMEDY) : warning(seen, REMEDY);
    }
}
