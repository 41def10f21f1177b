package dev.vpccni.linux.route;

/**
 * What few rules ask for; see ip-rule(8).
 *
 * @param outgoing the name of the link that the sending socket is bound to, or empty for any
 * @param ipProtocol the number of the protocol above IP, or 0 for any
 * @param inverted whether the rule is for packets that do <em>not</em> match
 * @param suppressPrefixLength routes with prefixes of this length or shorter do not count; -1 means
 *     that all count
 * @param target the priority to go on with, for {@link KernelRule#ACTION_GOTO}; 0 otherwise
 */
public record RuleExtras(
        String outgoing, int ipProtocol, boolean inverted, int suppressPrefixLength, int target) {

    /** Nothing of all that. */
    public static final RuleExtras NONE = new RuleExtras("", 0, false, -1, 0);

    /** Returns this for packets of one protocol above IP; 0 is any. */
    public RuleExtras ofProtocol(int number) {
        return new RuleExtras(outgoing, number, inverted, suppressPrefixLength, target);
    }

    /** Returns this with the priority to go on with. */
    public RuleExtras goingTo(int priority) {
        return new RuleExtras(outgoing, ipProtocol, inverted, suppressPrefixLength, priority);
    }

    @Override
    public String toString() {
        return (inverted ? " not" : "")
                + (outgoing.isEmpty() ? "" : " oif " + outgoing)
                + (ipProtocol == 0 ? "" : " ipproto " + ipProtocol)
                + (suppressPrefixLength < 0 ? "" : " suppress_prefixlength " + suppressPrefixLength)
                + (target == 0 ? "" : " goto " + target);
    }
}
