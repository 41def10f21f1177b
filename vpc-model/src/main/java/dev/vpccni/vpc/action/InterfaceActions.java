package dev.vpccni.vpc.action;

import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.vpc.api.Ec2Reply;
import dev.vpccni.vpc.api.Ec2Request.CreateNetworkInterface;
import dev.vpccni.vpc.api.Ec2Request.DeleteNetworkInterface;
import dev.vpccni.vpc.api.Ec2Request.ModifyNetworkInterfaceAttribute;
import dev.vpccni.vpc.api.Ec2Request.ModifyNetworkInterfaceAttribute.Change;
import dev.vpccni.vpc.api.EniDescription;
import dev.vpccni.vpc.state.Eni;
import dev.vpccni.vpc.state.Eni.Held;
import dev.vpccni.vpc.state.EniAttachment;
import dev.vpccni.vpc.state.Idempotent;
import dev.vpccni.vpc.state.Subnet;
import java.util.ArrayList;
import java.util.List;

/** Interfaces are made, changed and deleted. */
final class InterfaceActions {

    private InterfaceActions() {}

    static Ec2Reply.InterfaceCreated create(CloudDraft draft, CreateNetworkInterface request) {
        if (request.secondaryCount() > 0 && !request.secondary().isEmpty()) {
            throw RequestRefused.of(
                    "InvalidParameterCombination",
                    "The parameter secondaryPrivateIpAddressCount cannot be used with the"
                            + " parameter privateIpAddresses");
        }
        TagActions.check(request.tags());
        Idempotent earlier = draft.in.tokens().get(request.token());
        if (earlier != null) {
            return repeated(draft, request, earlier);
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
        if (!request.token().isEmpty()) {
            draft.remember(request.token(), new Idempotent(request, made));
        }
        return new Ec2Reply.InterfaceCreated(made, request.token());
    }

    /** Takes the addresses that {@code request} asks for, and makes an interface of them. */
    static Eni newEni(CloudDraft draft, Subnet subnet, CreateNetworkInterface request) {
        var explicit = new ArrayList<Ipv4Address>();
        if (request.primary() != null) {
            explicit.add(request.primary());
        }
        explicit.addAll(request.secondary());
        AddressActions.checkExplicit(subnet, null, explicit);
        int primaries = request.primary() == null ? 1 : 0;
        long wanted = explicit.size() + primaries + (long) request.secondaryCount();
        if (wanted > Quotas.ADDRESSES_PER_FREE_INTERFACE) {
            throw RequestRefused.of(
                    "PrivateIpAddressLimitExceeded",
                    "Number of private addresses will exceed limit.");
        }
        var groups = draft.groups(request.groups(), subnet.vpc());
        List<Ipv4Address> taken =
                AddressActions.take(draft, subnet, explicit, primaries + request.secondaryCount());
        Ipv4Address primary =
                request.primary() == null ? taken.get(explicit.size()) : taken.getFirst();
        List<Held> secondaries =
                taken.stream()
                        .filter(address -> !address.equals(primary))
                        .map(address -> new Held(address, draft.now))
                        .toList();
        return new Eni(
                new InterfaceId(draft.newId("eni-")),
                draft.newMac(),
                subnet.id(),
                request.description(),
                true,
                request.tags(),
                groups,
                groups,
                draft.now,
                primary,
                secondaries,
                List.of(),
                null);
    }

    static Ec2Reply.Nothing delete(CloudDraft draft, DeleteNetworkInterface request) {
        Eni eni = draft.eni(request.id());
        if (eni.heldBy(draft.now) != null) {
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
            CloudDraft draft, CreateNetworkInterface request, Idempotent earlier) {
        if (!earlier.request().equals(request)) {
            throw RequestRefused.of(
                    "IdempotentParameterMismatch",
                    "The client token '" + request.token() + "' was used with other parameters");
        }
        Eni eni = draft.in.enis().get(earlier.made().id());
        return new Ec2Reply.InterfaceCreated(
                eni == null ? earlier.made() : Describe.describe(draft, eni), request.token());
    }
}
