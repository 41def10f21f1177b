package dev.vpccni.vpc;

import dev.vpccni.model.InstanceId;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.Ipv6Address;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.model.SubnetId;
import dev.vpccni.vpc.api.AddressBlocks;
import dev.vpccni.vpc.api.Naming;
import dev.vpccni.vpc.api.VpcDescription;
import dev.vpccni.vpc.state.Ec2Instance;
import dev.vpccni.vpc.state.Eni;
import dev.vpccni.vpc.state.EniAttachment;
import dev.vpccni.vpc.state.Subnet;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the metadata service of an instance shows at one moment (EC2 User Guide, "Instance metadata
 * categories"): values by path, and listings of what lies under a path.
 */
final class MetadataTree {

    private static final String ROLE = "vpccni-node-role";
    private static final String MACS = "meta-data/network/interfaces/macs/";
    private static final String IMAGE = "ami-0abcdef0123456789";

    private final Cloud cloud;
    private final Ec2Instance instance;
    private final Instant now;
    private final SortedMap<String, String> values = new TreeMap<>();

    private MetadataTree(Cloud cloud, Ec2Instance instance, Instant now) {
        this.cloud = cloud;
        this.instance = instance;
        this.now = now;
    }

    /** Returns the body at {@code path}, or null for 404. */
    static @Nullable String read(Cloud cloud, InstanceId id, String path, Instant now) {
        Ec2Instance instance = cloud.contents().instances().get(id);
        String[] parts = path.replaceAll("^/+|/+$", "").split("/+", 2);
        if (instance == null || !instance.isRunning()) {
            return null;
        }
        if (parts[0].isEmpty()) {
            return "1.0\n2021-03-23\nlatest";
        }
        if (!parts[0].matches("latest|1\\.0|\\d{4}-\\d{2}-\\d{2}")) {
            return null;
        }
        var tree = new MetadataTree(cloud, instance, now);
        tree.fill();
        return tree.get(parts.length == 1 ? "" : parts[1]);
    }

    private @Nullable String get(String path) {
        String value = values.get(path);
        if (value != null) {
            return value;
        }
        String folder = path.isEmpty() ? "" : path + "/";
        var entries = new TreeSet<String>();
        for (String key : values.keySet()) {
            if (key.startsWith(folder)) {
                String rest = key.substring(folder.length());
                int slash = rest.indexOf('/');
                entries.add(slash < 0 ? rest : rest.substring(0, slash + 1));
            }
        }
        return entries.isEmpty() ? null : String.join("\n", entries);
    }

    private void fill() {
        Subnet subnet = subnet(instance.subnet());
        Eni primary = primary();
        String region = cloud.settings().region();
        String host = Naming.privateDnsName(region, primary.primary());
        put("meta-data/ami-id", IMAGE);
        put("meta-data/hostname", host);
        put("meta-data/instance-id", instance.id().value());
        put("meta-data/instance-type", instance.type().name());
        List<Ipv6Address> six = primary.metadataBlocks(now).ipv6Addresses();
        if (!six.isEmpty()) {
            put("meta-data/ipv6", six.getFirst().toString());
        }
        put("meta-data/local-hostname", host);
        put("meta-data/local-ipv4", primary.primary().toString());
        put("meta-data/mac", primary.mac().toString());
        put("meta-data/placement/availability-zone", subnet.zone());
        put("meta-data/placement/availability-zone-id", Naming.zoneId(subnet.zone()));
        put("meta-data/placement/region", region);
        put("meta-data/reservation-id", instance.reservation());
        put("meta-data/security-groups", groupNames(primary.metadataGroups(now)));
        put("meta-data/services/domain", "amazonaws.com");
        put("meta-data/services/partition", "aws");
        put("meta-data/system", instance.type().hypervisor());
        put("dynamic/instance-identity/document", document(subnet, primary));
        fillCredentials();
        cloud.contents()
                .ghosts()
                .forEach(ghost -> {
                    if (ghost.until().isAfter(now)) {
                        fillIfShown(ghost.eni(), ghost.attachment());
                    }
                });
        for (Eni eni : cloud.contents().enisOf(instance.id())) {
            EniAttachment attachment = eni.attachment();
            if (attachment != null && attachment.freeFrom() == null) {
                fillIfShown(eni, attachment);
            }
        }
    }

    private void fillIfShown(Eni eni, EniAttachment attachment) {
        if (attachment.instance().equals(instance.id())
                && !now.isBefore(attachment.metadataFrom())) {
            fillInterface(eni, attachment);
        }
    }

    private void fillInterface(Eni eni, EniAttachment attachment) {
        Subnet subnet = subnet(eni.subnet());
        VpcDescription vpc = Objects.requireNonNull(cloud.contents().vpcs().get(subnet.vpc()));
        List<SecurityGroupId> groups = eni.metadataGroups(now);
        String at = MACS + eni.mac() + "/";
        put(at + "device-number", String.valueOf(attachment.device()));
        put(at + "interface-id", eni.id().value());
        put(at + "local-hostname", Naming.privateDnsName(cloud.settings().region(), eni.primary()));
        AddressBlocks held = eni.metadataBlocks(now);
        put(at + "local-ipv4s", lines(held.addresses()));
        putLines(at + "ipv4-prefix", held.prefixes());
        putLines(at + "ipv6s", held.ipv6Addresses());
        putLines(at + "ipv6-prefix", held.ipv6Prefixes());
        put(at + "mac", eni.mac().toString());
        if (instance.type().interfacesPerCard().size() > 1) {
            put(at + "network-card", String.valueOf(attachment.card()));
        }
        put(at + "owner-id", cloud.settings().account());
        put(at + "security-group-ids", lines(groups));
        put(at + "security-groups", groupNames(groups));
        put(at + "subnet-id", subnet.id().value());
        put(at + "subnet-ipv4-cidr-block", subnet.cidr().toString());
        if (subnet.ipv6() != null) {
            put(at + "subnet-ipv6-cidr-blocks", subnet.ipv6().cidr().toString());
        }
        put(at + "vpc-id", vpc.id().value());
        List<Ipv4Cidr> cidrs = vpc.cidrs();
        put(at + "vpc-ipv4-cidr-block", cidrs.getFirst().toString());
        put(at + "vpc-ipv4-cidr-blocks", lines(cidrs));
        putLines(at + "vpc-ipv6-cidr-blocks", vpc.ipv6Cidrs());
    }

    private void fillCredentials() {
        Instant renewed = now.truncatedTo(ChronoUnit.HOURS);
        String accessKey = Naming.accessKeyId(instance.id());
        put(
                "meta-data/iam/info",
                """
                {
                  "Code" : "Success",
                  "LastUpdated" : "%s",
                  "InstanceProfileArn" : "arn:aws:iam::%s:instance-profile/%s",
                  "InstanceProfileId" : "AIPA%s"
                }\
                """
                        .formatted(
                                renewed,
                                cloud.settings().account(),
                                ROLE,
                                accessKey.substring("ASIA".length())));
        put(
                "meta-data/iam/security-credentials/" + ROLE,
                """
                {
                  "Code" : "Success",
                  "LastUpdated" : "%s",
                  "Type" : "AWS-HMAC",
                  "AccessKeyId" : "%s",
                  "SecretAccessKey" : "emulated-%s",
                  "Token" : "emulated-token-%s",
                  "Expiration" : "%s"
                }\
                """
                        .formatted(
                                renewed,
                                accessKey,
                                instance.id(),
                                renewed.getEpochSecond(),
                                renewed.plus(6, ChronoUnit.HOURS)));
    }

    private String document(Subnet subnet, Eni primary) {
        return """
        {
          "accountId" : "%s",
          "architecture" : "x86_64",
          "availabilityZone" : "%s",
          "billingProducts" : null,
          "devpayProductCodes" : null,
          "marketplaceProductCodes" : null,
          "imageId" : "%s",
          "instanceId" : "%s",
          "instanceType" : "%s",
          "kernelId" : null,
          "pendingTime" : "%s",
          "privateIp" : "%s",
          "ramdiskId" : null,
          "region" : "%s",
          "version" : "2017-09-30"
        }\
        """
                .formatted(
                        cloud.settings().account(),
                        subnet.zone(),
                        IMAGE,
                        instance.id(),
                        instance.type().name(),
                        instance.launchTime().truncatedTo(ChronoUnit.SECONDS),
                        primary.primary(),
                        cloud.settings().region());
    }

    private Eni primary() {
        for (Eni eni : cloud.contents().enisOf(instance.id())) {
            EniAttachment attachment = eni.attachment();
            if (attachment != null && attachment.card() == 0 && attachment.device() == 0) {
                return eni;
            }
        }
        throw new IllegalStateException(instance.id() + " runs without a primary interface");
    }

    private String groupNames(Collection<SecurityGroupId> ids) {
        var names = new ArrayList<String>();
        for (SecurityGroupId id : ids) {
            names.add(Objects.requireNonNull(cloud.contents().groups().get(id)).name());
        }
        return lines(names);
    }

    private Subnet subnet(SubnetId id) {
        return Objects.requireNonNull(cloud.contents().subnets().get(id));
    }

    /** Leaves out what is empty: an empty answer would be taken for a value. */
    private void putLines(String path, Collection<?> entries) {
        if (!entries.isEmpty()) {
            put(path, lines(entries));
        }
    }

    private void put(String path, String value) {
        values.put(path, value);
    }

    private static String lines(Collection<?> values) {
        return values.stream().map(Object::toString).collect(Collectors.joining("\n"));
    }
}
