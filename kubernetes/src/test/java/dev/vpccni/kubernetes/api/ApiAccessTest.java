package dev.vpccni.kubernetes.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ApiAccessTest {

    @Test
    void thereIsNoClusterWhereNobodyNamesOne() {
        assertThat(ApiAccess.from(Map.of())).isNull();
        assertThat(ApiAccess.from(Map.of("CLUSTER_ENDPOINT", "https://x", "HOME", "/root")))
                .isNull();
        assertThat(ApiAccess.from(Map.of("KUBERNETES_SERVICE_HOST", "", "KUBECONFIG", "")))
                .isNull();
    }

    @Test
    void aPodAsksAsItsServiceAccount() {
        assertThat(ApiAccess.from(Map.of("KUBERNETES_SERVICE_HOST", "10.100.0.1")))
                .isEqualTo(
                        new ApiAccess.InCluster(
                                "https://10.100.0.1:443", ApiAccess.SERVICE_ACCOUNT));
        assertThat(
                        ApiAccess.from(
                                Map.of(
                                        "KUBERNETES_SERVICE_HOST",
                                        "fd00::1",
                                        "KUBERNETES_SERVICE_PORT",
                                        "6443")))
                .isEqualTo(
                        new ApiAccess.InCluster(
                                "https://[fd00::1]:6443", ApiAccess.SERVICE_ACCOUNT));
    }

    @Test
    void anEndpointStandsForTheServiceUnlessItIsEmpty() {
        assertThat(
                        ApiAccess.from(
                                Map.of(
                                        "KUBERNETES_SERVICE_HOST",
                                        "10.100.0.1",
                                        "CLUSTER_ENDPOINT",
                                        "x.eks.amazonaws.com")))
                .isEqualTo(
                        new ApiAccess.InCluster(
                                "https://x.eks.amazonaws.com", ApiAccess.SERVICE_ACCOUNT));
        assertThat(
                        ApiAccess.from(
                                Map.of(
                                        "KUBERNETES_SERVICE_HOST",
                                        "10.100.0.1",
                                        "CLUSTER_ENDPOINT",
                                        "")))
                .isEqualTo(
                        new ApiAccess.InCluster(
                                "https://10.100.0.1:443", ApiAccess.SERVICE_ACCOUNT));
    }

    @Test
    void aKubeconfigGoesFirst() {
        assertThat(
                        ApiAccess.from(
                                Map.of(
                                        "KUBERNETES_SERVICE_HOST",
                                        "10.100.0.1",
                                        "KUBECONFIG",
                                        "/k")))
                .isEqualTo(new ApiAccess.Kubeconfig(Path.of("/k"), ""));
    }
}
