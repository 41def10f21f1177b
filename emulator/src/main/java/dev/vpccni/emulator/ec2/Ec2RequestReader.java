package dev.vpccni.emulator.ec2;

import dev.vpccni.model.AttachmentId;
import dev.vpccni.model.InstanceId;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.model.SubnetId;
import dev.vpccni.model.VpcId;
import dev.vpccni.vpc.api.Ec2Error;
import dev.vpccni.vpc.api.Ec2Request;
import dev.vpccni.vpc.api.Ec2Request.ModifyNetworkInterfaceAttribute;
import dev.vpccni.vpc.api.Ec2Request.ModifyNetworkInterfaceAttribute.Change;
import dev.vpccni.vpc.api.Filter;
import dev.vpccni.vpc.api.Page;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Turns the fields of a request into the action that they ask for. */
final class Ec2RequestReader {

    /** What is read here. */
    static final Set<String> ACTIONS =
            Set.of(
                    "CreateNetworkInterface",
                    "AttachNetworkInterface",
                    "ModifyNetworkInterfaceAttribute",
                    "DetachNetworkInterface",
                    "DeleteNetworkInterface",
                    "AssignPrivateIpAddresses",
                    "UnassignPrivateIpAddresses",
                    "CreateTags",
                    "DescribeNetworkInterfaces",
                    "DescribeInstances",
                    "DescribeSubnets",
                    "DescribeVpcs",
                    "DescribeInstanceTypes");

    private final Parameters parameters;

    private Ec2RequestReader(Parameters parameters) {
        this.parameters = parameters;
    }

    /**
     * Reads a request.
     *
     * @throws BadRequestException if the action is unknown, or a parameter is missing, malformed or
     *     in the way of another
     */
    static Ec2Request<?> read(Parameters parameters) throws BadRequestException {
        var reader = new Ec2RequestReader(parameters);
        String action = parameters.get("Action", "");
        return switch (action) {
            case "CreateNetworkInterface" -> reader.create();
            case "AttachNetworkInterface" -> reader.attach();
            case "ModifyNetworkInterfaceAttribute" -> reader.modify();
            case "DetachNetworkInterface" ->
                    new Ec2Request.DetachNetworkInterface(
                            reader.attachment("AttachmentId"), parameters.bool("Force", false));
            case "DeleteNetworkInterface" -> new Ec2Request.DeleteNetworkInterface(reader.eni());
            case "AssignPrivateIpAddresses" -> reader.assign();
            case "UnassignPrivateIpAddresses" -> reader.unassign();
            case "CreateTags" ->
                    new Ec2Request.CreateTags(parameters.list("ResourceId"), reader.tags("Tag"));
            case "DescribeNetworkInterfaces" ->
                    new Ec2Request.DescribeNetworkInterfaces(
                            reader.enis(), reader.filters(), reader.page());
            case "DescribeInstances" ->
                    new Ec2Request.DescribeInstances(
                            reader.instances(), reader.filters(), reader.page());
            case "DescribeSubnets" ->
                    new Ec2Request.DescribeSubnets(
                            parameters.list("SubnetId").stream().map(SubnetId::new).toList(),
                            reader.filters(),
                            reader.page());
            case "DescribeVpcs" ->
                    new Ec2Request.DescribeVpcs(
                            parameters.list("VpcId").stream().map(VpcId::new).toList(),
                            reader.filters());
            case "DescribeInstanceTypes" ->
                    new Ec2Request.DescribeInstanceTypes(
                            parameters.list("InstanceType"), reader.filters(), reader.page());
            default -> throw new BadRequestException(invalidAction(action));
        };
    }

    private Ec2Request.CreateNetworkInterface create() throws BadRequestException {
        refuseTogether("SecondaryPrivateIpAddressCount", "Ipv4PrefixCount", "Ipv4Prefix");
        refusePrefixes();
        if (!parameters.get("InterfaceType", "interface").equals("interface")) {
            throw unsupported("InterfaceType");
        }
        Ipv4Address primary = null;
        var secondary = new ArrayList<Ipv4Address>();
        if (parameters.has("PrivateIpAddress")) {
            primary = Parameters.address(parameters.require("PrivateIpAddress"));
        }
        for (String entry : parameters.entries("PrivateIpAddresses")) {
            Ipv4Address address =
                    Parameters.address(parameters.require(entry + ".PrivateIpAddress"));
            if (parameters.bool(entry + ".Primary", false)) {
                if (primary != null) {
                    throw new BadRequestException(
                            Ec2Error.of(
                                    "InvalidParameterCombination",
                                    "Only one private IP address can be specified as primary"));
                }
                primary = address;
            } else {
                secondary.add(address);
            }
        }
        var tags = new TreeMap<String, String>();
        for (String entry : parameters.entries("TagSpecification")) {
            if (!parameters.require(entry + ".ResourceType").equals("network-interface")) {
                throw new BadRequestException(
                        Ec2Error.invalidValue(
                                "'"
                                        + parameters.require(entry + ".ResourceType")
                                        + "' is not a valid taggable resource type for this"
                                        + " operation."));
            }
            readTags(entry + ".Tag", tags);
        }
        return new Ec2Request.CreateNetworkInterface(
                parameters.get("ClientToken", ""),
                new SubnetId(parameters.require("SubnetId")),
                parameters.get("Description", ""),
                groups(),
                tags,
                primary,
                secondary,
                count("SecondaryPrivateIpAddressCount"));
    }

