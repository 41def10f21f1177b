package dev.vpccni.vpc.action;

import dev.vpccni.model.InstanceId;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.model.SubnetId;
import dev.vpccni.model.VpcId;
import dev.vpccni.vpc.api.Ec2Reply;
import dev.vpccni.vpc.api.SecurityGroupDescription;
import dev.vpccni.vpc.api.TagDescription;
import dev.vpccni.vpc.api.TagRequest.CreateTags;
import dev.vpccni.vpc.api.TagRequest.DeleteTags;
import dev.vpccni.vpc.api.TagRequest.DescribeTags;
import dev.vpccni.vpc.api.VpcDescription;
import dev.vpccni.vpc.state.Contents;
import dev.vpccni.vpc.state.Ec2Instance;
import dev.vpccni.vpc.state.Eni;
import dev.vpccni.vpc.state.Subnet;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** Resources get tags and lose them. */
final class TagActions {

    private TagActions() {}

    static Ec2Reply.Nothing create(CloudDraft draft, CreateTags request) {
        checkResources(request.resources());
        if (request.tags().isEmpty()) {
            throw RequestRefused.missing("tagSet");
        }
        check(request.tags());
        for (String resource : request.resources()) {
            change(draft, resource, before -> merged(before, request.tags()));
        }
        return new Ec2Reply.Nothing();
    }

    /** Without any tag named, all of them go. */
    static Ec2Reply.Nothing delete(CloudDraft draft, DeleteTags request) {
        checkResources(request.resources());
        for (String resource : request.resources()) {
            change(draft, resource, before -> without(before, request.tags()));
        }
        return new Ec2Reply.Nothing();
    }

    static Ec2Reply.Tags describe(CloudDraft draft, DescribeTags request) {
        var listing =
                new Listing<>(
                        Describe.scope(draft, "tags"),
                        request.filters(),
                        request.page(),
                        TagActions::place,
                        FilterNames.TAGS);
        var all = new ArrayList<TagDescription>();
        Contents in = draft.in;
        in.enis().forEach((id, eni) -> add(all, id, "network-interface", eni.tags()));
        in.instances().forEach((id, instance) -> add(all, id, "instance", instance.tags()));
        in.subnets().forEach((id, subnet) -> add(all, id, "subnet", subnet.tags()));
        in.vpcs().forEach((id, vpc) -> add(all, id, "vpc", vpc.tags()));
        in.groups().forEach((id, group) -> add(all, id, "security-group", group.tags()));
        all.sort(Comparator.comparing(TagActions::place));
        var page = listing.page(all);
        return new Ec2Reply.Tags(page.entries(), page.next());
    }

    /** Refuses tags that no resource may have. */
    static void check(SortedMap<String, String> tags) {
        if (tags.size() > Quotas.TAGS) {
            throw tooMany();
        }
        tags.forEach((key, value) -> {
            if (key.isEmpty()) {
                throw RequestRefused.invalidValue(
                        "Value ( '' ) for parameter Tag key is invalid. Tag key cannot be null or"
                                + " empty.");
            }
            if (key.length() > Quotas.TAG_KEY_LENGTH || key.startsWith("aws:")) {
                throw RequestRefused.of(
                        "InvalidTagKey.Malformed", "Tag key '" + key + "' is not valid.");
            }
            if (value.length() > Quotas.TAG_VALUE_LENGTH) {
                throw RequestRefused.invalidValue("Tag value exceeds the maximum length of 256.");
            }
        });
    }

    private static void checkResources(List<String> resources) {
        if (resources.isEmpty()) {
            throw RequestRefused.missing("resourceIdSet");
        }
    }

    private static void change(
            CloudDraft draft, String resource, UnaryOperator<SortedMap<String, String>> change) {
        if (resource.startsWith("eni-")) {
            Eni eni = draft.eni(new InterfaceId(resource));
            draft.put(eni.withTags(change.apply(eni.tags())));
        } else if (resource.startsWith("i-")) {
            Ec2Instance instance = draft.instance(new InstanceId(resource));
            draft.in = draft.in.put(instance.withTags(change.apply(instance.tags())));
        } else if (resource.startsWith("subnet-")) {
            Subnet subnet = draft.subnet(new SubnetId(resource));
            draft.put(subnet.withTags(change.apply(subnet.tags())));
        } else if (resource.startsWith("vpc-")) {
            VpcDescription vpc = draft.vpc(new VpcId(resource));
            draft.in = draft.in.put(vpc.withTags(change.apply(vpc.tags())));
        } else if (resource.startsWith("sg-")) {
            SecurityGroupDescription group = draft.in.groups().get(new SecurityGroupId(resource));
            if (group == null) {
                throw RequestRefused.of(
                        "InvalidGroup.NotFound",
                        "The security group '" + resource + "' does not exist");
            }
            draft.in = draft.in.put(group.withTags(change.apply(group.tags())));
        } else {
            throw RequestRefused.of("InvalidID", "The ID '" + resource + "' is not valid");
        }
    }

    private static SortedMap<String, String> merged(
            SortedMap<String, String> before, SortedMap<String, String> added) {
        var after = new TreeMap<>(before);
        after.putAll(added);
        if (after.size() > Quotas.TAGS) {
            throw tooMany();
        }
        return after;
    }

    private static SortedMap<String, String> without(
            SortedMap<String, String> before, List<DeleteTags.Tag> removed) {
        var after = new TreeMap<String, String>();
        before.forEach((key, value) -> {
            boolean goes =
                    removed.isEmpty()
                            || removed.stream()
                                    .anyMatch(tag ->
                                            tag.key().equals(key)
                                                    && (tag.value() == null
                                                            || tag.value().equals(value)));
            if (!goes) {
                after.put(key, value);
            }
        });
        return after;
    }

    private static void add(
            List<TagDescription> all, Object id, String type, SortedMap<String, String> tags) {
        tags.forEach((key, value) -> all.add(new TagDescription(id.toString(), type, key, value)));
    }

    private static String place(TagDescription tag) {
        return tag.resource() + " " + tag.key();
    }

    private static RequestRefused tooMany() {
        return RequestRefused.of(
                "TagLimitExceeded", "The maximum number of Tags for a resource has been reached.");
    }
}
