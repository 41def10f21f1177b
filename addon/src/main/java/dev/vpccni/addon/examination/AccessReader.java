package dev.vpccni.addon.examination;

import dev.vpccni.doctor.cluster.seen.NetworkPlan;
import dev.vpccni.doctor.cluster.seen.SeenAccess;
import dev.vpccni.doctor.snapshot.Fact;
import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import dev.vpccni.kubernetes.api.ApiException;
import dev.vpccni.kubernetes.api.ApiRequests;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Asks the API server what the daemon's service account may do, of what its settings need. */
final class AccessReader {

    private static final String REVIEWS = "/apis/authorization.k8s.io/v1/";
    private static final String MANAGER = "vpc-cni-doctor";
    private static final int FORBIDDEN = 403;
    private static final List<String> READ = List.of("get", "list", "watch");

    private final ApiRequests requests;
    private final NetworkPlan plan;
    private final boolean annotates;

    /**
     * @param annotates whether pods' addresses are written to their annotations
     */
    AccessReader(ApiRequests requests, NetworkPlan plan, boolean annotates) {
        this.requests = requests;
        this.plan = plan;
        this.annotates = annotates;
    }

    Fact<List<SeenAccess>> read() throws ApiException, JsonException, InterruptedException {
        boolean self = false;
        var all = new ArrayList<SeenAccess>();
        for (SeenAccess need : needs()) {
            boolean allowed;
            try {
                allowed = isAllowed(need, self);
            } catch (ApiException e) {
                if (self || e.status() != FORBIDDEN || !isSelf()) {
                    throw e;
                }
                self = true; // In a pod of the daemon, which may ask about itself alone.
                allowed = isAllowed(need, true);
            }
            all.add(
                    new SeenAccess(
                            need.group(), need.resource(), need.verb(), need.namespace(), allowed));
        }
        return new Fact.Seen<>(all);
    }

    /** As docs/install.md has it. */
    private List<SeenAccess> needs() {
        var needs = new ArrayList<SeenAccess>();
        add(needs, "", "nodes", READ);
        add(needs, "", "pods", READ);
        add(needs, "events.k8s.io", "events", List.of("create", "patch"));
        if (annotates) {
            add(needs, "", "pods", List.of("patch"));
        }
        if (plan.customNetworking()) {
            add(needs, "crd.k8s.amazonaws.com", "eniconfigs", READ);
        }
        if (plan.customNetworking() || plan.podInterfaces()) {
            add(needs, "vpcresources.k8s.aws", "cninodes", READ);
            add(needs, "vpcresources.k8s.aws", "cninodes", List.of("patch"));
        }
        return needs;
    }

    private static void add(
            List<SeenAccess> to, String group, String resource, List<String> verbs) {
        verbs.forEach(verb -> to.add(new SeenAccess(group, resource, verb, "", false)));
    }

    private String user() {
        return "system:serviceaccount:" + plan.namespace() + ":" + plan.account();
    }

    private boolean isSelf() throws ApiException, JsonException, InterruptedException {
        JsonObject answer =
                requests.create(
                        "/apis/authentication.k8s.io/v1/selfsubjectreviews",
                        object("authentication.k8s.io/v1", "SelfSubjectReview", null),
                        MANAGER);
        return answer.object("status").object("userInfo").string("username").equals(user());
    }

    private boolean isAllowed(SeenAccess need, boolean self)
            throws ApiException, JsonException, InterruptedException {
        Map<String, @Nullable Object> resource = new LinkedHashMap<>();
        resource.put("group", need.group());
        resource.put("resource", need.resource());
        resource.put("verb", need.verb());
        Map<String, @Nullable Object> spec = new LinkedHashMap<>();
        spec.put("resourceAttributes", resource);
        if (!self) {
            spec.put("user", user());
            spec.put(
                    "groups",
                    List.of(
                            "system:serviceaccounts",
                            "system:serviceaccounts:" + plan.namespace(),
                            "system:authenticated"));
        }
        String kind = self ? "SelfSubjectAccessReview" : "SubjectAccessReview";
        JsonObject answer =
                requests.create(
                        REVIEWS + (self ? "selfsubjectaccessreviews" : "subjectaccessreviews"),
                        object("authorization.k8s.io/v1", kind, spec),
                        MANAGER);
        return answer.object("status").truth("allowed", false);
    }

    private static Map<String, @Nullable Object> object(
            String version, String kind, @Nullable Map<String, @Nullable Object> spec) {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        object.put("apiVersion", version);
        object.put("kind", kind);
        if (spec != null) {
            object.put("spec", spec);
        }
        return object;
    }
}
