package dev.vpccni.vpc;

import dev.vpccni.model.InstanceId;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.SubnetId;
import dev.vpccni.model.VpcId;
import dev.vpccni.vpc.Ec2Request.CreateTags;
import java.util.SortedMap;
import java.util.TreeMap;

/** Resources get tags. */
final class TagActions {

    private TagActions() {}

    static Ec2Reply.Nothing create(Draft draft, CreateTags request) {
        if (request.resources().isEmpty()) {
            throw Refusal.missing("resourceIdSet");
        }
        if (request.tags().isEmpty()) {
            throw Refusal.missing("tagSet");
        }
        check(request.tags());
        for (String resource : request.resources()) {
            tag(draft, resource, request.tags());
        }
        return new Ec2Reply.Nothing();
    }

    /** Refuses tags that no resource may have. */
    static void check(SortedMap<String, String> tags) {
        if (tags.size() > Limits.TAGS) {
            throw tooMany();
        }
        tags.forEach((key, value) -> {
            if (key.isEmpty()) {
                throw Refusal.invalidValue(
                        "Value ( '' ) for parameter Tag key is invalid. Tag key cannot be null or"
                                + " empty.");
            }
            if (key.length() > Limits.TAG_KEY_LENGTH || key.startsWith("aws:")) {
                throw Refusal.of("InvalidTagKey.Malformed", "Tag key '" + key + "' is not valid.");
            }
            if (value.length() > Limits.TAG_VALUE_LENGTH) {
                throw Refusal.invalidValue("Tag value exceeds the maximum length of 256.");
            }
        });
    }

    private static void tag(Draft draft, String resource, SortedMap<String, String> tags) {
        if (resource.startsWith("eni-")) {
            Eni eni = draft.eni(new InterfaceId(resource));
            draft.put(eni.withTags(merged(eni.tags(), tags)));
        } else if (resource.startsWith("i-")) {
            Instance instance = draft.instance(new InstanceId(resource));
            draft.in = draft.in.put(instance.withTags(merged(instance.tags(), tags)));
        } else if (resource.startsWith("subnet-")) {
            Subnet subnet = draft.subnet(new SubnetId(resource));
            draft.put(subnet.withTags(merged(subnet.tags(), tags)));
        } else if (resource.startsWith("vpc-")) {
            VpcDescription vpc = draft.vpc(new VpcId(resource));
            draft.in =
                    draft.in.put(
                            new VpcDescription(
                                    vpc.id(),
                                    vpc.cidrs(),
                                    vpc.defaultGroup(),
                                    merged(vpc.tags(), tags)));
        } else {
            throw Refusal.of("InvalidID", "The ID '" + resource + "' is not valid");
        }
    }

    private static SortedMap<String, String> merged(
            SortedMap<String, String> before, SortedMap<String, String> added) {
        var after = new TreeMap<>(before);
        after.putAll(added);
        if (after.size() > Limits.TAGS) {
            throw tooMany();
        }
        return after;
    }

    private static Refusal tooMany() {
        return Refusal.of(
                "TagLimitExceeded", "The maximum number of Tags for a resource has been reached.");
    }
}
