package dev.vpccni.cni;

/** The forms of names that the CNI specification and the kernel prescribe. */
final class Identifiers {

    static final String NAME_FORM =
            "at most 253 letters, digits, '_', '.' and '-', beginning with a letter or digit";

    /**
     * The longest name that Kubernetes allows for anything. A request is kept while it waits, and a
     * key for as long as the address is granted, so neither may be of any length.
     */
    static final int NAME_MAX = 253;

    /** PATH_MAX of linux/limits.h, less the final zero. */
    static final int PATH_MAX = 4095;

    static final String INTERFACE_NAME_FORM =
            "1 to 15 characters without '/', ':' and white space, not \".\" and not \"..\"";

    /** IFNAMSIZ of linux/if.h, less the final zero. */
    private static final int INTERFACE_NAME_MAX = 15;

    private Identifiers() {}

    /** Tells whether {@code text} can be a container's identifier or a network's name. */
    static boolean isName(String text) {
        return text.length() <= NAME_MAX && text.matches("[a-zA-Z0-9][a-zA-Z0-9_.\\-]*");
    }

    /** Tells whether {@code text} can name an interface. */
    static boolean isInterfaceName(String text) {
        return !text.isEmpty()
                && text.length() <= INTERFACE_NAME_MAX
                && !text.equals(".")
                && !text.equals("..")
                && text.chars().noneMatch(Identifiers::isForbidden);
    }

    private static boolean isForbidden(int character) {
        return character == '/' || character == ':' || Character.isWhitespace(character);
    }
}
