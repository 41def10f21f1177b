package dev.vpccni.conformance.judge;

import java.util.Locale;

/**
 * What the CNI specification demands of a plugin, each in one sentence, in the order in which it is
 * tried.
 *
 * @see <a href="https://www.cni.dev/docs/spec/">CNI specification 1.1.0</a>
 */
public enum Requirement {
    VERSION_ANSWER("VERSION says a cniVersion and the versions that are supported"),
    VERSION_ALONE("VERSION needs no variable but CNI_COMMAND"),
    ERROR_COMMAND("an unknown CNI_COMMAND is refused with code 4"),
    ERROR_MISSING("a missing variable is refused with code 4, and named"),
    ERROR_INVALID("a variable that is not allowed is refused with code 4, and named"),
    ERROR_JSON("a configuration that is no JSON is refused with code 6"),
    ERROR_NAME("a configuration without a network's name, or with a wrong one, gets code 7"),
    ERROR_VERSION("a cniVersion that is not supported is refused with code 1"),
    RESULT_0_1_0("the result of ADD has the form of 0.1.0"),
    RESULT_0_2_0("the result of ADD has the form of 0.2.0"),
    RESULT_0_3_0("the result of ADD has the form of 0.3.0"),
    RESULT_0_3_1("the result of ADD has the form of 0.3.1"),
    RESULT_0_4_0("the result of ADD has the form of 0.4.0"),
    RESULT_1_0_0("the result of ADD has the form of 1.0.0"),
    RESULT_1_1_0("the result of ADD has the form of 1.1.0"),
    RESULT_SANDBOX("the result says of CNI_IFNAME that its sandbox is CNI_NETNS"),
    RESULT_INTERFACE("after ADD the interface CNI_IFNAME is in the namespace, and up"),
    RESULT_ADDRESSES("the addresses of the result are those of the namespace's interfaces"),
    RESULT_ROUTES("the routes of the result are in the namespace"),
    ADD_TWICE("a second ADD of the same fails, or gives the same result and harms nothing"),
    ADD_NAME_TAKEN("ADD fails where CNI_IFNAME is somebody else's interface, and leaves it be"),
    ADD_SECOND_INTERFACE(
            "a second interface, of another name, is added or refused, and the first stays"),
    ADD_NO_NAMESPACE("ADD fails where there is no such namespace"),
    ADD_UNKNOWN_KEYS("unknown keys of the configuration are passed over, or get code 2"),
    ADD_NOISE("variables that are not the plugin's, and unknown CNI_ARGS, do not disturb it"),
    ADD_PARALLEL("eight containers at once are added, each with its own address, and deleted"),
    ADD_KILLED("after an ADD that was killed, DEL succeeds and nothing is left"),
    ADD_CHAIN("what prevResult holds is still in the result"),
    DEL_AFTER_ADD("DEL succeeds after ADD"),
    DEL_UNPLUGGED("after DEL the interface is gone, or nothing on the host leads to it"),
    DEL_RESIDUE("after DEL and the end of the namespace nothing that ADD made is on the host"),
    DEL_OTHERS("DEL takes nothing from another container"),
    DEL_REPEATED("DEL succeeds each time that it is repeated"),
    DEL_WITHOUT_PREVIOUS("DEL succeeds without prevResult, and leaves nothing"),
    DEL_NAMESPACE_GONE("DEL succeeds when the namespace has vanished, and leaves nothing"),
    DEL_NAMESPACE_EMPTY("DEL succeeds with an empty CNI_NETNS, and leaves nothing"),
    DEL_UNKNOWN("DEL succeeds for a container that was never added"),
    CHECK_AFTER_ADD("CHECK succeeds right after ADD"),
    CHECK_PREVIOUS("CHECK without prevResult fails"),
    CHECK_INTERFACE("CHECK fails when the interface was removed"),
    CHECK_ADDRESS("CHECK fails when an address was removed"),
    CHECK_ROUTE("CHECK fails when a route was removed"),
    GC_REMOVES("GC removes what belongs to no attachment in its list"),
    GC_KEEPS("GC keeps the attachments in its list"),
    STATUS_ANSWER("STATUS succeeds, or fails with code 50 or 51, or one of the plugin's own"),
    RESULT_VERSION("each result's cniVersion is that of the configuration"),
    ERROR_STATUS("the exit status is 0 with a result, and not 0 with an error"),
    ERROR_SHAPE("who fails prints an object with code and msg"),
    PROCESS_STDOUT("standard output holds the result and nothing else"),
    PROCESS_BOUNDED("no call prints without end"),
    PROCESS_ENDS("every call ends before its deadline");

    private final String text;

    Requirement(String text) {
        this.text = text;
    }

    /** Returns what it is called on command lines and scorecards, such as {@code del.repeated}. */
    public String id() {
        String lower = name().toLowerCase(Locale.ROOT);
        int end = lower.indexOf('_');
        String rest = lower.substring(end + 1);
        String sign = Character.isDigit(rest.charAt(0)) ? "." : "-";
        return lower.substring(0, end) + "." + rest.replace("_", sign);
    }

    /** Returns the demand as a sentence. */
    public String text() {
        return text;
    }

    /** Tells whether {@code words} names this one, or the group that it is in, such as add. */
    public boolean isNamed(String words) {
        return id().equals(words) || id().startsWith(words + ".");
    }
}
