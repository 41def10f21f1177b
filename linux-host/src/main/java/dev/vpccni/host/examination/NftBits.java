package dev.vpccni.host.examination;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which bits of a mark an expression of nft's JSON asks for, or leaves as they are. */
final class NftBits {

    /** A mark has 32. */
    static final long ALL = 0xffff_ffffL;

    private NftBits() {}

    /**
     * Returns the bits of a mark that {@code left} of a comparison lets through; 0 if it is none.
     */
    static long asked(@Nullable Object left) {
        if (NftRule.isKey(left, "meta", "mark") || NftRule.isKey(left, "ct", "mark")) {
            return ALL;
        }
        List<?> masked = operands(left, "&");
        return masked.size() == 2
                        && asked(masked.getFirst()) != 0
                        && masked.getLast() instanceof Long mask
                ? mask & ALL
                : 0;
    }

    /**
     * Returns the bits that a mark {@code self} has for certain still when it becomes {@code
     * value}.
     */
    static long kept(@Nullable Object value, @Nullable Object self) {
        if (value == null || self == null) {
            return 0;
        }
        if (value.equals(self)) {
            return ALL;
        }
        List<?> or = operands(value, "|");
        if (or.size() == 2) {
            return kept(or.getFirst(), self) & ~ones(or.getLast());
        }
        List<?> xor = operands(value, "^");
        if (xor.size() == 2) {
            return kept(xor.getFirst(), self) & ~ones(xor.getLast());
        }
        List<?> and = operands(value, "&");
        return and.size() == 2 && and.getLast() instanceof Long mask
                ? kept(and.getFirst(), self) & mask
                : 0;
    }

    /** Returns the bits that may be set in {@code value}. */
    private static long ones(@Nullable Object value) {
        if (value instanceof Long number) {
            return number & ALL;
        }
        List<?> and = operands(value, "&");
        return and.size() == 2 && and.getLast() instanceof Long mask ? mask & ALL : ALL;
    }

    private static List<?> operands(@Nullable Object value, String operator) {
        return value instanceof Map<?, ?> one && one.get(operator) instanceof List<?> operands
                ? operands
                : List.of();
    }
}
