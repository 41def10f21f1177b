package dev.vpccni.doctor.check;

import java.util.regex.Pattern;

/**
 * Something that is not as it should be.
 *
 * @param check the identifier of the check that found it
 * @param seen what was seen, with numbers and names
 * @param breaks what that does to pods
 * @param remedy the command of a shell, run as root on the host, that mends it
 */
public record Finding(String check, Severity severity, String seen, String breaks, String remedy) {

    /** Names come from whoever could make a rule or a file, and end up in logs and terminals. */
    private static final Pattern CONTROL = Pattern.compile("\\p{C}");

    private static final int LENGTH_MAX = 2_000;

    public Finding {
        seen = shown(seen);
        remedy = shown(remedy);
    }

    private static String shown(String text) {
        String shorter = text.length() > LENGTH_MAX ? text.substring(0, LENGTH_MAX) + "..." : text;
        return CONTROL.matcher(shorter).replaceAll("?");
    }
}
