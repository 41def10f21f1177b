package dev.vpccni.dataplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.model.PodName;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InterfaceNamesTest {

    @ParameterizedTest
    @CsvSource({
        "eni,  default,     nginx,                    enic440f455693",
        "eni,  default,     sample-pod,               enicc21c2d7785",
        "eni,  default,     web-b,                    eniddeaa362342",
        "eni,  kube-system, coredns-57ff979f67-qqbdh, enib5faff8a083",
        "vlan, kube-system, coredns-57ff979f67-qqbdh, vlanb5faff8a083"
    })
    void areUpstreams(String prefix, String namespace, String name, String expected) {
        assertThat(InterfaceNames.host(prefix, new PodName(namespace, name))).isEqualTo(expected);
    }

    @Test
    void furtherPairsHaveNamesOfTheirOwn() {
        var pod = new PodName("default", "nginx");

        assertThat(InterfaceNames.host("eni", pod, "eth0", 0)).isEqualTo("enic440f455693");
        assertThat(InterfaceNames.host("eni", pod, "eth0", 1)).isEqualTo("enie48ae9c2f34");
        assertThat(InterfaceNames.pod("net1", 0)).isEqualTo("net1");
        assertThat(InterfaceNames.pod("net1", 2)).isEqualTo("mNicIf2");
    }

    /** A runtime may connect a pod twice, if only under different names. */
    @Test
    void anotherInterfaceOfAPodHasAPairOfItsOwn() {
        var pod = new PodName("default", "nginx");

        assertThat(InterfaceNames.host("eni", pod, "net1", 0))
                .isNotEqualTo(InterfaceNames.host("eni", pod, "eth0", 0))
                .isNotEqualTo(InterfaceNames.host("eni", pod, "net2", 0))
                .isNotEqualTo(InterfaceNames.host("eni", pod, "net1", 1))
                .matches("eni[0-9a-f]{11}");
        assertThat(InterfaceNames.host("eni", pod, "1", 0))
                .isNotEqualTo(InterfaceNames.host("eni", pod, "eth0", 1));
    }

    @Test
    void thePlaceholderHasTheSameDigits() {
        assertThat(InterfaceNames.placeholder(new PodName("default", "nginx")))
                .isEqualTo("dummyc440f455693");
    }

    @ParameterizedTest
    @CsvSource({
        "eni,  enic440f455693,  true",
        "eni,  eni09af09af09a,  true",
        "vlan, vlanb5faff8a083, true",
        "eni,  vlanb5faff8a083, false",
        "eni,  enic440f45569,   false",
        "eni,  enic440f4556930, false",
        "eni,  enic440f45569g,  false",
        "eni,  enic440f45569/,  false",
        "eni,  enic440f45569:,  false",
        "eni,  enic440f45569`,  false",
        "eni,  eniC440F455693,  false",
        "eni,  xnic440f455693,  false",
    })
    void aPodsDeviceIsKnownByItsName(String prefix, String name, boolean host) {
        assertThat(InterfaceNames.isHost(prefix, name)).isEqualTo(host);
    }

    @ParameterizedTest
    @CsvSource({
        "enic440f455693,   eni",
        "vlanc440f455693,  vlan",
        "xc440f455693,     x",
        "c440f455693,",
        "longec440f455693,",
        "enic440f45569g,",
        "eth0,",
    })
    void soItIsWhateverThePrefix(String name, @Nullable String prefix) {
        assertThat(InterfaceNames.isHost(name)).isEqualTo(prefix != null);
        if (prefix != null) {
            assertThat(InterfaceNames.prefix(name)).isEqualTo(prefix);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "enic440f455693,   c440f455693",
        "vlanc440f455693,  c440f455693",
        "c440f455693,      c440f455693",
        "eth0,             eth0",
    })
    void theSuffixIsWhatPrefixesDoNotChange(String name, String suffix) {
        assertThat(InterfaceNames.suffix(name)).isEqualTo(suffix);
    }

    @Test
    void aPrefixMustLeaveRoom() {
        assertThatThrownBy(() -> InterfaceNames.host("longer", new PodName("a", "b")))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
