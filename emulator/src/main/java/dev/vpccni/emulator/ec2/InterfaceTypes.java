package dev.vpccni.emulator.ec2;

import java.util.Set;

/** The types of interface that can be asked for. */
final class InterfaceTypes {

    private static final Set<String> KNOWN = Set.of("interface", "efa", "trunk");

    private InterfaceTypes() {}

    /**
     * Reads the type of a new interface.
     *
     * @param at what the name of the field begins with
     */
    static String read(Parameters parameters, String at) throws BadRequestException {
        String type = parameters.get(at + "InterfaceType", "interface");
        if (!KNOWN.contains(type)) {
            throw Parameters.unsupported("InterfaceType with the value " + type);
        }
        return type;
    }
}
