package dev.vpccni.vpc.action;

import dev.vpccni.model.InstanceId;
import dev.vpccni.model.InstanceType;
import dev.vpccni.model.InstanceTypes;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.vpc.api.Ec2Error;
import dev.vpccni.vpc.api.Ec2Reply;
import dev.vpccni.vpc.api.Ec2Request;
import dev.vpccni.vpc.api.EniDescription;
import dev.vpccni.vpc.api.EniDescription.AttachmentDescription;
import dev.vpccni.vpc.api.InstanceDescription;
import dev.vpccni.vpc.state.Ec2Instance;
import dev.vpccni.vpc.state.Eni;
import dev.vpccni.vpc.state.EniAttachment;
import dev.vpccni.vpc.state.Past;
import dev.vpccni.vpc.state.Subnet;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The actions that only look. */
final class Describe {

    /** Above the device indexes that any card has. */
    private static final int MORE_THAN_DEVICES = 1_000;

    /** Of one page, and of one call's names. */
    private static final int TYPES_MAX = 100;

    private Describe() {}

    /** Returns what the tokens of a call's pages are good for. */
    static String scope(CloudDraft draft, String call) {
        return call + " " + draft.settings.seed();
    }

    static Ec2Reply.Interfaces interfaces(
            CloudDraft draft, Ec2Request.DescribeNetworkInterfaces request) {
        var listing =
                new Listing<>(
                        scope(draft, "interfaces"),
                        request.filters(),
                        request.page(),
                        eni -> eni.id().value(),
                        FilterNames.INTERFACES);
        if (!request.ids().isEmpty()) {
            listing.refusePage();
            var named = new ArrayList<EniDescription>();
            for (InterfaceId id : new TreeSet<>(request.ids())) {
                Eni eni = shown(draft, id);
                if (eni == null) {
                    throw new RequestRefused(Ec2Error.noInterface(id));
                }
                named.add(describe(draft, eni));
            }
            return new Ec2Reply.Interfaces(listing.matching(named), null);
        }
        var page = listing.page(allInterfaces(draft));
        return new Ec2Reply.Interfaces(page.entries(), page.next());
    }

    static Ec2Reply.Instances instances(CloudDraft draft, Ec2Request.DescribeInstances request) {
        var listing =
                new Listing<>(
                        scope(draft, "instances"),
                        request.filters(),
                        request.page(),
                        instance -> instance.id().value(),
                        FilterNames.INSTANCES);
        if (!request.ids().isEmpty()) {
            listing.refusePage();
            var named = new ArrayList<InstanceDescription>();
            for (InstanceId id : new TreeSet<>(request.ids())) {
                named.add(describe(draft, draft.instance(id)));
            }
            return new Ec2Reply.Instances(listing.matching(named), null);
        }
        var all =
                draft.in.instances().values().stream()
                        .filter(instance -> isShown(draft, instance))
                        .map(instance -> describe(draft, instance))
                        .toList();
        var page = listing.page(all);
        return new Ec2Reply.Instances(page.entries(), page.next());
    }

    static Ec2Reply.Types types(CloudDraft draft, Ec2Request.DescribeInstanceTypes request) {
        var types = new TreeMap<String, InstanceType>();
        InstanceTypes.known().all().forEach(type -> types.put(type.name(), type));
        draft.in
                .instances()
                .values()
                .forEach(instance -> types.put(instance.type().name(), instance.type()));
        var listing =
                new Listing<>(
                        scope(draft, "types"),
                        request.filters(),
                        request.page(),
                        InstanceType::name,
                        FilterNames.TYPES);
        if (request.names().size() > TYPES_MAX) {
            throw RequestRefused.invalidValue(
                    "At most " + TYPES_MAX + " instance types can be specified on a single call");
        }
        if (!request.names().isEmpty()) {
            var named = new ArrayList<InstanceType>();
            for (String name : new TreeSet<>(request.names())) {
                InstanceType type = types.get(name);
                if (type == null) {
                    throw RequestRefused.of(
                            "InvalidInstanceType",
                            "The following supplied instance types do not exist: [" + name + "]");
                }
                named.add(type);
            }
            return new Ec2Reply.Types(listing.matching(named), null);
        }
        var page = listing.pageOfAtMost(TYPES_MAX, List.copyOf(types.values()));
        return new Ec2Reply.Types(page.entries(), page.next());
    }

