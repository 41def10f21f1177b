package dev.vpccni.vpc.action;

import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.IpFamily;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.vpc.api.Ec2Reply;
import dev.vpccni.vpc.api.Ec2Request.CreateNetworkInterface;
import dev.vpccni.vpc.api.Ec2Request.DeleteNetworkInterface;
import dev.vpccni.vpc.api.Ec2Request.ModifyNetworkInterfaceAttribute;
import dev.vpccni.vpc.api.Ec2Request.ModifyNetworkInterfaceAttribute.Change;
import dev.vpccni.vpc.api.EniDescription;
import dev.vpccni.vpc.api.WantedBlocks;
import dev.vpccni.vpc.state.Eni;
import dev.vpccni.vpc.state.Eni.Held;
import dev.vpccni.vpc.state.EniAttachment;
import dev.vpccni.vpc.state.Idempotent;
import dev.vpccni.vpc.state.Subnet;
import java.util.ArrayList;
import java.util.List;

/** Interfaces are made, changed and deleted. */
final class InterfaceActions {

    private static final Blocks IPV4 = new Blocks(IpFamily.IPV4);
    private static final Blocks IPV6 = new Blocks(IpFamily.IPV6);

    private InterfaceActions() {}

    static Ec2Reply.InterfaceCreated create(CloudDraft draft, CreateNetworkInterface request) {
        checkCombinations(request);
        TagActions.check(request.tags());
        Idempotent earlier = draft.earlier(request, request.token());
        if (earlier != null && earlier.reply() instanceof Ec2Reply.InterfaceCreated made) {
            return repeated(draft, made);
        }
        Subnet subnet = draft.subnet(request.subnet());
        if (draft.in.enis().size() >= Quotas.INTERFACES) {
            throw RequestRefused.of(
                    "NetworkInterfaceLimitExceeded",
                    "You have reached the limit of network interfaces");
        }
        Eni eni = newEni(draft, subnet, request);
        draft.put(eni);
        EniDescription made = Describe.describe(draft, eni).pending();
        var reply = new Ec2Reply.InterfaceCreated(made, request.token());
        draft.remember(request, request.token(), reply);
        return reply;
    }

    /** Refuses what excludes one another, whatever there is in the cloud. */
    static void checkCombinations(CreateNetworkInterface request) {
        IPV4.checkCombination(request.ipv4());
        IPV6.checkCombination(request.ipv6());
        if (request.primary() != null && request.ipv4().addresses().contains(request.primary())) {
            throw RequestRefused.invalidValue("The same address is specified more than once");
        }
    }

    /** Takes the addresses that {@code request} asks for, and makes an interface of them. */
    static Eni newEni(CloudDraft draft, Subnet subnet, CreateNetworkInterface request) {
        var first =
                request.primary() == null
                        ? WantedBlocks.anyAddresses(1)
                        : WantedBlocks.listed(List.of(request.primary()));
        IPV4.checkListed(subnet, null, first);
        IPV4.checkListed(subnet, null, request.ipv4());
        IPV6.checkListed(subnet, null, request.ipv6());
        Blocks.checkSlots(1 + request.ipv4().total(), Quotas.ADDRESSES_PER_FREE_INTERFACE);
        Blocks.checkSlots(request.ipv6().total(), Quotas.ADDRESSES_PER_FREE_INTERFACE);
        var groups = draft.groups(request.groups(), subnet.vpc());
        IpAddress primary = IPV4.take(draft, subnet, first).getFirst().network();
        var blocks = new ArrayList<>(IPV4.take(draft, subnet, request.ipv4()));
        blocks.addAll(IPV6.take(draft, subnet, request.ipv6()));
        return new Eni(
                new InterfaceId(draft.newId("eni-")),
                draft.newMac(),
                subnet.id(),
                request.type(),
                request.description(),
                true,
                request.tags(),
                groups,
                groups,
                draft.now,
                (Ipv4Address) primary,
                blocks.stream().map(block -> new Held(block, draft.now)).toList(),
                List.of(),
                null,
                null);
    }

    static Ec2Reply.Nothing delete(CloudDraft draft, DeleteNetworkInterface request) {
        Eni eni = draft.eni(request.id());
        if (eni.heldBy(draft.now) != null || eni.association() != null) {
            throw RequestRefused.invalidValue(
                    "Network interface '" + eni.id() + "' is currently in use.");
        }
        draft.delete(eni);
        return new Ec2Reply.Nothing();
    }

    static Ec2Reply.Nothing modify(CloudDraft draft, ModifyNetworkInterfaceAttribute request) {
        if (request.change() instanceof Change.SecurityGroups(var groups) && groups.isEmpty()) {
            throw RequestRefused.missing("SecurityGroupId");
        }
        Eni eni = draft.eni(request.id());
        draft.put(
                switch (request.change()) {
                    case Change.DeleteOnTermination change ->
                            deleteOnTermination(draft, eni, change);
                    case Change.SecurityGroups(var groups) ->
                            eni.withGroups(
                                    draft.groups(groups, draft.subnet(eni.subnet()).vpc()),
                                    draft.after(draft.settings.latency().metadataUpdate()));
                    case Change.SourceDestCheck(boolean value) -> eni.withSourceDestCheck(value);
                    case Change.Description(String value) -> eni.withDescription(value);
                });
        return new Ec2Reply.Nothing();
    }

    private static Eni deleteOnTermination(
            CloudDraft draft, Eni eni, Change.DeleteOnTermination change) {
        EniAttachment held = eni.heldBy(draft.now);
        if (held == null || !held.id().equals(change.attachment())) {
            throw CloudDraft.noAttachment(change.attachment());
        }
        return eni.with(held.withDeleteOnTermination(change.value()));
    }

    private static Ec2Reply.InterfaceCreated repeated(
            CloudDraft draft, Ec2Reply.InterfaceCreated made) {
        Eni eni = draft.in.enis().get(made.eni().id());
        return eni == null
                ? made
                : new Ec2Reply.InterfaceCreated(Describe.describe(draft, eni), made.token());
    }
}
