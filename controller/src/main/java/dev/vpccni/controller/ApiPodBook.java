package dev.vpccni.controller;

import dev.vpccni.controller.cluster.BranchPod;
import dev.vpccni.controller.plan.Branch;
import dev.vpccni.controller.plan.PodWish;
import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import dev.vpccni.kubernetes.api.ApiClient;
import dev.vpccni.kubernetes.api.ApiException;
import dev.vpccni.kubernetes.api.ApiRequests;
import dev.vpccni.model.PodName;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** The pods of an API server. */
final class ApiPodBook implements PodBook {

    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;

    private final ApiRequests requests;
    private final BooleanSupplier leads;

    /**
     * @param leads tells whether this process may act now
     */
    ApiPodBook(ApiClient client, BooleanSupplier leads) {
        requests = new ApiRequests(client);
        this.leads = leads;
    }

    /** The version and the identifier have the server refuse what is not the pod that was seen. */
    @Override
    public Written annotate(PodWish pod, String text) throws BookException, InterruptedException {
        Map<String, @Nullable Object> metadata = new TreeMap<>();
        metadata.put("uid", pod.uid());
        metadata.put("resourceVersion", pod.version());
        metadata.put("annotations", Map.of(Annotation.NAME, text));
        Map<String, @Nullable Object> change = new TreeMap<>();
        change.put("metadata", metadata);
        if (!leads.getAsBoolean()) {
            String why = "not sent: another controller may act now";
            throw new BookException(
                    "the pod " + pod.pod() + " cannot be annotated: " + why, new IOException(why));
        }
        try {
            var _ = requests.merge(path(pod.pod()), change, BranchController.MANAGER);
            return Written.DONE;
        } catch (ApiException e) {
            if (e.status() == CONFLICT || e.status() == NOT_FOUND) {
                return Written.CHANGED;
            }
            throw new BookException(
                    "the pod " + pod.pod() + " cannot be annotated: " + e.getMessage(), e);
        }
    }

    /** Without a version the server answers from what is stored, not from its memory. */
    @Override
    public boolean needs(Branch branch) throws BookException, InterruptedException {
        if (branch.pod().namespace().isEmpty()) {
            String why = "the tags of " + branch.id() + " do not name its pod";
            throw new BookException(why, new IOException(why));
        }
        try {
            JsonObject object = requests.find(path(branch.pod()));
            BranchPod found = object == null ? null : BranchPod.read(object);
            return found != null
                    && found.uid().equals(branch.podUid())
                    && (found.told().isEmpty() || found.told().equals(branch.id().value()));
        } catch (ApiException | JsonException e) {
            throw new BookException(
                    "the pod " + branch.pod() + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static String path(PodName pod) {
        return "/api/v1/namespaces/" + pod.namespace() + "/pods/" + pod.name();
    }
}
