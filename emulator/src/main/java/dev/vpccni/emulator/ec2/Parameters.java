package dev.vpccni.emulator.ec2;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.vpccni.vpc.api.Ec2Error;
import java.net.URLDecoder;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a request in EC2's Query protocol. Lists are flattened and numbered from 1; gaps
 * and any order are accepted.
 */
final class Parameters {

    private final SortedMap<String, String> fields;

    private Parameters(SortedMap<String, String> fields) {
        this.fields = fields;
    }

    /**
     * Reads {@code application/x-www-form-urlencoded} text.
     *
     * @throws BadRequestException if it is malformed
     */
    static Parameters parse(String form) throws BadRequestException {
        var fields = new TreeMap<String, String>();
        try {
            for (String field : form.split("&", -1)) {
                int equals = field.indexOf('=');
                if (equals > 0) {
                    fields.put(
                            URLDecoder.decode(field.substring(0, equals), UTF_8),
                            URLDecoder.decode(field.substring(equals + 1), UTF_8));
                }
            }
        } catch (IllegalArgumentException e) {
            var error = Ec2Error.of("MalformedQueryString", "The query string is malformed");
            throw new BadRequestException(error);
        }
        return new Parameters(fields);
    }

    /**
     * Refuses characters that no XML document can hold, so that what is kept can be described (XML
     * 1.0, production 2). Names are not checked: unknown ones are not kept.
     */
    void checkCharacters() throws BadRequestException {
        for (var field : fields.entrySet()) {
            if (!Xml.canHold(field.getValue())) {
                throw new BadRequestException(
                        Ec2Error.of(
                                "InvalidCharacter",
                                "The parameter "
                                        + field.getKey()
                                        + " has a character that is not valid."));
            }
        }
    }

    @Nullable String find(String name) {
        return fields.get(name);
    }

    String get(String name, String otherwise) {
        return fields.getOrDefault(name, otherwise);
    }

    String require(String name) throws BadRequestException {
        String value = fields.get(name);
        if (value == null || value.isEmpty()) {
            throw new BadRequestException(Ec2Error.missing(name));
        }
        return value;
    }

    /** Tells whether a field or list of this name was sent. */
    boolean has(String name) {
        return fields.containsKey(name)
                || fields.tailMap(name + ".").keySet().stream()
                        .limit(1)
                        .anyMatch(key -> key.startsWith(name + "."));
    }

    int integer(String name, int otherwise) throws BadRequestException {
        String value = fields.get(name);
        if (value == null) {
            return otherwise;
        }
        if (!value.matches("-?[0-9]{1,10}")
                || Long.parseLong(value) != (int) Long.parseLong(value)) {
            throw invalid(value, name);
        }
        return Integer.parseInt(value);
    }

    boolean bool(String name, boolean otherwise) throws BadRequestException {
        String value = fields.get(name);
        return switch (value) {
            case null -> otherwise;
            case "true" -> true;
            case "false" -> false;
            default -> throw invalid(value, name);
        };
    }

    /** Returns the values of {@code name.1}, {@code name.2}, and so on. */
    List<String> list(String name) throws BadRequestException {
        var values = new ArrayList<String>();
        for (String entry : entries(name)) {
            values.add(get(entry, ""));
        }
        return values;
    }

    /** Returns what the fields of a list of structures begin with: {@code name.1} and so on. */
    List<String> entries(String name) throws BadRequestException {
        var byNumber = new TreeMap<Integer, String>();
        for (String key : fields.tailMap(name + ".").keySet()) {
            if (!key.startsWith(name + ".")) {
                break;
            }
            String number = key.substring(name.length() + 1).split("\\.", 2)[0];
            if (!number.matches("[0-9]{1,9}")) {
                throw new BadRequestException(
                        Ec2Error.of(
                                "UnknownParameter", "The parameter " + key + " is not recognized"));
            }
            byNumber.put(Integer.valueOf(number), name + "." + number);
        }
        return List.copyOf(byNumber.values());
    }

    /** Returns the field, a number of things; 0 if it was not sent. */
    int count(String name) throws BadRequestException {
        int count = integer(name, 0);
        if (count < 0) {
            throw invalid(String.valueOf(count), name);
        }
        return count;
    }

    /** Refuses a request that has a field or list {@code name} and one of {@code others}. */
    void refuseTogether(String name, String... others) throws BadRequestException {
        for (String other : others) {
            if (has(name) && has(other)) {
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

    /** Refuses what this emulator cannot carry out, rather than leave it out. */
    void refuse(String... names) throws BadRequestException {
        for (String name : names) {
            if (has(name)) {
                throw unsupported(name);
            }
        }
    }

    static BadRequestException unsupported(String name) {
        return new BadRequestException(
                Ec2Error.of(
                        "UnsupportedOperation",
                        "This emulator does not know the parameter " + name));
    }

    static BadRequestException invalid(String value, String name) {
        return new BadRequestException(
                Ec2Error.invalidValue(
                        "Value (" + value + ") for parameter " + name + " is invalid."));
    }
}
