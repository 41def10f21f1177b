package dev.vpccni.addon.examination;

import dev.vpccni.doctor.snapshot.Fact;
import dev.vpccni.json.JsonException;
import dev.vpccni.kubernetes.api.ApiClient;
import dev.vpccni.kubernetes.api.ApiException;
import dev.vpccni.kubernetes.api.ApiRequests;
import org.jspecify.annotations.Nullable;

/**
 * Asks the API server one thing after the other. What it refuses is not seen, with its reason; once
 * it does not answer it is not asked again. Not thread-safe.
 */
final class ClusterSource {

    private static final int FORBIDDEN = 403;

    private final ApiRequests requests;
    private @Nullable String away;

    ClusterSource(ApiClient client) {
        requests = new ApiRequests(client);
    }

    /** A question that may fail. */
    interface Question<T> {
        /** Asks it. */
        Fact<T> ask(ApiRequests requests) throws ApiException, JsonException, InterruptedException;
    }

    <T> Fact<T> fact(Question<T> question) throws InterruptedException {
        if (away != null) {
            return new Fact.Unseen<>(away);
        }
        try {
            return question.ask(requests);
        } catch (ApiException e) {
            String why = String.valueOf(e.getMessage());
            if (e.status() == ApiException.NONE) {
                away = why;
            }
            return new Fact.Unseen<>(
                    e.status() == FORBIDDEN ? "whoever runs this may not: " + why : why);
        } catch (JsonException e) {
            return new Fact.Unseen<>(
                    "the API server's answer is not understood: " + e.getMessage());
        }
    }
}
