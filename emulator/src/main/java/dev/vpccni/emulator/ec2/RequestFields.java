package dev.vpccni.emulator.ec2;

import dev.vpccni.model.AttachmentId;
import dev.vpccni.model.InstanceId;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.vpc.api.Ec2Error;
import dev.vpccni.vpc.api.Filter;
import dev.vpccni.vpc.api.Page;
import dev.vpccni.vpc.api.TagRequest.DeleteTags;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Reads the fields that many actions share: identifiers, tags, filters and pages. */
final class RequestFields {

    private final Parameters parameters;

    RequestFields(Parameters parameters) {
        this.parameters = parameters;
    }

    Page page() throws BadRequestException {
        int results = parameters.integer("MaxResults", 0);
        if (parameters.has("MaxResults") && results == 0) {
            results = -1; // a 0 that was sent is out of range, not absent
        }
        return new Page(results, parameters.find("NextToken"));
    }

    List<Filter> filters() throws BadRequestException {
        var filters = new ArrayList<Filter>();
        for (String entry : parameters.entries("Filter")) {
            String name = parameters.get(entry + ".Name", "null");
            List<String> values = parameters.list(entry + ".Value");
            if (values.isEmpty()) {
                throw new BadRequestException(Ec2Error.missing(entry + ".Value"));
            }
            filters.add(new Filter(name, values));
        }
        return filters;
    }

    SortedMap<String, String> tags() throws BadRequestException {
        var tags = new TreeMap<String, String>();
        readTags("Tag", tags);
        return tags;
    }

    List<DeleteTags.Tag> tagsToDelete() throws BadRequestException {
        var tags = new ArrayList<DeleteTags.Tag>();
        for (String entry : parameters.entries("Tag")) {
            String key = parameters.require(entry + ".Key");
            tags.add(new DeleteTags.Tag(key, parameters.find(entry + ".Value")));
        }
        return tags;
    }

    /** Reads the tags of a new resource of {@code type}, the only one that is made. */
    SortedMap<String, String> newTags(String type) throws BadRequestException {
        var tags = new TreeMap<String, String>();
        for (String entry : parameters.entries("TagSpecification")) {
            String resource = parameters.require(entry + ".ResourceType");
            if (!resource.equals(type)) {
                throw new BadRequestException(
                        Ec2Error.invalidValue(
                                "'"
                                        + resource
                                        + "' is not a valid taggable resource type for this"
                                        + " operation."));
            }
            readTags(entry + ".Tag", tags);
        }
        return tags;
    }

    /** Reads the tags of those new resources that are of {@code type}. */
    SortedMap<String, String> newTagsOf(String type) throws BadRequestException {
        var tags = new TreeMap<String, String>();
        for (String entry : parameters.entries("TagSpecification")) {
            if (parameters.require(entry + ".ResourceType").equals(type)) {
                readTags(entry + ".Tag", tags);
            }
        }
        return tags;
    }

    List<SecurityGroupId> groups(String name) throws BadRequestException {
        return parameters.list(name).stream().map(SecurityGroupId::new).toList();
    }

    InterfaceId eni() throws BadRequestException {
        return eni("NetworkInterfaceId");
    }

    InterfaceId eni(String name) throws BadRequestException {
        return interfaceId(parameters.require(name));
    }

    List<InterfaceId> enis() throws BadRequestException {
        var ids = new ArrayList<InterfaceId>();
        for (String text : parameters.list("NetworkInterfaceId")) {
            ids.add(interfaceId(text));
        }
        return ids;
    }

    InstanceId instance() throws BadRequestException {
        return instance(parameters.require("InstanceId"));
    }

    List<InstanceId> instances() throws BadRequestException {
        var ids = new ArrayList<InstanceId>();
        for (String text : parameters.list("InstanceId")) {
            ids.add(instance(text));
        }
        return ids;
    }

    AttachmentId attachment(String name) throws BadRequestException {
        return new AttachmentId(
                id(
                        parameters.require(name),
                        "eni-attach-",
                        "InvalidNetworkInterfaceAttachmentId.Malformed"));
    }

    private void readTags(String name, SortedMap<String, String> tags) throws BadRequestException {
        for (String entry : parameters.entries(name)) {
            String key = parameters.get(entry + ".Key", "");
            if (tags.put(key, parameters.get(entry + ".Value", "")) != null) {
                throw new BadRequestException(
                        Ec2Error.invalidValue("Duplicate tag key '" + key + "' specified."));
            }
        }
    }

    private static InterfaceId interfaceId(String text) throws BadRequestException {
        return new InterfaceId(id(text, "eni-", "InvalidNetworkInterfaceId.Malformed"));
    }

    private static InstanceId instance(String text) throws BadRequestException {
        return new InstanceId(id(text, "i-", "InvalidInstanceID.Malformed"));
    }

    private static String id(String text, String prefix, String code) throws BadRequestException {
        if (!text.matches(prefix + "([0-9a-f]{8}|[0-9a-f]{17})")) {
            throw new BadRequestException(
                    Ec2Error.of(
                            code,
                            "Invalid id: \"" + text + "\" (expecting \"" + prefix + "...\")"));
        }
        return text;
    }
}
