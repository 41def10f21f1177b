package dev.vpccni.vpc.action;

import dev.vpccni.model.InstanceType;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.vpc.api.Ec2Reply;
import dev.vpccni.vpc.api.Ec2Request.AssignPrivateIpAddresses;
import dev.vpccni.vpc.api.Ec2Request.UnassignPrivateIpAddresses;
import dev.vpccni.vpc.state.AddressPool;
import dev.vpccni.vpc.state.Eni;
import dev.vpccni.vpc.state.Eni.Held;
import dev.vpccni.vpc.state.Eni.Leaving;
import dev.vpccni.vpc.state.EniAttachment;
import dev.vpccni.vpc.state.Subnet;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Secondary addresses come and go. */
final class AddressActions {

    private AddressActions() {}

    static Ec2Reply.AddressesAssigned assign(CloudDraft draft, AssignPrivateIpAddresses request) {
        if (request.addresses().isEmpty() == (request.count() == 0)) {
            throw request.count() == 0
                    ? RequestRefused.missing("secondaryPrivateIpAddressCount")
                    : RequestRefused.of(
                            "InvalidParameterCombination",
                            "The parameter secondaryPrivateIpAddressCount cannot be used with the"
                                    + " parameter privateIpAddresses");
        }
        Eni eni = draft.eni(request.id());
        if (request.allowReassignment()) {
            takeFromOthers(draft, eni, request.addresses());
        }
        checkExplicit(draft.subnet(eni.subnet()), eni, request.addresses());
        long wanted = request.addresses().size() + (long) request.count();
        if (eni.addresses().size() + wanted > mostAddresses(draft, eni)) {
            throw RequestRefused.of(
                    "PrivateIpAddressLimitExceeded",
                    "Number of private addresses will exceed limit.");
        }
        List<Ipv4Address> taken =
                take(draft, draft.subnet(eni.subnet()), request.addresses(), request.count());
        Instant shown = draft.after(draft.settings.latency().metadataUpdate());
        var held = new ArrayList<>(eni.secondaries());
        taken.forEach(address -> held.add(new Held(address, shown)));
        draft.put(eni.withAddresses(held, eni.leaving()));
        return new Ec2Reply.AddressesAssigned(eni.id(), taken);
    }

    static Ec2Reply.Nothing unassign(CloudDraft draft, UnassignPrivateIpAddresses request) {
        if (request.addresses().isEmpty()) {
            throw RequestRefused.missing("privateIpAddresses");
        }
        Eni eni = draft.eni(request.id());
        for (Ipv4Address address : request.addresses()) {
            if (eni.secondaries().stream().noneMatch(held -> held.address().equals(address))) {
                throw RequestRefused.invalidValue(
                        "Some of the specified addresses are not assigned to interface "
                                + eni.id());
            }
        }
        var leaving = new TreeSet<>(request.addresses());
        release(draft, eni, leaving);
        Subnet subnet = draft.subnet(eni.subnet());
        draft.put(subnet.with(subnet.pool().at(draft.now).give(leaving, draft.restUntil())));
        return new Ec2Reply.Nothing();
    }

    /**
     * Takes {@code explicit} addresses, checked before, and {@code count} others.
     *
     * @throws RequestRefused if the subnet has too few; then none is taken
     */
    static List<Ipv4Address> take(
            CloudDraft draft, Subnet subnet, List<Ipv4Address> explicit, int count) {
        AddressPool pool = subnet.pool().at(draft.now).take(explicit);
        if (pool.available() < count) {
            throw RequestRefused.of(
                    "InsufficientFreeAddressesInSubnet",
                    "The specified subnet does not have enough free addresses to satisfy the"
                            + " request.");
        }
        List<Ipv4Address> chosen = pool.choose(count, draft.settings.addresses(), draft::random);
        draft.put(subnet.with(pool.take(chosen)));
        var taken = new ArrayList<>(explicit);
        taken.addAll(chosen);
        return taken;
    }

    /** Refuses addresses that cannot be given to {@code eni}, or to a new interface if null. */
    static void checkExplicit(Subnet subnet, @Nullable Eni eni, List<Ipv4Address> addresses) {
        if (new TreeSet<>(addresses).size() < addresses.size()) {
            throw RequestRefused.invalidValue("The same address is specified more than once");
        }
        for (Ipv4Address address : addresses) {
            if (!subnet.cidr().contains(address)) {
                throw RequestRefused.invalidValue(
                        "Address " + address + " does not fall within the subnet's address range");
            }
            if (subnet.pool().isReserved(address)) {
                throw RequestRefused.invalidValue(
                        "Address " + address + " is in subnet's reserved address range");
            }
            if (eni != null && eni.addresses().contains(address)) {
                throw RequestRefused.of(
                        "Resource.AlreadyAssigned",
                        "Address " + address + " is already assigned to interface " + eni.id());
            }
            if (subnet.pool().isTaken(address)) {
                throw RequestRefused.of(
                        "InvalidIPAddress.InUse", "Address " + address + " is in use.");
            }
        }
    }

    private static int mostAddresses(CloudDraft draft, Eni eni) {
        EniAttachment held = eni.heldBy(draft.now);
        if (held == null) {
            return Quotas.ADDRESSES_PER_FREE_INTERFACE;
        }
        InstanceType type = draft.instance(held.instance()).type();
        return type.addressesPerInterface();
    }

    private static void takeFromOthers(CloudDraft draft, Eni eni, List<Ipv4Address> addresses) {
        for (Eni other : draft.in.enis().values()) {
            var moving = new TreeSet<>(addresses);
            moving.retainAll(other.secondaries().stream().map(Held::address).toList());
            if (!moving.isEmpty() && !other.id().equals(eni.id())) {
                release(draft, other, moving);
                Subnet subnet = draft.subnet(other.subnet());
                draft.put(subnet.with(subnet.pool().give(moving, draft.now)));
            }
        }
    }

    private static void release(CloudDraft draft, Eni eni, Set<Ipv4Address> addresses) {
        Instant gone = draft.after(draft.settings.latency().metadataUpdate());
        var held = new ArrayList<Held>();
        var leaving = new ArrayList<>(eni.leaving());
        leaving.removeIf(former -> !former.metadataUntil().isAfter(draft.now));
        for (Held secondary : eni.secondaries()) {
            if (!addresses.contains(secondary.address())) {
                held.add(secondary);
            } else if (!secondary.metadataFrom().isAfter(draft.now)) {
                leaving.add(new Leaving(secondary.address(), gone));
            }
        }
        draft.put(eni.withAddresses(held, leaving));
    }
}
