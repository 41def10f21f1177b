package dev.vpccni.aws;

import dev.vpccni.model.Cidr;
import dev.vpccni.model.InstanceId;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.IpFamily;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.Ipv6Address;
import dev.vpccni.model.MacAddress;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.model.SubnetId;
import dev.vpccni.model.VpcId;
import dev.vpccni.node.port.Metadata;
import dev.vpccni.node.port.MetadataException;
import dev.vpccni.node.port.Tempo;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The instance metadata service, version 2. An interface that appears or disappears while it is
 * read is left out, as is one in a subnet without IPv4, which cannot serve pods. Safe for use by
 * many threads.
 */
public final class InstanceMetadata implements Metadata {

    /** Where every instance finds it. */
    public static final URI LINK_LOCAL = URI.create("http://169.254.169.254");

    private static final String INTERFACES = "network/interfaces/macs";
    private static final String DOCUMENT = "dynamic/instance-identity/document";
    private static final Pattern REGION = Pattern.compile("\"region\"\\s*:\\s*\"([^\"]+)\"");

    private final MetadataClient client;

    /** Of the primary interface; asked for once, since it never changes. */
    private volatile @Nullable MacAddress primary;

    /**
     * @param endpoint such as {@link #LINK_LOCAL}
     * @param random for the jitter of pauses
     * @param listener hears of every attempt
     */
    public InstanceMetadata(
            URI endpoint, Tempo tempo, RandomGenerator random, CallListener listener) {
        client = new MetadataClient(endpoint, Duration.ofSeconds(5), tempo, random, listener);
    }

    /** Returns what {@code AWS_EC2_METADATA_SERVICE_ENDPOINT} names, or {@link #LINK_LOCAL}. */
    public static URI endpoint(Map<String, String> environment) {
        String text = environment.getOrDefault("AWS_EC2_METADATA_SERVICE_ENDPOINT", "");
        return text.isEmpty() ? LINK_LOCAL : URI.create(text);
    }

    @Override
    public Identity identity() throws MetadataException, InterruptedException {
        MacAddress mac = primary();
        return new Identity(
                one("instance-id", InstanceId::new),
                one("instance-type", text -> text),
                region(),
                one("placement/availability-zone", text -> text),
                one(of(mac, "vpc-id"), VpcId::new),
                one(of(mac, "subnet-id"), SubnetId::new),
                one(of(mac, "interface-id"), InterfaceId::new),
                mac,
                one("local-ipv4", Ipv4Address::parse),
                first("ipv6", Ipv6Address::parse));
    }

    @Override
    public SortedSet<MacAddress> macs() throws MetadataException, InterruptedException {
        return new TreeSet<>(many(INTERFACES, text -> MacAddress.parse(withoutSlash(text))));
    }

    @Override
    public List<MetadataInterface> interfaces() throws MetadataException, InterruptedException {
        List<MetadataInterface> all = new ArrayList<>();
        for (MacAddress mac : macs()) {
            MetadataInterface each = interfaceOf(mac);
            if (each != null) {
                all.add(each);
            }
        }
        return all;
    }

    @Override
    public List<Ipv4Address> addresses(MacAddress mac)
            throws MetadataException, InterruptedException {
        return many(of(mac, "local-ipv4s"), Ipv4Address::parse);
    }

    @Override
    public List<Cidr> prefixes(MacAddress mac, IpFamily family)
            throws MetadataException, InterruptedException {
        String field = family == IpFamily.IPV4 ? "ipv4-prefix" : "ipv6-prefix";
        return many(of(mac, field), Cidr::parse);
    }

    @Override
    public List<Cidr> subnetCidrs(MacAddress mac) throws MetadataException, InterruptedException {
        List<Cidr> cidrs = new ArrayList<>(many(of(mac, "subnet-ipv4-cidr-block"), Cidr::parse));
        cidrs.addAll(many(of(mac, "subnet-ipv6-cidr-blocks"), Cidr::parse));
        return cidrs;
    }

    @Override
    public List<Ipv4Cidr> vpcCidrs() throws MetadataException, InterruptedException {
        return present(of(primary(), "vpc-ipv4-cidr-blocks"), Ipv4Cidr::parse);
    }

    /** Returns the VPC's IPv6 blocks, in metadata's order; none if it has none. */
    public List<Cidr> vpcIpv6Cidrs() throws MetadataException, InterruptedException {
        return many(of(primary(), "vpc-ipv6-cidr-blocks"), Cidr::parse);
    }

    @Override
    public List<SecurityGroupId> securityGroups() throws MetadataException, InterruptedException {
        return present(of(primary(), "security-group-ids"), SecurityGroupId::new);
    }

    /** Returns the address of the primary interface. */
    public MacAddress primary() throws MetadataException, InterruptedException {
        MacAddress known = primary;
        if (known == null) {
            known = one("mac", MacAddress::parse);
            primary = known;
        }
        return known;
    }

    /** The document is where upstream reads it, and every emulated service has it therefore. */
    private String region() throws MetadataException, InterruptedException {
        String document = client.get(DOCUMENT);
        Matcher region = REGION.matcher(document == null ? "" : document);
        if (!region.find()) {
            throw client.failure(DOCUMENT, "it names no region", null);
        }
        return region.group(1);
    }

    private @Nullable MetadataInterface interfaceOf(MacAddress mac)
            throws MetadataException, InterruptedException {
        List<InterfaceId> id = many(of(mac, "interface-id"), InterfaceId::new);
        List<SubnetId> subnet = many(of(mac, "subnet-id"), SubnetId::new);
        List<Integer> device = many(of(mac, "device-number"), Integer::valueOf);
        List<Cidr> cidr = subnetCidrs(mac);
        if (id.isEmpty() || subnet.isEmpty() || device.isEmpty() || cidr.isEmpty()) {
            return null;
        }
        List<Cidr> prefixes = new ArrayList<>(prefixes(mac, IpFamily.IPV4));
        prefixes.addAll(prefixes(mac, IpFamily.IPV6));
        List<Integer> card = many(of(mac, "network-card"), Integer::valueOf);
        return new MetadataInterface(
                id.getFirst(),
                mac,
                card.isEmpty() ? 0 : card.getFirst(),
                device.getFirst(),
                subnet.getFirst(),
                cidr,
                addresses(mac),
                prefixes);
    }

    private <T> T one(String path, Function<String, T> form)
            throws MetadataException, InterruptedException {
        return present(path, form).getFirst();
    }

    /** Returns the first value, or null if there is none. */
    private <T> @Nullable T first(String path, Function<String, T> form)
            throws MetadataException, InterruptedException {
        List<T> values = many(path, form);
        return values.isEmpty() ? null : values.getFirst();
    }

    private <T> List<T> present(String path, Function<String, T> form)
            throws MetadataException, InterruptedException {
        List<T> values = many(path, form);
        if (values.isEmpty()) {
            throw client.failure(path, "there is no such value", null);
        }
        return values;
    }

    /** One value for each line; none if the path is not there. */
    private <T> List<T> many(String path, Function<String, T> form)
            throws MetadataException, InterruptedException {
        String text = client.get("meta-data/" + path);
        try {
            return text == null ? List.of() : text.lines().map(String::strip).map(form).toList();
        } catch (IllegalArgumentException e) {
            throw client.failure(path, "the value is not understood: " + e.getMessage(), e);
        }
    }

    private static String of(MacAddress mac, String field) {
        return INTERFACES + "/" + mac + "/" + field;
    }

    private static String withoutSlash(String entry) {
        return entry.endsWith("/") ? entry.substring(0, entry.length() - 1) : entry;
    }
}
