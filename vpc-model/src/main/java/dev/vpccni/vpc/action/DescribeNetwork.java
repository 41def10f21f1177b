package dev.vpccni.vpc.action;

import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.vpc.api.CidrReservation;
import dev.vpccni.vpc.api.Ec2Reply;
import dev.vpccni.vpc.api.Ec2Request;
import dev.vpccni.vpc.api.Naming;
import dev.vpccni.vpc.api.NetworkRequest;
import dev.vpccni.vpc.api.Page;
import dev.vpccni.vpc.api.SecurityGroupDescription;
import dev.vpccni.vpc.api.SubnetDescription;
import dev.vpccni.vpc.api.VpcDescription;
import dev.vpccni.vpc.state.Subnet;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/** The actions that only look at what instances and interfaces live in. */
final class DescribeNetwork {

    private DescribeNetwork() {}

    static Ec2Reply.Subnets subnets(CloudDraft draft, Ec2Request.DescribeSubnets request) {
        var listing =
                new Listing<>(
                        Describe.scope(draft, "subnets"),
                        request.filters(),
                        request.page(),
                        subnet -> subnet.id().value(),
                        FilterNames.SUBNETS);
        if (!request.ids().isEmpty()) {
            listing.refusePage();
            List<SubnetDescription> named =
                    new TreeSet<>(request.ids())
                            .stream().map(id -> draft.subnet(id).describe()).toList();
            return new Ec2Reply.Subnets(listing.matching(named), null);
        }
        var page =
                listing.page(draft.in.subnets().values().stream().map(Subnet::describe).toList());
        return new Ec2Reply.Subnets(page.entries(), page.next());
    }

    static Ec2Reply.Vpcs vpcs(CloudDraft draft, Ec2Request.DescribeVpcs request) {
        var listing =
                new Listing<>(
                        Describe.scope(draft, "vpcs"),
                        request.filters(),
                        request.page(),
                        vpc -> vpc.id().value(),
                        FilterNames.VPCS);
        if (!request.ids().isEmpty()) {
            listing.refusePage();
            List<VpcDescription> named =
                    new TreeSet<>(request.ids()).stream().map(draft::vpc).toList();
            return new Ec2Reply.Vpcs(listing.matching(named), null);
        }
        var page = listing.page(draft.in.vpcs().values());
        return new Ec2Reply.Vpcs(page.entries(), page.next());
    }

    static Ec2Reply.Groups groups(CloudDraft draft, NetworkRequest.DescribeSecurityGroups request) {
        var listing =
                new Listing<>(
                        Describe.scope(draft, "groups"),
                        request.filters(),
                        request.page(),
                        group -> group.id().value(),
                        FilterNames.GROUPS);
        List<SecurityGroupDescription> all = draft.in.groups().values();
        for (SecurityGroupId id : request.ids()) {
            if (draft.in.groups().get(id) == null) {
                throw noGroup(id.value());
            }
        }
        for (String name : request.names()) {
            if (all.stream().noneMatch(group -> group.name().equals(name))) {
                throw noGroup(name);
            }
        }
        if (!request.ids().isEmpty() || !request.names().isEmpty()) {
            listing.refusePage();
            List<SecurityGroupDescription> named =
                    all.stream()
                            .filter(group ->
                                    request.ids().isEmpty() || request.ids().contains(group.id()))
                            .filter(group ->
                                    request.names().isEmpty()
                                            || request.names().contains(group.name()))
                            .toList();
            return new Ec2Reply.Groups(listing.matching(named), null);
        }
        var page = listing.page(all);
        return new Ec2Reply.Groups(page.entries(), page.next());
    }

    static Ec2Reply.Reservations reservations(
            CloudDraft draft, NetworkRequest.GetSubnetCidrReservations request) {
        var listing =
                new Listing<>(
                        Describe.scope(draft, "reservations " + request.subnet()),
                        request.filters(),
                        request.page(),
                        CidrReservation::id,
                        FilterNames.RESERVATIONS);
        var page =
                listing.page(
                        draft.subnet(request.subnet()).reservations().stream()
                                .sorted(Comparator.comparing(CidrReservation::id))
                                .toList());
        return new Ec2Reply.Reservations(page.entries(), page.next());
    }

    static Ec2Reply.Zones zones(
            CloudDraft draft, NetworkRequest.DescribeAvailabilityZones request) {
        List<String> all = Naming.zones(draft.settings.region());
        for (String name : request.names()) {
            if (!all.contains(name)) {
                throw RequestRefused.invalidValue("Invalid availability zone: [" + name + "]");
            }
        }
        var listing =
                new Listing<>(
                        Describe.scope(draft, "zones"),
                        request.filters(),
                        Page.ALL,
                        name -> name,
                        FilterNames.ZONES);
        List<String> named =
                all.stream()
                        .filter(name -> request.names().isEmpty() || request.names().contains(name))
                        .toList();
        return new Ec2Reply.Zones(listing.matching(named));
    }

    private static RequestRefused noGroup(String which) {
        return RequestRefused.of(
                "InvalidGroup.NotFound", "The security group '" + which + "' does not exist");
    }
}
