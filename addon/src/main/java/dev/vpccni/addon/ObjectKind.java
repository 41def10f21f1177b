package dev.vpccni.addon;

import org.jspecify.annotations.Nullable;

/**
 * A kind of objects that an installation has.
 *
 * @param plural as in paths
 * @param namespaced whether such objects are in a namespace
 */
record ObjectKind(String apiVersion, String kind, String plural, boolean namespaced) {

    private static final String RBAC = "rbac.authorization.k8s.io/v1";

    /** Returns that of an object; null for one that no installation of ours has. */
    static @Nullable ObjectKind of(String apiVersion, String kind) {
        return switch (apiVersion + " " + kind) {
            case "v1 ConfigMap" -> new ObjectKind("v1", kind, "configmaps", true);
            case "v1 ServiceAccount" -> new ObjectKind("v1", kind, "serviceaccounts", true);
            case "apps/v1 DaemonSet" -> new ObjectKind("apps/v1", kind, "daemonsets", true);
            case RBAC + " ClusterRole" -> new ObjectKind(RBAC, kind, "clusterroles", false);
            case RBAC + " ClusterRoleBinding" ->
                    new ObjectKind(RBAC, kind, "clusterrolebindings", false);
            case "apiextensions.k8s.io/v1 CustomResourceDefinition" ->
                    new ObjectKind(apiVersion, kind, "customresourcedefinitions", false);
            default -> null;
        };
    }

    /** Returns the path of the collection. */
    String collection(String namespace) {
        String group = apiVersion.contains("/") ? "/apis/" : "/api/";
        return group + apiVersion + (namespaced ? "/namespaces/" + namespace : "") + "/" + plural;
    }
}
