package dev.vpccni.ipam.world;

import dev.vpccni.ipam.ledger.InterfaceFacts;
import dev.vpccni.ipam.ledger.InterfaceRole;
import dev.vpccni.ipam.ledger.InterfaceTemplate;
import dev.vpccni.ipam.scale.SubnetRoom;
import dev.vpccni.model.AttachmentKey;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.IpFamily;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv6Address;
import dev.vpccni.model.Ipv6Cidr;
import dev.vpccni.model.MacAddress;
import dev.vpccni.model.PodName;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.model.SubnetId;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;

/** Numbered things: the same number is the same thing. */
public final class Nouns {

    /** When tests begin. */
    public static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    /** The subnet of every interface. */
    public static final SubnetId SUBNET = new SubnetId("subnet-0");

    /** What interfaces are made like. */
    public static final InterfaceTemplate TEMPLATE =
            new InterfaceTemplate(SUBNET, List.of(new SecurityGroupId("sg-0")), 0, IpFamily.IPV4);

    /** What IPv6 interfaces are made like. */
    public static final InterfaceTemplate TEMPLATE_6 =
            new InterfaceTemplate(SUBNET, TEMPLATE.securityGroups(), 0, IpFamily.IPV6);

    private static final int INTERFACE_SIZE = 256;

    private Nouns() {}

    /** Returns the key of pod {@code n}. */
    public static AttachmentKey key(int n) {
        return new AttachmentKey("aws-cni", "container-" + n, "eth0");
    }

    /** Returns the name of pod {@code n}. */
    public static PodName pod(int n) {
        return new PodName("default", "pod-" + n);
    }

    /** Returns the identifier of the interface at device {@code n}. */
    public static InterfaceId id(int n) {
        return new InterfaceId("eni-%03d".formatted(n));
    }

    /** Returns secondary address {@code i} of the interface at device {@code n}. */
    public static IpAddress address(int n, int i) {
        return Ipv4Address.parse("10.0.0.0").plus(n * INTERFACE_SIZE + i + 1);
    }

    /** Returns the first {@code count} secondary addresses of the interface at device {@code n}. */
    public static List<IpAddress> addresses(int n, int count) {
        return IntStream.range(0, count).mapToObj(i -> address(n, i)).toList();
    }

    /** Returns secondary address {@code i} of the interface at device {@code n}, as a block. */
    public static Cidr block(int n, int i) {
        return address(n, i).only();
    }

    /** Returns the first {@code count} secondary addresses of the interface, as blocks. */
    public static List<Cidr> blocks(int n, int count) {
        return addresses(n, count).stream().map(IpAddress::only).toList();
    }

    /** Returns prefix {@code i} of the interface at device {@code n}. */
    public static Cidr prefix(int n, int i) {
        return Cidr.of(Ipv4Address.parse("10.16.0.0").plus(n * INTERFACE_SIZE + i * 16), 28);
    }

    /** Returns the first {@code count} prefixes of the interface at device {@code n}. */
    public static List<Cidr> prefixes(int n, int count) {
        return IntStream.range(0, count).mapToObj(i -> prefix(n, i)).toList();
    }

    /** Returns IPv6 prefix {@code i} of the interface at device {@code n}. */
    public static Cidr prefix6(int n, int i) {
        return new Ipv6Cidr(new Ipv6Address(0x2001_0db8_0000_0000L + n, (long) i << 48), 80);
    }

    /** Returns single IPv6 address {@code i} of the interface at device {@code n}, as a block. */
    public static Cidr block6(int n, int i) {
        return new Ipv6Address(0x2001_0db8_0000_1000L + n, i + 1).only();
    }

    /** Returns the room of a subnet that is not asked before {@code until}, after it refused. */
    public static SubnetRoom refusing(int available, Instant until) {
        return new SubnetRoom(available, until, Integer.MAX_VALUE, null);
    }

    /** Returns the interface at device {@code n}: the primary one at 0. */
    public static InterfaceFacts facts(int n) {
        return facts(n, n == 0 ? InterfaceRole.PRIMARY : InterfaceRole.SECONDARY);
    }

    /** Returns the interface at device {@code n}. */
    public static InterfaceFacts facts(int n, InterfaceRole role) {
        return facts(n, 0, n, role);
    }

    /** Returns the secondary interface at device {@code n} that was made like {@code template}. */
    public static InterfaceFacts facts(int n, InterfaceTemplate template) {
        return facts(n, template.subnet(), template.card(), n, InterfaceRole.SECONDARY);
    }

    /** Returns the interface called {@code id(n)}, in another place. */
    public static InterfaceFacts facts(int n, int card, int device, InterfaceRole role) {
        return facts(n, SUBNET, card, device, role);
    }

    private static InterfaceFacts facts(
            int n, SubnetId subnet, int card, int device, InterfaceRole role) {
        return new InterfaceFacts(
                id(n),
                new MacAddress(0x0200_0000_0000L + n),
                subnet,
                Cidr.parse("10.0.0.0/16"),
                card,
                device,
                null,
                address(n, -1),
                role,
                role != InterfaceRole.UNMANAGED);
    }
}
