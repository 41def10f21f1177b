package dev.vpccni.cni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.model.PodName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CniArgsTest {

    @Test
    void readsWhatContainerdSends() throws Exception {
        assertThat(
                        CniArgs.parse(
                                "IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=web;"
                                        + "K8S_POD_INFRA_CONTAINER_ID=fb2f;K8S_POD_UID=uid-web;X=1"))
                .isEqualTo(new CniArgs(new PodName("default", "web"), "fb2f", "uid-web"));
    }

    @Test
    void areEmptyWhereNothingIsSaid() throws Exception {
        assertThat(CniArgs.parse("")).isEqualTo(CniArgs.NONE);
        assertThat(CniArgs.parse("K8S_POD_NAME=")).isEqualTo(CniArgs.NONE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "K8S_POD_NAME",
                "K8S_POD_NAME=a=b",
                "K8S_POD_NAME=a;",
                "k8s_pod_name=a",
                "FOO=1",
                "FOO=1;IgnoreUnknown=0",
                "FOO=1;IgnoreUnknown=yes",
                ";"
            })
    void areRefusedAsUpstreamRefusesThem(String text) {
        assertThatThrownBy(() -> CniArgs.parse(text))
                .isInstanceOfSatisfying(
                        CniException.class,
                        e -> {
                            assertThat(e.error().code()).isEqualTo(4);
                            assertThat(e.error().message())
                                    .isEqualTo("invalid CNI_ARGS \"" + text + "\"");
                        });
    }
}
