package dev.vpccni.vpc.action;

import dev.vpccni.model.Cidr;
import dev.vpccni.model.InstanceType;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.IpFamily;
import dev.vpccni.vpc.api.AddressBlocks;
import dev.vpccni.vpc.api.AddressLimits;
import dev.vpccni.vpc.api.WantedBlocks;
import dev.vpccni.vpc.settings.VpcSettings.AddressChoice;
import dev.vpccni.vpc.settings.VpcSettings.ShortageCode;
import dev.vpccni.vpc.state.BlockPool;
import dev.vpccni.vpc.state.Eni;
import dev.vpccni.vpc.state.EniAttachment;
import dev.vpccni.vpc.state.Ipv4Pool;
import dev.vpccni.vpc.state.Subnet;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Addresses and prefixes of one family, as a request wants them: checked, and taken. */
final class Blocks {

    private final IpFamily family;

    Blocks(IpFamily family) {
        this.family = family;
    }

    /** Refuses a request that wants in more than one of the four ways. */
    void checkCombination(WantedBlocks wanted) {
        List<String> ways = new ArrayList<>();
        boolean four = family == IpFamily.IPV4;
        if (!wanted.addresses().isEmpty()) {
            ways.add(four ? "privateIpAddresses" : "ipv6Addresses");
        }
        if (wanted.addressCount() > 0) {
            ways.add(four ? "secondaryPrivateIpAddressCount" : "ipv6AddressCount");
        }
        if (!wanted.prefixes().isEmpty()) {
            ways.add(four ? "ipv4Prefixes" : "ipv6Prefixes");
        }
        if (wanted.prefixCount() > 0) {
            ways.add(four ? "ipv4PrefixCount" : "ipv6PrefixCount");
        }
        if (ways.size() > 1) {
            throw RequestRefused.of(
                    "InvalidParameterCombination",
                    "The parameter "
                            + ways.get(0)
                            + " cannot be used with the parameter "
                            + ways.get(1));
        }
    }

    /** Refuses what {@code eni}, or a new interface if null, can never have or has already. */
    void checkListed(Subnet subnet, @Nullable Eni eni, WantedBlocks wanted) {
        checkPrefixes(wanted.prefixes());
        List<Cidr> listed = listed(wanted);
        if (new TreeSet<>(listed).size() < listed.size()) {
            throw RequestRefused.invalidValue("The same address is specified more than once");
        }
        if (wanted.total() == 0) {
            return;
        }
        BlockPool pool = subnet.pool(family);
        if (pool == null) {
            throw RequestRefused.invalidValue(
                    "The subnet '" + subnet.id() + "' has no " + family + " CIDR block");
        }
        for (Cidr block : listed) {
            checkFree(pool, eni, block);
        }
    }

    /** Refuses more than {@code eni} has room for, wherever it is. */
    void checkRoom(CloudDraft draft, Eni eni, WantedBlocks wanted) {
        EniAttachment held = eni.heldBy(draft.now);
        InstanceType type = held == null ? null : draft.instance(held.instance()).type();
        checkPrefixesOf(type, wanted.prefixes().size() + (long) wanted.prefixCount());
        int most =
                type == null
                        ? Quotas.ADDRESSES_PER_FREE_INTERFACE
                        : AddressLimits.perInterface(type, family);
        checkSlots(eni.held().slots(family) + wanted.total(), most);
    }

    /** Refuses more than {@code most} addresses and prefixes. */
    static void checkSlots(long slots, int most) {
        if (slots > most) {
            throw RequestRefused.of(
                    "PrivateIpAddressLimitExceeded",
                    "Number of private addresses will exceed limit.");
        }
    }

    /** Refuses prefixes on what is not of the Nitro system. */
    static void checkPrefixesOf(@Nullable InstanceType type, long prefixes) {
        if (type != null && prefixes > 0 && !AddressLimits.hasPrefixes(type)) {
            throw RequestRefused.invalidValue(
                    "Prefixes are not supported on interfaces of a " + type.name());
        }
    }

