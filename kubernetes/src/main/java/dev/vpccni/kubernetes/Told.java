package dev.vpccni.kubernetes;

import dev.vpccni.json.JsonObject;
import dev.vpccni.json.JsonShape;
import dev.vpccni.kubernetes.api.Collected;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Says once when a collection cannot be followed, and why, and once when it can again. */
final class Told implements Collected {

    private final Collected collected;
    private final String what;
    private final Consumer<String> log;
    private @Nullable String told;

    /**
     * @param what the collection is called, such as {@code its pods}
     */
    Told(Collected collected, String what, Consumer<String> log) {
        this.collected = collected;
        this.what = what;
        this.log = log;
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
        if (reason == null) {
            log.accept("the node reads " + what + " again");
        } else if (!reason.equals(told)) {
            log.accept("the node cannot read " + what + ", and tries again: " + reason);
        }
        told = reason;
        collected.problem(reason);
    }
}
