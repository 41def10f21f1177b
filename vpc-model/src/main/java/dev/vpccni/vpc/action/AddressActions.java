package dev.vpccni.vpc.action;

import dev.vpccni.model.Cidr;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.IpFamily;
import dev.vpccni.vpc.api.AddressBlocks;
import dev.vpccni.vpc.api.Ec2Reply;
import dev.vpccni.vpc.api.Ec2Request.AssignIpv6Addresses;
import dev.vpccni.vpc.api.Ec2Request.AssignPrivateIpAddresses;
import dev.vpccni.vpc.api.Ec2Request.UnassignIpv6Addresses;
import dev.vpccni.vpc.api.Ec2Request.UnassignPrivateIpAddresses;
import dev.vpccni.vpc.api.WantedBlocks;
import dev.vpccni.vpc.state.Eni;
import dev.vpccni.vpc.state.Eni.Held;
import dev.vpccni.vpc.state.Eni.Leaving;
import dev.vpccni.vpc.state.Subnet;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Secondary addresses and prefixes come and go. */
final class AddressActions {

    private static final Blocks IPV4 = new Blocks(IpFamily.IPV4);
    private static final Blocks IPV6 = new Blocks(IpFamily.IPV6);

    private AddressActions() {}

    static Ec2Reply.AddressesAssigned assign(CloudDraft draft, AssignPrivateIpAddresses request) {
        List<Cidr> taken =
                assign(
                        draft,
                        IPV4,
                        request.id(),
                        request.wanted(),
                        request.allowReassignment(),
                        "secondaryPrivateIpAddressCount");
        return new Ec2Reply.AddressesAssigned(request.id(), AddressBlocks.of(taken));
    }

    static Ec2Reply.Ipv6AddressesAssigned assign(CloudDraft draft, AssignIpv6Addresses request) {
        List<Cidr> taken =
                assign(draft, IPV6, request.id(), request.wanted(), false, "ipv6AddressCount");
        return new Ec2Reply.Ipv6AddressesAssigned(request.id(), AddressBlocks.of(taken));
    }

    static Ec2Reply.Nothing unassign(CloudDraft draft, UnassignPrivateIpAddresses request) {
        var blocks =
                new AddressBlocks(request.addresses(), request.prefixes(), List.of(), List.of());
        unassign(draft, IPV4, request.id(), blocks.all(), "privateIpAddresses");
        return new Ec2Reply.Nothing();
    }

    static Ec2Reply.Ipv6AddressesUnassigned unassign(
            CloudDraft draft, UnassignIpv6Addresses request) {
        var blocks =
                new AddressBlocks(List.of(), List.of(), request.addresses(), request.prefixes());
        unassign(draft, IPV6, request.id(), blocks.all(), "ipv6Addresses");
        return new Ec2Reply.Ipv6AddressesUnassigned(request.id(), blocks);
    }

    private static List<Cidr> assign(
            CloudDraft draft,
            Blocks blocks,
            InterfaceId id,
            WantedBlocks wanted,
            boolean allowReassignment,
            String missing) {
        blocks.checkCombination(wanted);
        if (wanted.total() == 0) {
            throw RequestRefused.missing(missing);
        }
        Eni eni = draft.eni(id);
        if (allowReassignment) {
            takeFromOthers(draft, eni, wanted.addresses());
        }
        Subnet subnet = draft.subnet(eni.subnet());
        blocks.checkListed(subnet, eni, wanted);
        blocks.checkRoom(draft, eni, wanted);
        List<Cidr> taken = blocks.take(draft, subnet, wanted);
        Instant shown = draft.after(draft.settings.latency().metadataUpdate());
        var held = new ArrayList<>(eni.blocks());
        taken.forEach(block -> held.add(new Held(block, shown)));
        draft.put(eni.withBlocks(held, eni.leaving()));
        return taken;
    }

    private static void unassign(
            CloudDraft draft, Blocks blocks, InterfaceId id, List<Cidr> given, String missing) {
        if (given.isEmpty()) {
            throw RequestRefused.missing(missing);
        }
        Eni eni = draft.eni(id);
        if (!given.stream().allMatch(eni::holds)) {
            throw RequestRefused.invalidValue(
                    "Some of the specified addresses are not assigned to interface " + eni.id());
        }
        var leaving = new TreeSet<>(given);
        release(draft, eni, leaving);
        blocks.give(draft, draft.subnet(eni.subnet()), leaving);
    }

    private static void takeFromOthers(CloudDraft draft, Eni eni, Collection<IpAddress> addresses) {
        for (Eni other : draft.in.enis().values()) {
            var moving = new TreeSet<Cidr>();
            addresses.stream().map(IpAddress::only).filter(other::holds).forEach(moving::add);
            if (!moving.isEmpty() && !other.id().equals(eni.id())) {
                release(draft, other, moving);
                Subnet subnet = draft.subnet(other.subnet());
                draft.put(subnet.with(subnet.pool().give(moving, draft.now)));
            }
        }
    }

    private static void release(CloudDraft draft, Eni eni, Set<Cidr> blocks) {
        Instant gone = draft.after(draft.settings.latency().metadataUpdate());
        var held = new ArrayList<Held>();
        var leaving = new ArrayList<>(eni.leaving());
        leaving.removeIf(former -> !former.metadataUntil().isAfter(draft.now));
        for (Held each : eni.blocks()) {
            if (!blocks.contains(each.block())) {
                held.add(each);
            } else if (!each.metadataFrom().isAfter(draft.now)) {
                leaving.add(new Leaving(each.block(), gone));
            }
        }
        draft.put(eni.withBlocks(held, leaving));
    }
}
