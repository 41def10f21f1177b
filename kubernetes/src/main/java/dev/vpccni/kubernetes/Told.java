package dev.vpccni.kubernetes;

import dev.vpccni.json.JsonObject;
import dev.vpccni.json.JsonShape;
import dev.vpccni.kubernetes.api.ApiException;
import dev.vpccni.kubernetes.api.Collected;
import org.jspecify.annotations.Nullable;

/** Says once when a collection cannot be followed, and why, and once when it can again. */
final class Told implements Collected {

    private final Collected collected;
    private final Complaint complaint;

    Told(Collected collected, Complaint complaint) {
        this.collected = collected;
        this.complaint = complaint;
    }

    @Override
    public JsonShape shape() {
        return collected.shape();
    }

    @Override
    public void begin() {
        collected.begin();
    }

    @Override
    public void listed(JsonObject object) {
        collected.listed(object);
    }

    @Override
    public void complete() {
        collected.complete();
    }

    @Override
    public void changed(JsonObject object) {
        collected.changed(object);
    }

    @Override
    public void removed(JsonObject object) {
        collected.removed(object);
    }

    @Override
    public void problem(@Nullable String reason) {
        problem(reason, ApiException.NONE);
    }

    @Override
    public void problem(@Nullable String reason, int status) {
        if (reason == null) {
            complaint.works();
        } else {
            complaint.failed(status, reason);
        }
        collected.problem(reason, status);
    }
}
