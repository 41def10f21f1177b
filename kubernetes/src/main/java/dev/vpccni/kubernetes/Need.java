package dev.vpccni.kubernetes;

/**
 * What the cluster must have for something that the daemon does.
 *
 * @param verbs that its account may use, such as {@code get, list, watch}
 * @param group of the API; empty for the core
 * @param resource such as {@code pods}
 * @param feature whose it is: a setting, or what is done in any case
 */
public record Need(String verbs, String group, String resource, String feature) {

    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;

    /** What is lacking, for one word in an event. */
    enum Lack {
        /** The account lacks a right. */
        MISSING_RBAC("MissingRBAC"),
        /** The server does not know such objects. */
        MISSING_CRD("MissingCRD"),
        /** Something else, which may pass. */
        NONE("");

        private final String reason;

        Lack(String reason) {
            this.reason = reason;
        }

        String reason() {
            return reason;
        }
    }

    /** Returns what a request's failure shows to be lacking. */
    Lack lack(int status) {
        return switch (status) {
            case FORBIDDEN -> Lack.MISSING_RBAC;
            case NOT_FOUND -> group.isEmpty() ? Lack.NONE : Lack.MISSING_CRD;
            default -> Lack.NONE;
        };
    }

    /** Returns what to do where that is lacking; empty where nothing is. */
    String remedy(Lack lack) {
        return switch (lack) {
            case MISSING_RBAC ->
                    "give the daemon's ClusterRole the rule apiGroups [\""
                            + group
                            + "\"], resources ["
                            + resource
                            + "], verbs ["
                            + verbs
                            + "], as the chart does for "
                            + feature;
            case MISSING_CRD ->
                    "install the CustomResourceDefinition "
                            + resource
                            + "."
                            + group
                            + ", with its version v1alpha1 served, which is in the chart and in its"
                            + " manifest";
            case NONE -> "";
        };
    }
}
