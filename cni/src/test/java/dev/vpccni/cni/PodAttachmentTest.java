package dev.vpccni.cni;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.model.IpAddress;
import dev.vpccni.model.Ipv4Address;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PodAttachmentTest {

    private static final String SANDBOX = "/run/netns/p";
    private static final PodAttachment SEVERAL =
            new PodAttachment(
                    SANDBOX,
                    List.of(
                            link("enic440f455693", "eth0", "10.0.1.101", 2),
                            link("enie48ae9c2f34", "mNicIf1", "10.0.2.102", 10101),
                            link("eni22222222222", "mNicIf2", "10.0.3.103", 10201)),
                    1,
                    0);
    private static final PodAttachment IPV6 =
            new PodAttachment(
                    SANDBOX,
                    List.of(link("enic440f455693", "eth0", "2001:db8:0:1:1::7", 254)),
                    0,
                    0);

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
                                SANDBOX,
                                List.of(
                                        new PodAttachment.Link(
                                                "enic440f455693",
                                                "eth0",
                                                Ipv4Address.parse("10.0.1.101"),
                                                table)),
                                device,
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
        List<CniResult.Interface> more = new ArrayList<>(own.interfaces());
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
        List<CniResult.Interface> more = new ArrayList<>(own.interfaces());
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
    void ofEachLinkAResultHasBothEndsAndTheAddress() {
        CniResult result = SEVERAL.toResult();

        assertThat(result.interfaces())
                .containsExactly(
                        new CniResult.Interface("enic440f455693", "", ""),
                        new CniResult.Interface("eth0", "2", SANDBOX),
                        new CniResult.Interface("enie48ae9c2f34", "", ""),
                        new CniResult.Interface("mNicIf1", "10101", SANDBOX),
                        new CniResult.Interface("eni22222222222", "", ""),
                        new CniResult.Interface("mNicIf2", "10201", SANDBOX),
                        new CniResult.Interface("dummyc440f455693", "0", "1"));
        assertThat(result.ips())
                .containsExactly(
                        new CniResult.Ip("10.0.1.101/32", null, 1),
                        new CniResult.Ip("10.0.2.102/32", null, 3),
                        new CniResult.Ip("10.0.3.103/32", null, 5));
    }

    @Test
    void anAddressOfVersion6IsAlone() {
        assertThat(IPV6.toResult().ips())
                .containsExactly(new CniResult.Ip("2001:db8:0:1:1::7/128", null, 1));
    }

    static Stream<PodAttachment> attachments() {
        return Stream.of(SEVERAL, IPV6);
    }

    @ParameterizedTest
    @MethodSource("attachments")
    void findsWhatItWroteAlsoBehindALaterPlugin(PodAttachment attachment) {
        CniResult own = attachment.toResult();
        List<CniResult.Interface> more = new ArrayList<>(own.interfaces());
        more.add(new CniResult.Interface("veth1234", "0a:58:00:00:00:01", ""));
        more.add(new CniResult.Interface("v4if0", "0a:58:00:00:00:02", SANDBOX));

        assertThat(PodAttachment.find(own, "eth0")).isEqualTo(attachment);
        assertThat(PodAttachment.find(new CniResult(more, own.ips()), "eth0"))
                .isEqualTo(attachment);
    }

    @Test
    void whatLaterPluginsPutInFrontMovesNothing() {
        CniResult own = SEVERAL.toResult();
        List<CniResult.Interface> more = new ArrayList<>(own.interfaces());
        more.addFirst(new CniResult.Interface("veth1234", "", ""));
        List<CniResult.Ip> ips =
                own.ips().stream()
                        .map(ip ->
                                new CniResult.Ip(
                                        ip.address(),
                                        null,
                                        Objects.requireNonNull(ip.interfaceIndex()) + 1))
                        .toList();

        assertThat(PodAttachment.find(new CniResult(more, ips), "eth0")).isEqualTo(SEVERAL);
    }

    @Test
    void aFurtherInterfaceWithoutAnAddressIsPassedOver() {
        CniResult own = SEVERAL.toResult();
        List<CniResult.Ip> ips = List.of(own.ips().getFirst(), own.ips().getLast());
        PodAttachment found = PodAttachment.find(new CniResult(own.interfaces(), ips), "eth0");

        assertThat(Objects.requireNonNull(found).links())
                .extracting(PodAttachment.Link::podInterface)
                .containsExactly("eth0", "mNicIf2");
    }

    @Test
    void findsNothingWhereTheFirstInterfaceHasNoAddress() {
        CniResult own = SEVERAL.toResult();
        List<CniResult.Ip> ips = own.ips().subList(1, 3);

        assertThat(PodAttachment.find(new CniResult(own.interfaces(), ips), "eth0")).isNull();
    }

    @Test
    void aFurtherInterfaceAloneIsNoPods() {
        CniResult own = SEVERAL.toResult();

        assertThat(PodAttachment.find(own, "eth9")).isNull();
    }

    /** A later plugin may call what it makes as it likes. */
    @Test
    void whatOnlyHasANameOfOursIsNotTaken() {
        CniResult own = SEVERAL.toResult();
        List<CniResult.Interface> more = new ArrayList<>(own.interfaces());
        more.add(new CniResult.Interface("eth0", "", ""));
        more.add(new CniResult.Interface("mNicIf3", "", ""));
        more.add(new CniResult.Interface("eth0", "", SANDBOX));
        List<CniResult.Ip> ips = new ArrayList<>(own.ips());
        ips.add(new CniResult.Ip("10.0.4.104/32", null, more.size() - 2));
        ips.add(new CniResult.Ip("10.0.5.105/32", null, more.size() - 1));

        assertThat(PodAttachment.find(new CniResult(more, ips), "eth0")).isEqualTo(SEVERAL);
    }

    @Test
    void findsNothingInWhatIsOfBothFamilies() {
        CniResult own = SEVERAL.toResult();
        List<CniResult.Ip> ips = new ArrayList<>(own.ips());
        ips.set(1, new CniResult.Ip("2001:db8::7/128", null, 3));

        assertThat(PodAttachment.find(new CniResult(own.interfaces(), ips), "eth0")).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.1.101/33", "10.0.1/32", "2001:db8::7/129", "::1::/128"})
    void findsNothingWhereTheAddressIsNone(String address) {
        assertThat(find(address + " on 1")).isNull();
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

    private static PodAttachment.Link link(String host, String pod, String address, int table) {
        return new PodAttachment.Link(host, pod, IpAddress.parse(address), table);
    }
}
