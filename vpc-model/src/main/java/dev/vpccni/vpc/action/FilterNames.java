package dev.vpccni.vpc.action;

import dev.vpccni.model.InstanceType;
import dev.vpccni.model.IpFamily;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.vpc.api.AddressLimits;
import dev.vpccni.vpc.api.CidrReservation;
import dev.vpccni.vpc.api.EniDescription;
import dev.vpccni.vpc.api.EniDescription.AttachmentDescription;
import dev.vpccni.vpc.api.InstanceDescription;
import dev.vpccni.vpc.api.Naming;
import dev.vpccni.vpc.api.SecurityGroupDescription;
import dev.vpccni.vpc.api.SubnetDescription;
import dev.vpccni.vpc.api.TagDescription;
import dev.vpccni.vpc.api.TrunkAssociation;
import dev.vpccni.vpc.api.VpcDescription;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
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
                    .withAll(
                            "ipv6-addresses.ipv6-address", eni -> texts(eni.held().ipv6Addresses()))
                    .withAll("attachment.attachment-id", of(AttachmentDescription::id))
                    .withAll("attachment.instance-id", of(AttachmentDescription::instance))
                    .withAll("attachment.status", of(AttachmentDescription::status))
                    .withAll("attachment.network-card-index", of(AttachmentDescription::card))
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
                    .withAll(
                            "ipv6-cidr-block-association.ipv6-cidr-block",
                            subnet ->
                                    subnet.ipv6Cidr() == null
                                            ? List.of()
                                            : texts(List.of(subnet.ipv6Cidr())))
                    .with("available-ip-address-count", SubnetDescription::availableAddresses)
                    .with("state", _ -> "available")
                    .with("default-for-az", _ -> false)
                    .with("defaultForAz", _ -> false);

    static final FilterNames<VpcDescription> VPCS =
            new FilterNames<>(VpcDescription::tags)
                    .with("vpc-id", VpcDescription::id)
                    .with("cidr", vpc -> vpc.cidrs().getFirst())
                    .with("cidr-block", vpc -> vpc.cidrs().getFirst())
                    .withAll("cidr-block-association.cidr-block", vpc -> texts(vpc.cidrs()))
                    .withAll(
                            "ipv6-cidr-block-association.ipv6-cidr-block",
                            vpc -> texts(vpc.ipv6Cidrs()))
                    .with("state", _ -> "available");

    static final FilterNames<SecurityGroupDescription> GROUPS =
            new FilterNames<>(SecurityGroupDescription::tags)
                    .with("group-id", SecurityGroupDescription::id)
                    .with("group-name", SecurityGroupDescription::name)
                    .with("description", SecurityGroupDescription::description)
                    .with("vpc-id", SecurityGroupDescription::vpc);

    static final FilterNames<CidrReservation> RESERVATIONS =
            FilterNames.<CidrReservation>untagged()
                    .with("reservationType", it -> it.kind().name().toLowerCase(Locale.ROOT))
                    .with("subnet-id", CidrReservation::subnet);

    static final FilterNames<String> ZONES =
            FilterNames.<String>untagged()
                    .with("zone-name", name -> name)
                    .with("zone-id", Naming::zoneId)
                    .with("zone-type", _ -> "availability-zone")
                    .with("state", _ -> "available")
                    .with("region-name", name -> name.substring(0, name.length() - 1));

    /** The last one is not documented, and the managed controller sends it. */
    static final FilterNames<TrunkAssociation> ASSOCIATIONS =
            FilterNames.<TrunkAssociation>untagged()
                    .with("interface-protocol", _ -> "VLAN")
                    .withAll("gre-key", _ -> List.of())
                    .with(
                            "trunk-interface-association.trunk-interface-id",
                            TrunkAssociation::trunk);

    /** Here a filter {@code tag:KEY} is for the value of a tag of this key. */
    static final FilterNames<TagDescription> TAGS =
            new FilterNames<TagDescription>(TagDescription::asMap)
                    .with("resource-id", TagDescription::resource)
                    .with("resource-type", TagDescription::type)
                    .with("key", TagDescription::key)
                    .with("value", TagDescription::value);

    /** Of what is known of types here; tags they have none. */
    static final FilterNames<InstanceType> TYPES =
            FilterNames.<InstanceType>untagged()
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
                            InstanceType::addressesPerInterface)
                    .with(
                            "network-info.ipv6-addresses-per-interface",
                            type -> AddressLimits.perInterface(type, IpFamily.IPV6))
                    .with("network-info.ipv6-supported", AddressLimits::hasIpv6);

    private final SortedMap<String, Function<T, List<String>>> names = new TreeMap<>();
    private final Function<T, SortedMap<String, String>> tags;

    private FilterNames(Function<T, SortedMap<String, String>> tags) {
        this.tags = tags;
    }

    private static <T> FilterNames<T> untagged() {
        return new FilterNames<>(_ -> Collections.emptySortedMap());
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