    /**
     * Takes what is wanted, which was checked, from the subnet that {@code subnet} is by now.
     *
     * @throws RequestRefused if the subnet has too little; then none is taken
     */
    List<Cidr> take(CloudDraft draft, Subnet subnet, WantedBlocks wanted) {
        var taken = listed(wanted);
        Subnet now = draft.subnet(subnet.id());
        BlockPool before = now.pool(family);
        if (before == null) {
            return taken;
        }
        AddressChoice choice = draft.settings.addresses();
        BlockPool pool = before.at(draft.now).take(taken);
        var chosen = new ArrayList<Cidr>();
        chosen.addAll(pool.chooseAddresses(wanted.addressCount(), choice, draft::random));
        chosen.addAll(pool.choosePrefixes(wanted.prefixCount(), choice, draft::random));
        if (chosen.size() < wanted.addressCount() + wanted.prefixCount()) {
            throw shortage(draft, pool, wanted);
        }
        draft.put(now.with(pool.take(chosen)));
        taken.addAll(chosen);
        return taken;
    }

    /** Gives blocks of {@code subnet} back. */
    void give(CloudDraft draft, Subnet subnet, Collection<? extends Cidr> blocks) {
        BlockPool pool = subnet.pool(family);
        if (pool != null && !blocks.isEmpty()) {
            draft.put(subnet.with(pool.at(draft.now).give(blocks, draft.restUntil())));
        }
    }

    private void checkFree(BlockPool pool, @Nullable Eni eni, Cidr block) {
        String name = block.isSingle() ? "Address " + block.network() : "Prefix " + block;
        if (!pool.cidr().contains(block)) {
            throw RequestRefused.invalidValue(
                    name + " does not fall within the subnet's address range");
        }
        if (pool.isReserved(block)) {
            throw RequestRefused.invalidValue(name + " is in subnet's reserved address range");
        }
        if (eni != null && eni.held().all().contains(block)) {
            throw RequestRefused.of(
                    "Resource.AlreadyAssigned",
                    name + " is already assigned to interface " + eni.id());
        }
        if (pool.isTaken(block)) {
            throw RequestRefused.of("InvalidIPAddress.InUse", name + " is in use.");
        }
    }

    private void checkPrefixes(List<Cidr> prefixes) {
        int bits =
                family == IpFamily.IPV4
                        ? AddressBlocks.PREFIX_BITS
                        : AddressBlocks.IPV6_PREFIX_BITS;
        for (Cidr prefix : prefixes) {
            if (prefix.prefixLength() != bits || prefix.family() != family) {
                throw RequestRefused.invalidValue(
                        "The prefix '" + prefix + "' is invalid. It must be a /" + bits + ".");
            }
        }
    }

    private static List<Cidr> listed(WantedBlocks wanted) {
        var listed = new ArrayList<Cidr>();
        for (IpAddress address : wanted.addresses()) {
            listed.add(address.only());
        }
        listed.addAll(wanted.prefixes());
        return listed;
    }

    private RequestRefused shortage(CloudDraft draft, BlockPool pool, WantedBlocks wanted) {
        if (draft.settings.shortage() == ShortageCode.NEW) {
            return RequestRefused.invalidValue(
                    "There aren't sufficient free " + name() + " addresses or prefixes");
        }
        boolean full = wanted.prefixCount() == 0;
        if (pool instanceof Ipv4Pool four && !four.keepsRoomForPrefixes()) {
            long asked = (long) wanted.prefixCount() << (32 - AddressBlocks.PREFIX_BITS);
            full |= four.available() < asked;
        }
        return full
                ? RequestRefused.of(
                        "InsufficientFreeAddressesInSubnet",
                        "The specified subnet does not have enough free addresses to satisfy the"
                                + " request.")
                : RequestRefused.of(
                        "InsufficientCidrBlocks",
                        "The specified subnet does not have enough free cidr blocks to satisfy the"
                                + " request.");
    }

    private String name() {
        return family == IpFamily.IPV4 ? "Ipv4" : "Ipv6";
    }
}
