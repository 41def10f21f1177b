package dev.vpccni.vpc.action;

import static dev.vpccni.vpc.action.NetworkActions.hasAllowedSize;
import static dev.vpccni.vpc.action.NetworkActions.overlap;

import dev.vpccni.model.Cidr;
import dev.vpccni.model.Ipv6Cidr;
import dev.vpccni.model.SubnetId;
import dev.vpccni.vpc.api.CidrReservation;
import dev.vpccni.vpc.api.Ec2Reply;
import dev.vpccni.vpc.api.Ec2Request.CreateSubnet;
import dev.vpccni.vpc.api.Naming;
import dev.vpccni.vpc.api.NetworkRequest.AssociateSubnetCidrBlock;
import dev.vpccni.vpc.api.NetworkRequest.CreateSubnetCidrReservation;
import dev.vpccni.vpc.api.NetworkRequest.DeleteSubnet;
import dev.vpccni.vpc.api.NetworkRequest.DeleteSubnetCidrReservation;
import dev.vpccni.vpc.api.VpcDescription;
import dev.vpccni.vpc.state.Eni;
import dev.vpccni.vpc.state.Ipv4Pool;
import dev.vpccni.vpc.state.Ipv6Pool;
import dev.vpccni.vpc.state.Past;
import dev.vpccni.vpc.state.Subnet;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Subnets come and go, and keep parts of themselves for a use. */
final class SubnetActions {

    private SubnetActions() {}

    static Ec2Reply.SubnetCreated create(CloudDraft draft, CreateSubnet request) {
        TagActions.check(request.tags());
        VpcDescription vpc = draft.vpc(request.vpc());
        String zone = zone(draft, request.zone());
        if (!hasAllowedSize(request.cidr())) {
            throw outside(request.cidr());
        }
        checkPlace(draft, vpc, request.cidr());
        Ipv6Cidr six = request.ipv6Cidr();
        if (six != null) {
            checkIpv6(draft, vpc, six);
        }
        var subnet =
                new Subnet(
                        new SubnetId(draft.newId("subnet-")),
                        vpc.id(),
                        zone,
                        request.tags(),
                        List.of(),
                        Ipv4Pool.of(request.cidr()),
                        six == null ? null : Ipv6Pool.of(six));
        draft.put(subnet);
        return new Ec2Reply.SubnetCreated(subnet.describe());
    }

    static Ec2Reply.SubnetBlockAssociated associate(
            CloudDraft draft, AssociateSubnetCidrBlock request) {
        Subnet subnet = draft.subnet(request.subnet());
        if (subnet.ipv6() != null) {
            throw RequestRefused.of(
                    "SubnetCidrLimitExceeded",
                    "The subnet '" + subnet.id() + "' has an IPv6 CIDR block already");
        }
        checkIpv6(draft, draft.vpc(subnet.vpc()), request.cidr());
        draft.put(subnet.with(Ipv6Pool.of(request.cidr())));
        return new Ec2Reply.SubnetBlockAssociated(subnet.id(), request.cidr());
    }

    /** What is still shown of interfaces in a subnet keeps it as they do themselves. */
    static Ec2Reply.Nothing delete(CloudDraft draft, DeleteSubnet request) {
        Subnet subnet = draft.subnet(request.id());
        var left = new ArrayList<Eni>(draft.in.enis().values());
        draft.in.ghosts().forEach(ghost -> left.add(ghost.eni()));
        draft.in.past().forEach(versions -> versions.forEach(version -> add(left, version)));
        if (left.stream().anyMatch(eni -> eni.subnet().equals(subnet.id()))) {
            throw RequestRefused.of(
                    "DependencyViolation",
                    "The subnet '" + subnet.id() + "' has dependencies and cannot be deleted.");
        }
        draft.in = draft.in.remove(subnet);
        return new Ec2Reply.Nothing();
    }

    static Ec2Reply.ReservationCreated reserve(
            CloudDraft draft, CreateSubnetCidrReservation request) {
        Subnet subnet = draft.subnet(request.subnet());
        if (!subnet.cidr().contains(request.cidr())) {
            throw RequestRefused.invalidValue(
                    "The CIDR '" + request.cidr() + "' is not within subnet '" + subnet.id() + "'");
        }
        for (CidrReservation other : subnet.reservations()) {
            if (overlap(other.cidr(), request.cidr())) {
                throw RequestRefused.of(
                        "InvalidCidrReservation.Conflict",
                        "The CIDR '" + request.cidr() + "' overlaps reservation " + other.id());
            }
        }
        var reservation =
                new CidrReservation(
                        draft.newId("scr-"),
                        subnet.id(),
                        request.cidr(),
                        request.kind(),
                        request.description());
        var reservations = new ArrayList<>(subnet.reservations());
        reservations.add(reservation);
        draft.put(subnet.with(reservations));
        return new Ec2Reply.ReservationCreated(reservation);
    }

    static Ec2Reply.ReservationDeleted unreserve(
            CloudDraft draft, DeleteSubnetCidrReservation request) {
        for (Subnet subnet : draft.in.subnets().values()) {
            for (CidrReservation reservation : subnet.reservations()) {
                if (reservation.id().equals(request.id())) {
                    var left = new ArrayList<>(subnet.reservations());
                    left.remove(reservation);
                    draft.put(subnet.with(left));
                    return new Ec2Reply.ReservationDeleted(reservation);
                }
            }
        }
        throw RequestRefused.of(
                "InvalidSubnetCidrReservationID.NotFound",
                "The subnet CIDR reservation ID '" + request.id() + "' does not exist");
    }

    private static String zone(CloudDraft draft, String wanted) {
        for (String zone : Naming.zones(draft.settings.region())) {
            if (wanted.isEmpty() || wanted.equals(zone) || wanted.equals(Naming.zoneId(zone))) {
                return zone;
            }
        }
        throw RequestRefused.invalidValue(
                "Value (" + wanted + ") for parameter availabilityZone is invalid.");
    }

    private static void add(List<Eni> enis, Past version) {
        @Nullable Eni eni = version.eni();
        if (eni != null) {
            enis.add(eni);
        }
    }

    private static void checkIpv6(CloudDraft draft, VpcDescription vpc, Ipv6Cidr cidr) {
        if (cidr.prefixLength() != Ipv6Pool.SUBNET_BITS) {
            throw outside(cidr);
        }
        checkPlace(draft, vpc, cidr);
    }

    /** Refuses a block that is outside of {@code vpc}, or where another subnet is. */
    private static void checkPlace(CloudDraft draft, VpcDescription vpc, Cidr cidr) {
        var blocks = new ArrayList<Cidr>(vpc.cidrs());
        blocks.addAll(vpc.ipv6Cidrs());
        if (blocks.stream().noneMatch(block -> block.contains(cidr))) {
            throw outside(cidr);
        }
        for (Subnet other : draft.in.subnets().values()) {
            Ipv6Pool six = other.ipv6();
            boolean there =
                    overlap(other.cidr(), cidr) || (six != null && overlap(six.cidr(), cidr));
            if (other.vpc().equals(vpc.id()) && there) {
                throw RequestRefused.of(
                        "InvalidSubnet.Conflict",
                        "The CIDR '" + cidr + "' conflicts with another subnet");
            }
        }
    }

    private static RequestRefused outside(Cidr cidr) {
        return RequestRefused.of("InvalidSubnet.Range", "The CIDR '" + cidr + "' is invalid.");
    }
}
