package dev.vpccni.vpc.action;

import dev.vpccni.model.InstanceId;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.SubnetId;
import dev.vpccni.model.VpcId;
import dev.vpccni.vpc.api.Ec2Reply;
import dev.vpccni.vpc.api.Ec2Request.CreateTags;
import dev.vpccni.vpc.api.VpcDescription;
import dev.vpccni.vpc.state.Ec2Instance;
import dev.vpccni.vpc.state.Eni;
import dev.vpccni.vpc.state.Subnet;
import java.util.SortedMap;
import java.util.TreeMap;

/** Resources get tags. */
final class TagActions {

    private TagActions() {}

    static Ec2Reply.Nothing create(CloudDraft draft, CreateTags request) {
        if (request.resources().isEmpty()) {
            throw RequestRefused.missing("resourceIdSet");
        }
        if (request.tags().isEmpty()) {
            throw RequestRefused.missing("tagSet");
        }
        check(request.tags());
        for (String resource : request.resources()) {
            tag(draft, resource, request.tags());
        }
        return new Ec2Reply.Nothing();
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

    private static void tag(CloudDraft draft, String resource, SortedMap<String, String> tags) {
        if (resource.startsWith("eni-")) {
            Eni eni = draft.eni(new InterfaceId(resource));
            draft.put(eni.withTags(merged(eni.tags(), tags)));
        } else if (resource.startsWith("i-")) {
            Ec2Instance instance = draft.instance(new InstanceId(resource));
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

    private static RequestRefused tooMany() {
        return RequestRefused.of(
                "TagLimitExceeded", "The maximum number of Tags for a resource has been reached.");
    }
}
