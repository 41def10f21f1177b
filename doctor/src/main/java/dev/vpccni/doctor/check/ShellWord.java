package dev.vpccni.doctor.check;

/** Words of commands that somebody may paste into a shell. */
public final class ShellWord {

    private ShellWord() {}

    /** Returns {@code text} as one word of a shell, in quotes where it needs them. */
    public static String of(String text) {
        return text.matches("[A-Za-z0-9_./:+=@%-]+")
                ? text
                : "'" + text.replace("'", "'\\''") + "'";
    }
}
