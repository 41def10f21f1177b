package dev.vpccni.lab.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A file system where it is mounted.
 *
 * @param point where
 * @param type such as {@code ext4}
 */
public record Mount(Path point, String type) {

    /** What a lab's mounts are called in lists of mounts. */
    public static final String LAB = "vpc-cni-lab";

    private static final Path TABLE = Path.of("/proc/self/mountinfo");

    /** Blanks and backslashes are written as three octal digits. */
    private static final Pattern ESCAPED = Pattern.compile("\\\\([0-7]{3})");

    private static final int POINT = 4;

    /** Returns what is mounted on this computer, the last mounted last. */
    public static List<Mount> here() throws IOException {
        return parse(Files.readAllLines(TABLE));
    }

    /**
     * Reads lines of {@code mountinfo} (proc_pid_mountinfo(5)): after a number of optional fields
     * that differs comes a hyphen, then the type.
     */
    static List<Mount> parse(List<String> lines) {
        var mounts = new ArrayList<Mount>();
        for (String line : lines) {
            List<String> fields = List.of(line.split(" ", -1));
            int type = fields.indexOf("-") + 1;
            String point =
                    ESCAPED.matcher(fields.get(POINT))
                            .replaceAll(octal ->
                                    String.valueOf((char) Integer.parseInt(octal.group(1), 8))
                                            .replace("\\", "\\\\"));
            mounts.add(new Mount(Path.of(point), fields.get(type)));
        }
        return List.copyOf(mounts);
    }
}
