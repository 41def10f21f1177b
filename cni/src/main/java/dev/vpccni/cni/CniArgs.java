package dev.vpccni.cni;

import dev.vpccni.model.PodName;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What {@code CNI_ARGS} says about the pod. Each part is empty where the runtime did not say.
 *
 * @param pod {@code K8S_POD_NAMESPACE} and {@code K8S_POD_NAME}
 * @param infraContainerId {@code K8S_POD_INFRA_CONTAINER_ID}
 * @param uid {@code K8S_POD_UID}
 */
public record CniArgs(PodName pod, String infraContainerId, String uid) {

    /** What an absent variable means. */
    public static final CniArgs NONE = new CniArgs(new PodName("", ""), "", "");

    private static final String VARIABLE = "CNI_ARGS";
    private static final String NAME = "K8S_POD_NAME";
    private static final String NAMESPACE = "K8S_POD_NAMESPACE";
    private static final String CONTAINER = "K8S_POD_INFRA_CONTAINER_ID";
    private static final String UID = "K8S_POD_UID";
    private static final String IGNORE_UNKNOWN = "IgnoreUnknown";

    /**
     * Reads pairs such as {@code IgnoreUnknown=1;K8S_POD_NAME=web}. Keys are case-sensitive; of a
     * key that comes twice the last counts.
     *
     * @throws CniException if a part is no pair, or a key is unknown and {@code IgnoreUnknown} not
     *     true
     */
    public static CniArgs parse(String text) throws CniException {
        if (text.isEmpty()) {
            return NONE;
        }
        Map<String, String> values = new TreeMap<>();
        String unknown = "";
        for (String pair : text.split(";", -1)) {
            String[] parts = pair.split("=", -1);
            if (parts.length != 2) {
                throw invalid(text, "pairs KEY=VALUE between semicolons; \"" + pair + "\" is none");
            }
            switch (parts[0]) {
                case NAME, NAMESPACE, CONTAINER, UID, IGNORE_UNKNOWN -> {
                    if (parts[1].length() > Identifiers.NAME_MAX) {
                        throw invalid(text, "at most 253 characters of " + parts[0]);
                    }
                    values.put(parts[0], parts[1]);
                }
                default -> unknown = unknown.isEmpty() ? parts[0] : unknown;
            }
        }
        if (!unknown.isEmpty() && !flag(text, values.getOrDefault(IGNORE_UNKNOWN, "0"))) {
            throw invalid(text, "known keys only, unless IgnoreUnknown=1; not \"" + unknown + "\"");
        }
        return new CniArgs(
                new PodName(values.getOrDefault(NAMESPACE, ""), values.getOrDefault(NAME, "")),
                values.getOrDefault(CONTAINER, ""),
                values.getOrDefault(UID, ""));
    }

    private static boolean flag(String text, String value) throws CniException {
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "1", "true" -> true;
            case "0", "false" -> false;
            default -> throw invalid(text, "IgnoreUnknown is 1, true, 0 or false");
        };
    }

    private static CniException invalid(String text, String allowed) {
        return new CniException(new CniError.InvalidVariable(VARIABLE, text, allowed));
    }
}
