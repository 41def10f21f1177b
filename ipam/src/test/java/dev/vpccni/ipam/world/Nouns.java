package dev.vpccni.ipam.world;

import dev.vpccni.ipam.ledger.InterfaceFacts;
import dev.vpccni.ipam.ledger.InterfaceRole;
import dev.vpccni.model.AttachmentKey;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.MacAddress;
import dev.vpccni.model.PodName;
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
    public static Ipv4Address address(int n, int i) {
        return Ipv4Address.parse("10.0.0.0").plus(n * INTERFACE_SIZE + i + 1);
    }

    /** Returns the first {@code count} secondary addresses of the interface at device {@code n}. */
    public static List<Ipv4Address> addresses(int n, int count) {
        return IntStream.range(0, count).mapToObj(i -> address(n, i)).toList();
    }

    /** Returns the interface at device {@code n}: the primary one at 0. */
    public static InterfaceFacts facts(int n) {
        return facts(n, n == 0 ? InterfaceRole.PRIMARY : InterfaceRole.SECONDARY);
    }

    /** Returns the interface at device {@code n}. */
    public static InterfaceFacts facts(int n, InterfaceRole role) {
        return new InterfaceFacts(
                id(n),
                new MacAddress(0x0200_0000_0000L + n),
                SUBNET,
                Ipv4Cidr.parse("10.0.0.0/16"),
                n,
                null,
                address(n, -1),
                role);
    }
}
