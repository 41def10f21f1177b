package dev.vpccni.vpc;

import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.vpc.EniDescription.AttachmentDescription;
import java.util.List;
import java.util.SortedMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What the names of filters stand for; null where EC2 has no such filter. */
final class FilterNames {

    private FilterNames() {}

    static @Nullable List<String> ofInterface(EniDescription eni, String name) {
        AttachmentDescription attachment = eni.attachment();
        return switch (name) {
            case "network-interface-id" -> List.of(eni.id().value());
            case "status" -> List.of(eni.status());
            case "description" -> List.of(eni.description());
            case "vpc-id" -> List.of(eni.vpc().value());
            case "subnet-id" -> List.of(eni.subnet().value());
            case "availability-zone" -> List.of(eni.zone());
            case "mac-address" -> List.of(eni.mac().toString());
            case "interface-type" -> List.of(eni.type());
            case "source-dest-check" -> List.of(String.valueOf(eni.sourceDestCheck()));
            case "group-id" -> eni.groups().keySet().stream().map(SecurityGroupId::value).toList();
            case "private-ip-address" -> List.of(eni.primaryAddress().toString());
            case "addresses.private-ip-address" ->
                    eni.addresses().stream().map(Object::toString).toList();
            case "attachment.attachment-id" -> of(attachment, it -> it.id().value());
            case "attachment.instance-id" -> of(attachment, it -> it.instance().value());
            case "attachment.status" -> of(attachment, AttachmentDescription::status);
            case "attachment.device-index" -> of(attachment, it -> String.valueOf(it.device()));
            case "attachment.delete-on-termination" ->
                    of(attachment, it -> String.valueOf(it.deleteOnTermination()));
            default -> ofTags(eni.tags(), name);
        };
    }

    static @Nullable List<String> ofInstance(InstanceDescription instance, String name) {
        return switch (name) {
            case "instance-id" -> List.of(instance.id().value());
            case "instance-type" -> List.of(instance.type().name());
            case "instance-state-name" -> List.of(instance.running() ? "running" : "terminated");
            case "vpc-id" -> List.of(instance.vpc().value());
            case "subnet-id" -> List.of(instance.subnet().value());
            case "availability-zone" -> List.of(instance.zone());
            case "private-ip-address" ->
                    instance.enis().stream()
                            .limit(1)
                            .map(eni -> eni.primaryAddress().toString())
                            .toList();
            case "network-interface.network-interface-id" ->
                    instance.enis().stream().map(eni -> eni.id().value()).toList();
            default -> ofTags(instance.tags(), name);
        };
    }

    static @Nullable List<String> ofSubnet(SubnetDescription subnet, String name) {
        return switch (name) {
            case "subnet-id" -> List.of(subnet.id().value());
            case "vpc-id" -> List.of(subnet.vpc().value());
            case "availability-zone", "availabilityZone" -> List.of(subnet.zone());
            case "cidr-block", "cidr", "cidrBlock" -> List.of(subnet.cidr().toString());
            case "available-ip-address-count" ->
                    List.of(String.valueOf(subnet.availableAddresses()));
            case "state" -> List.of("available");
            case "default-for-az", "defaultForAz" -> List.of("false");
            default -> ofTags(subnet.tags(), name);
        };
    }

    static @Nullable List<String> ofVpc(VpcDescription vpc, String name) {
        return switch (name) {
            case "vpc-id" -> List.of(vpc.id().value());
            case "cidr", "cidr-block" -> List.of(vpc.cidrs().getFirst().toString());
            case "state" -> List.of("available");
            default -> ofTags(vpc.tags(), name);
        };
    }

    private static @Nullable List<String> ofTags(SortedMap<String, String> tags, String name) {
        if (name.equals("tag-key")) {
            return List.copyOf(tags.keySet());
        }
        if (!name.startsWith("tag:")) {
            return null;
        }
        String value = tags.get(name.substring("tag:".length()));
        return value == null ? List.of() : List.of(value);
    }

    private static List<String> of(
            @Nullable AttachmentDescription attachment,
            Function<AttachmentDescription, String> value) {
        return attachment == null ? List.of() : List.of(value.apply(attachment));
    }
}
