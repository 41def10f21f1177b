package dev.vpccni.simulation.cloud;

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
import dev.vpccni.simulation.time.SimulatedProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/** Metadata as one daemon reads it. */
public final class CloudMetadata implements Metadata {

    private static final Duration LATENCY = Duration.ofMillis(1);
    private static final String INTERFACES = "network/interfaces/macs/";

    private final SimulatedCloud cloud;
    private final InstanceId instance;
    private final SimulatedProcess daemon;

    /** Creates the metadata of {@code instance}, read by {@code daemon}. */
    public CloudMetadata(SimulatedCloud cloud, InstanceId instance, SimulatedProcess daemon) {
        this.cloud = cloud;
        this.instance = instance;
        this.daemon = daemon;
    }

    @Override
    public Identity identity() throws MetadataException {
        MacAddress mac = MacAddress.parse(one("mac"));
        String base = INTERFACES + mac + "/";
        return new Identity(
                new InstanceId(one("instance-id")),
                one("instance-type"),
                one("placement/region"),
                one("placement/availability-zone"),
                new VpcId(one(base + "vpc-id")),
                new SubnetId(one(base + "subnet-id")),
                new InterfaceId(one(base + "interface-id")),
                mac,
                Ipv4Address.parse(one("local-ipv4")),
                lines("ipv6").stream().map(Ipv6Address::parse).findFirst().orElse(null));
    }

    @Override
    public SortedSet<MacAddress> macs() throws MetadataException {
        SortedSet<MacAddress> macs = new TreeSet<>();
        lines(INTERFACES).forEach(line -> macs.add(MacAddress.parse(line.replace("/", ""))));
        return macs;
    }

    @Override
    public List<MetadataInterface> interfaces() throws MetadataException {
        List<MetadataInterface> all = new ArrayList<>();
        for (MacAddress mac : macs()) {
            String base = INTERFACES + mac + "/";
            if (lines(base + "interface-id").isEmpty()) {
                continue;
            }
            all.add(
                    new MetadataInterface(
                            new InterfaceId(one(base + "interface-id")),
                            mac,
                            card(base),
                            Integer.parseInt(one(base + "device-number")),
                            new SubnetId(one(base + "subnet-id")),
                            subnetCidrs(mac),
                            addresses(mac),
                            prefixes(mac)));
        }
        return all;
    }

    /** Where there is one card only, metadata does not speak of it. */
    private int card(String base) throws MetadataException {
        return lines(base + "network-card").stream().mapToInt(Integer::parseInt).sum();
    }

    @Override
    public List<Ipv4Address> addresses(MacAddress mac) throws MetadataException {
        return lines(INTERFACES + mac + "/local-ipv4s").stream().map(Ipv4Address::parse).toList();
    }

    private List<Cidr> prefixes(MacAddress mac) throws MetadataException {
        var all = new ArrayList<Cidr>();
        for (IpFamily family : IpFamily.values()) {
            all.addAll(prefixes(mac, family));
        }
        return all;
    }

    @Override
    public List<Cidr> prefixes(MacAddress mac, IpFamily family) throws MetadataException {
        String field = family == IpFamily.IPV4 ? "/ipv4-prefix" : "/ipv6-prefix";
        return lines(INTERFACES + mac + field).stream().map(Cidr::parse).toList();
    }

    @Override
    public List<Cidr> subnetCidrs(MacAddress mac) throws MetadataException {
        var all = new ArrayList<Cidr>();
        for (String field : List.of("/subnet-ipv4-cidr-block", "/subnet-ipv6-cidr-blocks")) {
            lines(INTERFACES + mac + field).forEach(line -> all.add(Cidr.parse(line)));
        }
        return all;
    }

    @Override
    public List<Ipv4Cidr> vpcCidrs() throws MetadataException {
        return ofPrimary("vpc-ipv4-cidr-blocks").stream().map(Ipv4Cidr::parse).toList();
    }

    @Override
    public List<SecurityGroupId> securityGroups() throws MetadataException {
        return ofPrimary("security-group-ids").stream().map(SecurityGroupId::new).toList();
    }

    private List<String> ofPrimary(String field) throws MetadataException {
        return lines(INTERFACES + cloud.metadata(instance, "mac") + "/" + field);
    }

    private String one(String path) throws MetadataException {
        List<String> lines = lines(path);
        if (lines.isEmpty()) {
            throw new MetadataException(path + " is not there", null);
        }
        return lines.getFirst();
    }

    private List<String> lines(String path) throws MetadataException {
        cloud.count("metadata");
        daemon.cross(LATENCY);
        if (cloud.metadataDown() || Faults.strikes(cloud.faults().metadataDown(), cloud.random())) {
            throw new MetadataException("simulated: no answer for " + path, null);
        }
        String text = cloud.metadata(instance, path);
        return text == null ? List.of() : text.lines().toList();
    }
}
