package dev.vpccni.node.fake;

import dev.vpccni.ipam.ledger.InterfaceFacts;
import dev.vpccni.ipam.ledger.InterfaceRole;
import dev.vpccni.ipam.ledger.InterfaceTemplate;
import dev.vpccni.model.AttachmentId;
import dev.vpccni.model.AttachmentKey;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.InstanceId;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.IpFamily;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.Ipv6Address;
import dev.vpccni.model.MacAddress;
import dev.vpccni.model.PodName;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.model.SubnetId;
import dev.vpccni.model.VpcId;
import dev.vpccni.node.port.Metadata;
import dev.vpccni.node.port.ObservedInterface;
import dev.vpccni.node.port.ObservedSubnet;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Numbered things: the same number is the same thing. */
public final class Nouns {

    /** The instance. */
    public static final InstanceId INSTANCE = new InstanceId("i-1");

    /** Its VPC. */
    public static final VpcId VPC = new VpcId("vpc-1");

    /** The subnet of every interface. */
    public static final SubnetId SUBNET = new SubnetId("subnet-1");

    /** Its block. */
    public static final Ipv4Cidr BLOCK = Ipv4Cidr.parse("10.0.0.0/16");

    /** The security group of every interface. */
    public static final SecurityGroupId GROUP = new SecurityGroupId("sg-1");

    /** What interfaces are made like. */
    public static final InterfaceTemplate TEMPLATE =
            new InterfaceTemplate(SUBNET, List.of(GROUP), 0, IpFamily.IPV4);

    /** What metadata says of the instance. */
    public static final Metadata.Identity IDENTITY =
            new Metadata.Identity(
                    INSTANCE,
                    "m5.large",
                    "us-west-2",
                    "us-west-2a",
                    VPC,
                    SUBNET,
                    id(0),
                    mac(0),
                    address(0, -1),
                    null);

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
        return new InterfaceId("eni-" + n);
    }

    /** Returns its MAC address. */
    public static MacAddress mac(int n) {
        return MacAddress.local(n);
    }

    /** Returns how it is attached. */
    public static AttachmentId attachment(int n) {
        return new AttachmentId("eni-attach-" + n);
    }

    /** Returns secondary address {@code i} of the interface at device {@code n}. */
    public static Ipv4Address address(int n, int i) {
        return Ipv4Address.parse("10.0.0.0").plus(n * 256 + i + 1);
    }

    /** Returns its first {@code count} secondary addresses. */
    public static List<Ipv4Address> addresses(int n, int count) {
        return IntStream.range(0, count).mapToObj(i -> address(n, i)).toList();
    }

    /** Returns them as EC2 gives them: each a block of its own. */
    public static List<Cidr> blocks(int n, int count) {
        return addresses(n, count).stream().map(Ipv4Address::only).toList();
    }

    /** Returns secondary address {@code i} of the interface at device {@code n}, as a block. */
    public static Cidr block(int n, int i) {
        return address(n, i).only();
    }

    /** Returns prefix {@code i} of the interface at device {@code n}. */
    public static Cidr prefix(int n, int i) {
        return Cidr.of(Ipv4Address.parse("10.0.128.0").plus(n * 256 + i * 16), 28);
    }

    /** Returns its first {@code count} prefixes. */
    public static List<Cidr> prefixes(int n, int count) {
        return IntStream.range(0, count).mapToObj(i -> prefix(n, i)).toList();
    }

    /** Returns the IPv6 prefix of the interface at device {@code n}. */
    public static Cidr prefix6(int n) {
        return Cidr.of(Ipv6Address.parse("2001:db8::").plus((long) n << 48), 80);
    }

    /** Returns the interface at device {@code n}: the primary one at 0. */
    public static InterfaceFacts facts(int n) {
        return facts(n, n == 0 ? InterfaceRole.PRIMARY : InterfaceRole.SECONDARY);
    }

    /** Returns the interface at device {@code n}. */
    public static InterfaceFacts facts(int n, InterfaceRole role) {
        return new InterfaceFacts(
                id(n),
                mac(n),
                SUBNET,
                BLOCK,
                0,
                n,
                attachment(n),
                address(n, -1),
                role,
                role != InterfaceRole.UNMANAGED);
    }

    /** Returns how EC2 shows it, with {@code count} addresses, attached and as it should be. */
    public static ObservedInterface shown(int n, int count) {
        return shown(n, count, "interface", tags(), attached(n));
    }

    /** Returns how EC2 shows it before it is attached. */
    public static ObservedInterface unattached(int n, int count) {
        return shown(n, count, "interface", tags(), null);
    }

    /** Returns how EC2 shows it. */
    public static ObservedInterface shown(
            int n,
            int count,
            String type,
            SortedMap<String, String> tags,
            ObservedInterface.@Nullable Attachment attachment) {
        return new ObservedInterface(
                id(n),
                attachment == null ? "available" : "in-use",
                type,
                "aws-K8S-i-1",
                mac(n),
                SUBNET,
                address(n, -1),
                addresses(n, count),
                List.of(),
                List.of(),
                List.of(GROUP),
                tags,
                attachment);
    }

    /** Returns {@code shown} with these prefixes, and with nothing else changed. */
    public static ObservedInterface with(ObservedInterface shown, List<Cidr> prefixes) {
        return new ObservedInterface(
                shown.id(),
                shown.status(),
                shown.type(),
                shown.description(),
                shown.mac(),
                shown.subnet(),
                shown.primaryAddress(),
                shown.secondaryAddresses(),
                shown.ipv6Addresses(),
                prefixes,
                shown.groups(),
                shown.tags(),
                shown.attachment());
    }

    /** Returns an attachment at device {@code n} of the first card. */
    public static ObservedInterface.Attachment attached(int n) {
        return new ObservedInterface.Attachment(attachment(n), "attached", 0, n, true);
    }

    /** Returns the tags that interfaces should have where there is no cluster name. */
    public static SortedMap<String, String> tags() {
        var tags = new TreeMap<String, String>();
        tags.put("node.k8s.amazonaws.com/instance_id", "i-1");
        return tags;
    }

    /** Returns a subnet with the tags {@code key=value}. */
    public static ObservedSubnet subnet(String id, int available, String... tags) {
        var all = new TreeMap<String, String>();
        for (String tag : tags) {
            String[] parts = tag.split("=", 2);
            all.put(parts[0], parts[1]);
        }
        return new ObservedSubnet(new SubnetId(id), List.of(BLOCK), available, all);
    }
}
