package dev.vpccni.emulator.ec2;

import dev.vpccni.model.Cidr;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.Ipv6Address;
import dev.vpccni.model.Ipv6Cidr;
import dev.vpccni.vpc.api.Ec2Error;
import dev.vpccni.vpc.api.WantedBlocks;
import java.util.ArrayList;
import java.util.List;

/** Reads the fields that speak of addresses, prefixes and CIDR blocks. */
final class AddressFields {

    private static final String SECONDARY_COUNT = "SecondaryPrivateIpAddressCount";

    private final Parameters parameters;
    private final String at;

    /**
     * @param at what the names of the fields begin with, such as {@code NetworkInterface.1.}
     */
    AddressFields(Parameters parameters, String at) {
        this.parameters = parameters;
        this.at = at;
    }

    /** The addresses of a new interface: the primary one, if it is named, and the others. */
    record NewAddresses(List<Ipv4Address> primary, WantedBlocks ipv4, WantedBlocks ipv6) {}

    /** Reads what a new interface is to have; lists are of structures here. */
    NewAddresses ofNewInterface() throws BadRequestException {
        var primary = new ArrayList<Ipv4Address>();
        var secondary = new ArrayList<Ipv4Address>();
        if (parameters.has(at + "PrivateIpAddress")) {
            primary.add(ipv4(parameters.require(at + "PrivateIpAddress")));
        }
        for (String entry : parameters.entries(at + "PrivateIpAddresses")) {
            Ipv4Address address = ipv4(parameters.require(entry + ".PrivateIpAddress"));
            if (parameters.bool(entry + ".Primary", false)) {
                primary.add(address);
            } else {
                secondary.add(address);
            }
        }
        if (primary.size() > 1) {
            throw new BadRequestException(
                    Ec2Error.of(
                            "InvalidParameterCombination",
                            "Only one private IP address can be specified as primary"));
        }
        refusePairs(SECONDARY_COUNT, "Ipv4PrefixCount", "Ipv4Prefix");
        refusePairs("Ipv6AddressCount", "Ipv6PrefixCount", "Ipv6Prefix", "Ipv6Addresses");
        var ipv4 =
                new WantedBlocks(
                        List.copyOf(secondary),
                        parameters.count(at + SECONDARY_COUNT),
                        prefixes(structures("Ipv4Prefix", "Ipv4Prefix")),
                        parameters.count(at + "Ipv4PrefixCount"));
        var ipv6 =
                new WantedBlocks(
                        List.copyOf(ipv6(structures("Ipv6Addresses", "Ipv6Address"))),
                        parameters.count(at + "Ipv6AddressCount"),
                        prefixes(structures("Ipv6Prefix", "Ipv6Prefix")),
                        parameters.count(at + "Ipv6PrefixCount"));
        return new NewAddresses(primary, ipv4, ipv6);
    }

    /** Reads what AssignPrivateIpAddresses is to assign. */
    WantedBlocks toAssign() throws BadRequestException {
        refusePairs(SECONDARY_COUNT, "Ipv4PrefixCount", "Ipv4Prefix", "PrivateIpAddress");
        return new WantedBlocks(
                List.copyOf(ipv4(parameters.list("PrivateIpAddress"))),
                parameters.count(SECONDARY_COUNT),
                prefixes(parameters.list("Ipv4Prefix")),
                parameters.count("Ipv4PrefixCount"));
    }

    /** Reads what AssignIpv6Addresses is to assign. */
    WantedBlocks toAssignOfIpv6() throws BadRequestException {
        refusePairs("Ipv6AddressCount", "Ipv6PrefixCount", "Ipv6Prefix", "Ipv6Addresses");
        return new WantedBlocks(
                List.copyOf(ipv6(parameters.list("Ipv6Addresses"))),
                parameters.count("Ipv6AddressCount"),
                prefixes(parameters.list("Ipv6Prefix")),
                parameters.count("Ipv6PrefixCount"));
    }

    /** Reads a list of IPv4 addresses. */
    List<Ipv4Address> ipv4List(String name) throws BadRequestException {
        return ipv4(parameters.list(at + name));
    }

