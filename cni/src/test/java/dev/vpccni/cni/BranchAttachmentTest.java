package dev.vpccni.cni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.vpccni.model.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Results of pods with their own interfaces, as upstream writes them. */
final class BranchAttachmentTest {

    private static final BranchAttachment POD =
            new BranchAttachment(
                    "/run/netns/x",
                    "vlanaf62ded4ed0",
                    "eth0",
                    IpAddress.parse("10.0.1.150"),
                    IpAddress.parse("10.0.1.1"),
                    7);

    @Test
    void isWrittenAsUpstreamWritesIt() {
        assertThat(POD.toResult().toTree(CniVersion.V1_0_0))
                .hasToString(
                        "{cniVersion=1.0.0, interfaces=[{name=vlanaf62ded4ed0},"
                                + " {mac=0, name=eth0, sandbox=/run/netns/x},"
                                + " {mac=7, name=dummyaf62ded4ed0}],"
                                + " ips=[{address=10.0.1.150/32, gateway=10.0.1.1, interface=1}]}");
    }

    @Test
    void isFoundAgain() throws Exception {
        assertThat(BranchAttachment.find(POD.toResult(), "eth0")).isEqualTo(POD);
    }

    /** The egress plugin and others append theirs, with addresses. */
    @Test
    void isFoundAmongLaterPluginsInterfaces() throws Exception {
        CniResult own = POD.toResult();
        var interfaces = new ArrayList<>(own.interfaces());
        interfaces.add(new CniResult.Interface("vethe1", "", ""));
        interfaces.add(new CniResult.Interface("v4if0", "aa:aa:aa:aa:aa:aa", "/run/netns/x"));
        var ips = new ArrayList<>(own.ips());
        ips.add(new CniResult.Ip("169.254.172.2/22", null, 4));

        assertThat(BranchAttachment.find(new CniResult(interfaces, ips), "eth0")).isEqualTo(POD);
    }

    @Test
    void anOrdinaryPodIsNone() throws Exception {
        assertThat(BranchAttachment.find(with("0", "10.0.1.150/32", 1), "eth0")).isNull();
        assertThat(BranchAttachment.find(new CniResult(List.of(), List.of()), "eth0")).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "", "-7", "7 ", "4095", "99999999999", "0x7"})
    void aVlanThatIsNoNumberIsAnError(String tag) {
        CniException e =
                catchThrowableOfType(
                        CniException.class,
                        () -> BranchAttachment.find(with(tag, "10.0.1.150/32", 1), "eth0"));
        assertThat(e.error().code()).isEqualTo(999);
        assertThat(e.error().message()).startsWith("malformed vlanID in prevResult");
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.1.150/32, 0, eth0, has 0 addresses",
        "10.0.1.150/32, 2, eth0, has 2 addresses",
        "10.0.1.0/24, 1, eth0, has a block",
        "10.0.1.999/32, 1, eth0, malformed address",
        "10.0.1.150/32, 1, eth1, has no interface",
    })
    void itNeedsOneAddress(String address, int times, String podInterface, String words) {
        CniException e =
                catchThrowableOfType(
                        CniException.class,
                        () -> BranchAttachment.find(with("7", address, times), podInterface));
        assertThat(Objects.requireNonNull(e).error().message()).contains(words);
    }

    private static CniResult with(String tag, String address, int times) {
        var interfaces = new ArrayList<>(POD.toResult().interfaces().subList(0, 2));
        interfaces.add(new CniResult.Interface("dummyaf62ded4ed0", tag, ""));
        var ips = new ArrayList<CniResult.Ip>();
        for (int i = 0; i < times; i++) {
            ips.add(new CniResult.Ip(address, null, 1));
        }
        return new CniResult(interfaces, ips);
    }
}
