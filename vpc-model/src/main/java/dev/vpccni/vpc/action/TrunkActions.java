package dev.vpccni.vpc.action;

import dev.vpccni.model.BranchLimits;
import dev.vpccni.model.InstanceType;
import dev.vpccni.vpc.api.Ec2Reply;
import dev.vpccni.vpc.api.TrunkAssociation;
import dev.vpccni.vpc.api.TrunkRequest.AssociateTrunkInterface;
import dev.vpccni.vpc.api.TrunkRequest.DescribeTrunkInterfaceAssociations;
import dev.vpccni.vpc.api.TrunkRequest.DisassociateTrunkInterface;
import dev.vpccni.vpc.state.Contents;
import dev.vpccni.vpc.state.Ec2Instance;
import dev.vpccni.vpc.state.Eni;
import dev.vpccni.vpc.state.EniAttachment;
import dev.vpccni.vpc.state.Idempotent;
import dev.vpccni.vpc.state.Subnet;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/** Interfaces become branches of trunks, and cease to be. */
final class TrunkActions {

    static final String TRUNK = "trunk";

    /** IEEE 802.1Q: 0 and 4095 are no VLANs. */
    private static final int VLAN_MAX = 4_094;

    private TrunkActions() {}

    static Ec2Reply.TrunkAssociated associate(CloudDraft draft, AssociateTrunkInterface request) {
        Idempotent earlier = draft.earlier(request, request.token());
        if (earlier != null && earlier.reply() instanceof Ec2Reply.TrunkAssociated made) {
            return made;
        }
        Eni trunk = draft.eni(request.trunk());
        Eni branch = draft.eni(request.branch());
        check(draft, trunk, branch, request.vlan());
        var association =
                new TrunkAssociation(
                        draft.newId("trunk-assoc-"), branch.id(), trunk.id(), request.vlan());
        draft.put(branch.withAssociation(association));
        var reply = new Ec2Reply.TrunkAssociated(association, request.token());
        draft.remember(request, request.token(), reply);
        return reply;
    }

    private static void check(CloudDraft draft, Eni trunk, Eni branch, int vlan) {
        if (!trunk.type().equals(TRUNK)) {
            throw RequestRefused.invalidValue(
                    "Network interface '" + trunk.id() + "' is not a trunk interface.");
        }
        if (vlan < 1 || vlan > VLAN_MAX) {
            throw RequestRefused.invalidValue("Invalid value '" + vlan + "' for vlanId.");
        }
        boolean ordinary = branch.type().equals("interface") && branch.association() == null;
        if (branch.heldBy(draft.now) != null || !ordinary) {
            throw RequestRefused.of(
                    "InvalidNetworkInterface.InUse", "Interface: [" + branch.id() + "] in use.");
        }
        Subnet here = draft.subnet(trunk.subnet());
        Subnet there = draft.subnet(branch.subnet());
        if (!here.vpc().equals(there.vpc()) || !here.zone().equals(there.zone())) {
            throw RequestRefused.of(
                    "InvalidParameterCombination",
                    "The trunk and the branch interface must be in the same VPC and availability"
                            + " zone");
        }
        List<Eni> branches = branchesOf(draft.in, trunk);
        for (Eni other : branches) {
            TrunkAssociation association = other.association();
            if (association != null && association.vlan() == vlan) {
                throw RequestRefused.invalidValue(
                        "The vlanId '" + vlan + "' is already in use on '" + trunk.id() + "'.");
            }
        }
        EniAttachment attachment = trunk.heldBy(draft.now);
        if (attachment != null) {
            Ec2Instance instance = draft.instance(attachment.instance());
            int most = BranchLimits.known().of(instance.type().name());
            if (branches.size() >= most) {
                throw RequestRefused.of(
                        "AttachmentLimitExceeded",
                        "Branch interface count "
                                + (branches.size() + 1)
                                + " exceeds the limit for "
                                + instance.type().name());
            }
        }
    }

    static Ec2Reply.TrunkDisassociated disassociate(
            CloudDraft draft, DisassociateTrunkInterface request) {
        Idempotent earlier = draft.earlier(request, request.token());
        if (earlier != null && earlier.reply() instanceof Ec2Reply.TrunkDisassociated made) {
            return made;
        }
        for (Eni eni : draft.in.enis().values()) {
            TrunkAssociation association = eni.association();
            if (association != null && association.id().equals(request.association())) {
                draft.put(eni.withAssociation(null));
                var reply = new Ec2Reply.TrunkDisassociated(request.token());
                draft.remember(request, request.token(), reply);
                return reply;
            }
        }
        throw unknown(request.association());
    }

    static Ec2Reply.TrunkAssociations describe(
            CloudDraft draft, DescribeTrunkInterfaceAssociations request) {
        var listing =
                new Listing<>(
                        Describe.scope(draft, "associations"),
                        request.filters(),
                        request.page(),
                        TrunkAssociation::id,
                        FilterNames.ASSOCIATIONS);
        var all = new ArrayList<TrunkAssociation>();
        for (Eni eni : draft.in.enis().values()) {
            if (eni.association() != null) {
                all.add(eni.association());
            }
        }
        all.sort(Comparator.comparing(TrunkAssociation::id));
        if (request.ids().isEmpty()) {
            var page = listing.page(all);
            return new Ec2Reply.TrunkAssociations(page.entries(), page.next());
        }
        listing.refusePage();
        var named = new ArrayList<TrunkAssociation>();
        for (String id : new TreeSet<>(request.ids())) {
            named.add(
                    all.stream()
                            .filter(one -> one.id().equals(id))
                            .findFirst()
                            .orElseThrow(() -> unknown(id)));
        }
        return new Ec2Reply.TrunkAssociations(listing.matching(named), null);
    }

    /** Refuses a trunk on an instance that cannot have one, or has one. */
    static void checkAttach(CloudDraft draft, Eni eni, Ec2Instance instance) {
        if (!eni.type().equals(TRUNK)) {
            return;
        }
        InstanceType type = instance.type();
        if (BranchLimits.known().of(type.name()) == 0) {
            throw RequestRefused.of(
                    "UnsupportedOperation",
                    "The instance type " + type.name() + " does not support trunk interfaces.");
        }
        if (draft.enisOf(instance.id()).stream().anyMatch(one -> one.type().equals(TRUNK))) {
            throw RequestRefused.of(
                    "AttachmentLimitExceeded", "Only one trunk interface per instance is allowed.");
        }
    }

    /** Frees the branches of a trunk that is about to be deleted. */
    static void free(CloudDraft draft, Eni trunk) {
        if (trunk.type().equals(TRUNK)) {
            branchesOf(draft.in, trunk).forEach(branch -> draft.put(branch.withAssociation(null)));
        }
    }

    private static List<Eni> branchesOf(Contents in, Eni trunk) {
        var branches = new ArrayList<Eni>();
        for (Eni eni : in.enis().values()) {
            TrunkAssociation association = eni.association();
            if (association != null && association.trunk().equals(trunk.id())) {
                branches.add(eni);
            }
        }
        return branches;
    }

    private static RequestRefused unknown(String id) {
        return RequestRefused.of(
                "InvalidAssociationID.NotFound", "The association ID '" + id + "' does not exist");
    }
}