    /** Reads a list of IPv6 addresses. */
    List<Ipv6Address> ipv6List(String name) throws BadRequestException {
        return ipv6(parameters.list(at + name));
    }

    /** Reads a list of IPv4 prefixes. */
    List<Ipv4Cidr> ipv4Prefixes(String name) throws BadRequestException {
        var prefixes = new ArrayList<Ipv4Cidr>();
        for (Cidr prefix : prefixes(parameters.list(at + name))) {
            if (!(prefix instanceof Ipv4Cidr four)) {
                throw notAPrefix(prefix.toString());
            }
            prefixes.add(four);
        }
        return prefixes;
    }

    /** Reads a list of IPv6 prefixes. */
    List<Ipv6Cidr> ipv6Prefixes(String name) throws BadRequestException {
        var prefixes = new ArrayList<Ipv6Cidr>();
        for (Cidr prefix : prefixes(parameters.list(at + name))) {
            if (!(prefix instanceof Ipv6Cidr six)) {
                throw notAPrefix(prefix.toString());
            }
            prefixes.add(six);
        }
        return prefixes;
    }

    /** Reads a CIDR block of IPv4, which must be there. */
    Ipv4Cidr ipv4Block(String name) throws BadRequestException {
        String text = parameters.require(at + name);
        try {
            return Ipv4Cidr.parse(text);
        } catch (IllegalArgumentException e) {
            throw notABlock(text, name);
        }
    }

    /** Reads a CIDR block of IPv6, which must be there. */
    Ipv6Cidr ipv6Block(String name) throws BadRequestException {
        String text = parameters.require(at + name);
        try {
            return Ipv6Cidr.parse(text);
        } catch (IllegalArgumentException e) {
            throw notABlock(text, name);
        }
    }

    private void refusePairs(String... names) throws BadRequestException {
        for (int i = 0; i < names.length; i++) {
            for (int j = i + 1; j < names.length; j++) {
                parameters.refuseTogether(at + names[i], at + names[j]);
            }
        }
    }

    private List<String> structures(String list, String field) throws BadRequestException {
        var values = new ArrayList<String>();
        for (String entry : parameters.entries(at + list)) {
            values.add(parameters.require(entry + "." + field));
        }
        return values;
    }

    private static List<Ipv4Address> ipv4(List<String> texts) throws BadRequestException {
        var addresses = new ArrayList<Ipv4Address>();
        for (String text : texts) {
            addresses.add(ipv4(text));
        }
        return addresses;
    }

    private static Ipv4Address ipv4(String text) throws BadRequestException {
        try {
            return Ipv4Address.parse(text);
        } catch (IllegalArgumentException e) {
            throw notAnAddress(text);
        }
    }

    private static List<Ipv6Address> ipv6(List<String> texts) throws BadRequestException {
        var addresses = new ArrayList<Ipv6Address>();
        for (String text : texts) {
            try {
                addresses.add(Ipv6Address.parse(text));
            } catch (IllegalArgumentException e) {
                throw notAnAddress(text);
            }
        }
        return addresses;
    }

    /** A prefix must be named by its first address. */
    private static List<Cidr> prefixes(List<String> texts) throws BadRequestException {
        var prefixes = new ArrayList<Cidr>();
        for (String text : texts) {
            Cidr prefix;
            IpAddress first;
            try {
                prefix = Cidr.parse(text);
                first = IpAddress.parse(text.substring(0, text.indexOf('/')));
            } catch (IllegalArgumentException e) {
                throw notAPrefix(text);
            }
            if (!prefix.network().equals(first)) {
                throw notAPrefix(text);
            }
            prefixes.add(prefix);
        }
        return prefixes;
    }

    private static BadRequestException notAnAddress(String text) {
        return new BadRequestException(
                Ec2Error.invalidValue("invalid value for parameter address: " + text));
    }

    private static BadRequestException notAPrefix(String text) {
        return new BadRequestException(
                Ec2Error.invalidValue("invalid value for parameter prefix: " + text));
    }

    private static BadRequestException notABlock(String text, String name) {
        return new BadRequestException(
                Ec2Error.invalidValue(
                        "Value ("
                                + text
                                + ") for parameter "
                                + name
                                + " is invalid. This is not a valid CIDR block."));
    }
}
