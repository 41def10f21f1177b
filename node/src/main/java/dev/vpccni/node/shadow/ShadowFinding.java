package dev.vpccni.node.shadow;

/**
 * One thing that this daemon would do, or that somebody should look at before it does.
 *
 * @param attention whether it is the latter: it may cost a pod something
 * @param what in one phrase, such as {@code remove interface eni-1}
 * @param why in one sentence
 */
public record ShadowFinding(ShadowPart part, boolean attention, String what, String why)
        implements Comparable<ShadowFinding> {

    /** Returns what it would do. */
    static ShadowFinding change(ShadowPart part, String what, String why) {
        return new ShadowFinding(part, false, what, why);
    }

    /** Returns what should be looked at. */
    static ShadowFinding attention(ShadowPart part, String what, String why) {
        return new ShadowFinding(part, true, what, why);
    }

    @Override
    public int compareTo(ShadowFinding other) {
        int byPart = part.compareTo(other.part);
        int byText = byPart == 0 ? what.compareTo(other.what) : byPart;
        int byWhy = byText == 0 ? why.compareTo(other.why) : byText;
        return byWhy == 0 ? Boolean.compare(attention, other.attention) : byWhy;
    }

    @Override
    public String toString() {
        return (attention ? "attention: " : "would ") + what + ": " + why;
    }
}