    /** Describes {@code eni} as it is now. */
    static EniDescription describe(CloudDraft draft, Eni eni) {
        Subnet subnet = Objects.requireNonNull(draft.in.subnets().get(eni.subnet()));
        var groups = new TreeMap<SecurityGroupId, String>();
        for (SecurityGroupId id : eni.groups()) {
            groups.put(id, Objects.requireNonNull(draft.in.groups().get(id)).name());
        }
        return new EniDescription(
                eni.id(),
                eni.heldBy(draft.now) == null && eni.association() == null ? "available" : "in-use",
                eni.association() == null ? eni.type() : "branch",
                eni.description(),
                eni.mac(),
                subnet.id(),
                subnet.vpc(),
                subnet.zone(),
                eni.sourceDestCheck(),
                groups,
                eni.tags(),
                eni.held(),
                describe(draft, eni.attachment()));
    }

    private static @Nullable AttachmentDescription describe(
            CloudDraft draft, @Nullable EniAttachment attachment) {
        if (attachment == null) {
            return null;
        }
        var freeFrom = attachment.freeFrom();
        if (freeFrom != null
                && !draft.now.isBefore(freeFrom.plus(draft.settings.latency().detachedShown()))) {
            return null;
        }
        return new AttachmentDescription(
                attachment.id(),
                attachment.instance(),
                attachment.status(draft.now),
                attachment.card(),
                attachment.device(),
                attachment.attachTime(),
                attachment.deleteOnTermination());
    }

    /** Describes {@code instance} with the interfaces that are shown by now. */
    static InstanceDescription describe(CloudDraft draft, Ec2Instance instance) {
        var own = new ArrayList<EniDescription>();
        for (EniDescription eni : shownOf(draft, instance.id())) {
            AttachmentDescription attachment = eni.attachment();
            if (attachment != null
                    && attachment.instance().equals(instance.id())
                    && !attachment.status().equals("detached")) {
                own.add(eni);
            }
        }
        own.sort(Comparator.comparingInt(Describe::place));
        return describe(instance, own);
    }

    /** Describes {@code instance} with these interfaces. */
    static InstanceDescription describe(Ec2Instance instance, List<EniDescription> own) {
        return new InstanceDescription(
                instance.id(),
                instance.reservation(),
                instance.type(),
                instance.isRunning(),
                instance.subnet(),
                instance.vpc(),
                instance.zone(),
                instance.launchTime(),
                instance.tags(),
                own);
    }

    private static int place(EniDescription eni) {
        AttachmentDescription attachment = Objects.requireNonNull(eni.attachment());
        return attachment.card() * MORE_THAN_DEVICES + attachment.device();
    }

    private static List<EniDescription> allInterfaces(CloudDraft draft) {
        return described(draft, new TreeSet<>(draft.in.enis().keys()));
    }

    /** Returns the interfaces that may be shown as attached to {@code instance}. */
    private static List<EniDescription> shownOf(CloudDraft draft, InstanceId instance) {
        var ids = new TreeSet<InterfaceId>();
        draft.in.enisOf(instance).forEach(eni -> ids.add(eni.id()));
        return described(draft, ids);
    }

    /** Describes {@code ids} and what was changed lately. */
    private static List<EniDescription> described(CloudDraft draft, NavigableSet<InterfaceId> ids) {
        draft.in.past().forEachKey(ids::add);
        return ids.stream()
                .map(id -> shown(draft, id))
                .filter(Objects::nonNull)
                .map(eni -> describe(draft, eni))
                .toList();
    }

    /** Returns the version of an interface that Describe calls show by now. */
    private static @Nullable Eni shown(CloudDraft draft, InterfaceId id) {
        List<Past> versions = draft.in.past().get(id);
        if (versions != null) {
            for (Past version : versions) {
                if (version.until().isAfter(draft.now)) {
                    return version.eni();
                }
            }
        }
        return draft.in.enis().get(id);
    }

    private static boolean isShown(CloudDraft draft, Ec2Instance instance) {
        return instance.terminated() == null
                || draft.now.isBefore(instance.terminated().plus(Quotas.TERMINATED_SHOWN));
    }
}
