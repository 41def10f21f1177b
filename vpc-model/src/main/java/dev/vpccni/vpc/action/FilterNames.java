package dev.vpccni.vpc.action;

import dev.vpccni.model.InstanceType;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.vpc.api.EniDescription;
import dev.vpccni.vpc.api.EniDescription.AttachmentDescription;
import dev.vpccni.vpc.api.InstanceDescription;
import dev.vpccni.vpc.api.SubnetDescription;
import dev.vpccni.vpc.api.VpcDescription;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/** The filters that a Describe call has, and the values of what it describes for each of them. */
final class FilterNames<T> {

    private static final String TAG = "tag:";
    private static final String TAG_KEY = "tag-key";

    static final FilterNames<EniDescription> INTERFACES =
            new FilterNames<>(EniDescription::tags)
                    .with("network-interface-id", eni -> eni.id())
                    .with("status", EniDescription::status)
                    .with("description", EniDescription::description)
                    .with("vpc-id", EniDescription::vpc)
                    .with("subnet-id", EniDescription::subnet)
                    .with("availability-zone", EniDescription::zone)
                    .with("mac-address", EniDescription::mac)
                    .with("interface-type", EniDescription::type)
                    .with("source-dest-check", EniDescription::sourceDestCheck)
                    .withAll(
                            "group-id",
                            eni ->
                                    eni.groups().keySet().stream()
                                            .map(SecurityGroupId::value)
                                            .toList())
                    .with("private-ip-address", EniDescription::primaryAddress)
                    .withAll("addresses.private-ip-address", eni -> texts(eni.addresses()))
                    .withAll("attachment.attachment-id", of(AttachmentDescription::id))
                    .withAll("attachment.instance-id", of(AttachmentDescription::instance))
                    .withAll("attachment.status", of(AttachmentDescription::status))
                    .withAll("attachment.device-index", of(AttachmentDescription::device))
                    .withAll(
                            "attachment.delete-on-termination",
                            of(AttachmentDescription::deleteOnTermination));

    static final FilterNames<InstanceDescription> INSTANCES =
            new FilterNames<>(InstanceDescription::tags)
                    .with("instance-id", InstanceDescription::id)
                    .with("instance-type", instance -> instance.type().name())
                    .with(
                            "instance-state-name",
                            instance -> instance.running() ? "running" : "terminated")
                    .with("vpc-id", InstanceDescription::vpc)
                    .with("subnet-id", InstanceDescription::subnet)
                    .with("availability-zone", InstanceDescription::zone)
                    .withAll(
                            "private-ip-address",
                            instance ->
                                    instance.enis().stream()
                                            .limit(1)
                                            .map(eni -> eni.primaryAddress().toString())
                                            .toList())
                    .withAll(
                            "network-interface.network-interface-id",
                            instance ->
                                    instance.enis().stream().map(eni -> eni.id().value()).toList());

    static final FilterNames<SubnetDescription> SUBNETS =
            new FilterNames<>(SubnetDescription::tags)
                    .with("subnet-id", SubnetDescription::id)
                    .with("vpc-id", SubnetDescription::vpc)
                    .with("availability-zone", SubnetDescription::zone)
                    .with("availabilityZone", SubnetDescription::zone)
                    .with("cidr-block", SubnetDescription::cidr)
                    .with("cidr", SubnetDescription::cidr)
                    .with("cidrBlock", SubnetDescription::cidr)
                    .with("available-ip-address-count", SubnetDescription::availableAddresses)
                    .with("state", _ -> "available")
                    .with("default-for-az", _ -> false)
                    .with("defaultForAz", _ -> false);

    static final FilterNames<VpcDescription> VPCS =
            new FilterNames<>(VpcDescription::tags)
                    .with("vpc-id", VpcDescription::id)
                    .with("cidr", vpc -> vpc.cidrs().getFirst())
                    .with("cidr-block", vpc -> vpc.cidrs().getFirst())
                    .with("state", _ -> "available");

    /** Of what is known of types here; tags they have none. */
    static final FilterNames<InstanceType> TYPES =
            new FilterNames<InstanceType>(_ -> Collections.emptySortedMap())
                    .with("instance-type", InstanceType::name)
                    .withAll(
                            "hypervisor",
                            type ->
                                    type.bareMetal() || type.hypervisor().equals("unknown")
                                            ? List.of()
                                            : List.of(type.hypervisor()))
                    .with("bare-metal", InstanceType::bareMetal)
                    .with("network-info.maximum-network-interfaces", InstanceType::allInterfaces)
                    .with(
                            "network-info.maximum-network-cards",
                            type -> type.interfacesPerCard().size())
                    .with(
                            "network-info.ipv4-addresses-per-interface",
                            InstanceType::addressesPerInterface);

    private final SortedMap<String, Function<T, List<String>>> names = new TreeMap<>();
    private final Function<T, SortedMap<String, String>> tags;

    private FilterNames(Function<T, SortedMap<String, String>> tags) {
        this.tags = tags;
    }

    /** Tells whether there is a filter of this name. */
    boolean has(String name) {
        return names.containsKey(name) || name.equals(TAG_KEY) || name.startsWith(TAG);
    }

    /** Returns the values that {@code it} has for the filter {@code name}. */
    List<String> values(T it, String name) {
        if (name.equals(TAG_KEY)) {
            return List.copyOf(tags.apply(it).keySet());
        }
        if (name.startsWith(TAG)) {
            String value = tags.apply(it).get(name.substring(TAG.length()));
            return value == null ? List.of() : List.of(value);
        }
        return Objects.requireNonNull(names.get(name), name).apply(it);
    }

    private FilterNames<T> with(String name, Function<T, Object> value) {
        return withAll(name, it -> List.of(value.apply(it).toString()));
    }

    private FilterNames<T> withAll(String name, Function<T, List<String>> values) {
        names.put(name, values);
        return this;
    }

    private static List<String> texts(List<?> values) {
        return values.stream().map(Object::toString).toList();
    }

    private static Function<EniDescription, List<String>> of(
            Function<AttachmentDescription, Object> value) {
        return eni -> {
            AttachmentDescription attachment = eni.attachment();
            return attachment == null ? List.of() : List.of(value.apply(attachment).toString());
        };
    }
}
