package dev.vpccni.daemon.environment;

/** Numbers as Go's {@code strconv.ParseInt} reads them when it is given base 0. */
public final class GoNumbers {

    private GoNumbers() {}

    /**
     * Reads a number after an optional sign: {@code 0x}, {@code 0o} or {@code 0b} and digits of
     * that base, a leading zero and octal digits, or decimal digits; one underscore may stand
     * between digits and after the base.
     *
     * @return -1 if {@code text} is not such a number, or does not fit 63 bits
     */
    public static long parse(String text) {
        String digits = text.startsWith("+") ? text.substring(1) : text;
        int base = 10;
        String prefix = digits.length() < 2 ? "" : digits.substring(0, 2);
        switch (prefix) {
            case "0x", "0X" -> base = 16;
            case "0o", "0O" -> base = 8;
            case "0b", "0B" -> base = 2;
            default -> {
                base = digits.length() > 1 && digits.startsWith("0") ? 8 : 10;
                prefix = base == 8 ? "0" : "";
            }
        }
        String rest = digits.substring(prefix.length());
        boolean underscores = prefix.isEmpty() && rest.startsWith("_");
        if (underscores || rest.endsWith("_") || rest.contains("__")) {
            return -1;
        }
        String plain = rest.replace("_", "");
        if (plain.isEmpty() || plain.startsWith("+") || plain.startsWith("-")) {
            return -1;
        }
        try {
            return Long.parseLong(plain, base);
        } catch (NumberFormatException e) {
            return -1;
        }
    }
}