    private Ec2Request.AttachNetworkInterface attach() throws BadRequestException {
        InterfaceId eni = eni();
        InstanceId instance = instance(parameters.require("InstanceId"));
        parameters.require("DeviceIndex");
        return new Ec2Request.AttachNetworkInterface(
                eni,
                instance,
                parameters.integer("NetworkCardIndex", 0),
                parameters.integer("DeviceIndex", 0));
    }

    private ModifyNetworkInterfaceAttribute modify() throws BadRequestException {
        var changes = new ArrayList<Change>();
        if (parameters.has("Attachment")) {
            changes.add(
                    new Change.DeleteOnTermination(
                            attachment("Attachment.AttachmentId"),
                            parameters.bool("Attachment.DeleteOnTermination", false)));
        }
        if (parameters.has("SecurityGroupId")) {
            changes.add(new Change.SecurityGroups(groups()));
        }
        if (parameters.has("SourceDestCheck")) {
            changes.add(new Change.SourceDestCheck(parameters.bool("SourceDestCheck.Value", true)));
        }
        if (parameters.has("Description")) {
            changes.add(new Change.Description(parameters.get("Description.Value", "")));
        }
        if (changes.size() > 1) {
            throw new BadRequestException(
                    Ec2Error.of(
                            "InvalidParameterCombination",
                            "Fields for multiple attribute types specified"));
        }
        InterfaceId eni = eni();
        if (changes.isEmpty()) {
            throw new BadRequestException(Ec2Error.missing("SecurityGroupId"));
        }
        return new ModifyNetworkInterfaceAttribute(eni, changes.getFirst());
    }

    private Ec2Request.AssignPrivateIpAddresses assign() throws BadRequestException {
        refuseTogether("SecondaryPrivateIpAddressCount", "Ipv4PrefixCount", "Ipv4Prefix");
        refusePrefixes();
        return new Ec2Request.AssignPrivateIpAddresses(
                eni(),
                parameters.addresses("PrivateIpAddress"),
                count("SecondaryPrivateIpAddressCount"),
                parameters.bool("AllowReassignment", false));
    }

    private Ec2Request.UnassignPrivateIpAddresses unassign() throws BadRequestException {
        refusePrefixes();
        return new Ec2Request.UnassignPrivateIpAddresses(
                eni(), parameters.addresses("PrivateIpAddress"));
    }

    private Page page() throws BadRequestException {
        int results = parameters.integer("MaxResults", 0);
        if (parameters.has("MaxResults") && results == 0) {
            results = -1; // a 0 that was sent is out of range, not absent
        }
        return new Page(results, parameters.find("NextToken"));
    }

    private List<Filter> filters() throws BadRequestException {
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

    private SortedMap<String, String> tags(String name) throws BadRequestException {
        var tags = new TreeMap<String, String>();
        readTags(name, tags);
        return tags;
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

    private List<SecurityGroupId> groups() throws BadRequestException {
        return parameters.list("SecurityGroupId").stream().map(SecurityGroupId::new).toList();
    }

    private InterfaceId eni() throws BadRequestException {
        return eni(parameters.require("NetworkInterfaceId"));
    }

    private List<InterfaceId> enis() throws BadRequestException {
        var ids = new ArrayList<InterfaceId>();
        for (String text : parameters.list("NetworkInterfaceId")) {
            ids.add(eni(text));
        }
        return ids;
    }

    private static InterfaceId eni(String text) throws BadRequestException {
        return new InterfaceId(id(text, "eni-", "InvalidNetworkInterfaceId.Malformed"));
    }

    private List<InstanceId> instances() throws BadRequestException {
        var ids = new ArrayList<InstanceId>();
        for (String text : parameters.list("InstanceId")) {
            ids.add(instance(text));
        }
        return ids;
    }

    private static InstanceId instance(String text) throws BadRequestException {
        return new InstanceId(id(text, "i-", "InvalidInstanceID.Malformed"));
    }

    private AttachmentId attachment(String name) throws BadRequestException {
        return new AttachmentId(
                id(
                        parameters.require(name),
                        "eni-attach-",
                        "InvalidNetworkInterfaceAttachmentId.Malformed"));
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

    private int count(String name) throws BadRequestException {
        int count = parameters.integer(name, 0);
        if (count < 0) {
            throw new BadRequestException(
                    Ec2Error.invalidValue(
                            "Value (" + count + ") for parameter " + name + " is invalid."));
        }
        return count;
    }

    private void refuseTogether(String name, String... others) throws BadRequestException {
        for (String other : others) {
            if (parameters.has(name) && parameters.has(other)) {
                throw new BadRequestException(
                        Ec2Error.of(
                                "InvalidParameterCombination",
                                "The parameter "
                                        + name
                                        + " cannot be used with the parameter "
                                        + other));
            }
        }
    }

    private void refusePrefixes() throws BadRequestException {
        for (String name :
                List.of(
                        "Ipv4PrefixCount",
                        "Ipv4Prefix",
                        "Ipv6PrefixCount",
                        "Ipv6Prefix",
                        "Ipv6AddressCount",
                        "Ipv6Addresses")) {
            if (parameters.has(name)) {
                throw unsupported(name);
            }
        }
    }

    private static BadRequestException unsupported(String name) {
        return new BadRequestException(
                Ec2Error.of(
                        "UnsupportedOperation",
                        "This emulator does not know the parameter " + name));
    }

    static Ec2Error invalidAction(String action) {
        return Ec2Error.of(
                "InvalidAction", "The action " + action + " is not valid for this web service.");
    }
}
