package dev.vpccni.cni;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.model.Ipv4Address;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PodAttachmentTest {

    private static final String SANDBOX = "/run/netns/p";

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                // pod's mac, dummy's mac, dummy's sandbox: device, table, vlan
                "2, 0, 1, 1, 2, 0",
                "254, 0, 0, 0, 254, 0",
                // Releases up to 1.19 leave the pod's mac empty.
                "'', 0, 0, 0, 254, 0",
                "'', 0, 3, 3, 4, 0",
                // A pod with security groups of its own: a VLAN, and no device.
                "0, 101, '', 0, 0, 101",
            })
    void readsWhatUpstreamHides(
            String mac, String dummyMac, String dummySandbox, int device, int table, int vlan) {
        assertThat(PodAttachment.find(result(mac, dummyMac, dummySandbox), "eth0"))
                .isEqualTo(
                        new PodAttachment(
                                "enic440f455693",
                                "eth0",
                                SANDBOX,
                                Ipv4Address.parse("10.0.1.101"),
                                device,
                                table,
                                vlan));
    }

    @ParameterizedTest
    @CsvSource({"0a:58:00:00:00:01, 0, 1", "2, '', 1", "2, x, 1", "2, 0, /run/x", "-2, 0, 1"})
    void findsNothingInWhatIsNoNumber(String mac, String dummyMac, String dummySandbox) {
        assertThat(PodAttachment.find(result(mac, dummyMac, dummySandbox), "eth0")).isNull();
    }

    @Test
    void findsNothingForAnotherInterface() {
        assertThat(PodAttachment.find(result("2", "0", "1"), "net1")).isNull();
    }

    @Test
    void looksPastWhatLaterPluginsAppended() {
        CniResult own = result("2", "0", "1");
        List<CniResult.Interface> more = new java.util.ArrayList<>(own.interfaces());
        more.add(new CniResult.Interface("veth1234", "0a:58:00:00:00:01", ""));
        more.add(new CniResult.Interface("v6if0", "0a:58:00:00:00:02", SANDBOX));
        CniResult result =
                new CniResult(
                        more,
                        List.of(
                                own.ips().getFirst(),
                                new CniResult.Ip("fd00::ac:01/118", null, 4)));
        assertThat(PodAttachment.find(result, "eth0"))
                .isEqualTo(PodAttachment.find(own, "eth0"))
                .isNotNull();
    }

    @Test
    void anInterfaceOfThatNameOutsideThePodIsNotThePods() {
        CniResult own = result("2", "0", "1");
        List<CniResult.Interface> more = new java.util.ArrayList<>(own.interfaces());
        more.addFirst(new CniResult.Interface("eth0", "0a:58:00:00:00:01", ""));
        CniResult result = new CniResult(more, List.of(new CniResult.Ip("10.0.1.101/32", null, 2)));

        assertThat(PodAttachment.find(result, "eth0"))
                .isEqualTo(PodAttachment.find(own, "eth0"))
                .isNotNull();
    }

    @Test
    void findsNothingWhereNoHostInterfaceComesBefore() {
        List<CniResult.Interface> own = result("2", "0", "1").interfaces();
        CniResult result =
                new CniResult(
                        own.subList(1, own.size()),
                        List.of(new CniResult.Ip("10.0.1.101/32", null, 0)));

        assertThat(PodAttachment.find(result, "eth0")).isNull();
    }

    @Test
    void anAddressOfVersion6BesideItIsNoOther() {
        assertThat(find("10.0.1.101/32 on 1", "fd00::ac:01/118 on 1")).isNotNull();
    }

    @Test
    void anAddressOfAnotherInterfaceIsNotThePods() {
        assertThat(find("10.0.1.101/32 on 1", "10.0.1.102/32 on 0", "10.0.1.103/32 on null"))
                .isNotNull();
    }

    @Test
    void findsNothingUnlessThereIsOneAddress() {
        assertThat(find()).isNull();
        assertThat(find("10.0.1.101/32 on 0")).isNull();
        assertThat(find("10.0.1.101/32 on 1", "10.0.1.102/32 on 1")).isNull();
    }

    private static @Nullable PodAttachment find(String... addresses) {
        List<CniResult.Ip> ips =
                Stream.of(addresses)
                        .map(address -> address.split(" on ", 2))
                        .map(parts ->
                                new CniResult.Ip(
                                        parts[0],
                                        null,
                                        parts[1].equals("null") ? null : Integer.valueOf(parts[1])))
                        .toList();
        return PodAttachment.find(new CniResult(result("2", "0", "1").interfaces(), ips), "eth0");
    }

    private static CniResult result(String mac, String dummyMac, String dummySandbox) {
        return new CniResult(
                List.of(
                        new CniResult.Interface("enic440f455693", "", ""),
                        new CniResult.Interface("eth0", mac, SANDBOX),
                        new CniResult.Interface("dummyc440f455693", dummyMac, dummySandbox)),
                List.of(new CniResult.Ip("10.0.1.101/32", null, 1)));
    }
}
