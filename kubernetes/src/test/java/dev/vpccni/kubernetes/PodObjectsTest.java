package dev.vpccni.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.json.Json;
import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import dev.vpccni.kubernetes.fake.FakeApiServer;
import dev.vpccni.model.PodName;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which pods are said to be ending: those that were seen to, and no others. */
final class PodObjectsTest {

    private static final PodName NAME = new PodName("default", "web-0");
    private static final String TIME = "2026-01-01T00:00:00Z";

    private final AtomicInteger told = new AtomicInteger();
    private final PodObjects pods = new PodObjects(false, told::incrementAndGet);

    private static JsonObject pod(String uid, Map<String, ?> metadata, Map<String, ?> parts) {
        Map<String, Object> object = FakeApiServer.object("default", "web-0", metadata, parts);
        Map<String, Object> head = new LinkedHashMap<>(metadata);
        head.put("uid", uid);
        head.put("namespace", "default");
        head.put("name", "web-0");
        object.put("metadata", head);
        try {
            return JsonObject.parse(Json.compact(object).getBytes(StandardCharsets.UTF_8));
        } catch (JsonException e) {
            throw new AssertionError(e);
        }
    }

    private static JsonObject pod(String uid) {
        return pod(uid, Map.of(), Map.of());
    }

    private static JsonObject deleted(String uid) {
        return pod(uid, Map.of("deletionTimestamp", TIME), Map.of());
    }

    private void list(JsonObject... objects) {
        pods.begin();
        for (JsonObject object : objects) {
            pods.listed(object);
        }
        pods.complete();
    }

    @Test
    void aPodIsEndingOnceItHasATimeToGoAndAfterItHasGone() {
        pods.changed(pod("a"));
        assertThat(pods.isEnding(NAME, "a")).isFalse();
        int before = pods.endings();

        pods.changed(deleted("a"));
        assertThat(pods.isEnding(NAME, "a")).isTrue();
        assertThat(pods.endings()).isGreaterThan(before);

        pods.removed(deleted("a"));
        assertThat(pods.isEnding(NAME, "a")).isTrue();
    }

    @Test
    void aPodMayGoWithoutATime() {
        pods.changed(pod("a"));
        int before = pods.endings();
        pods.removed(pod("a"));

        assertThat(pods.isEnding(NAME, "a")).isTrue();
        assertThat(pods.endings()).isGreaterThan(before);
    }

    @Test
    void aPodThatWasNotHeardOfIsNotEnding() {
        assertThat(pods.isEnding(NAME, "a")).isFalse();
        list();
        assertThat(pods.isEnding(NAME, "a")).as("it may be in the next event").isFalse();
    }

    /** The next of a StatefulSet asks before the watch shows it. */
    @Test
    void theNextOfTheSameNameIsNotEndingWithTheFormer() {
        pods.changed(deleted("a"));
        assertThat(pods.isEnding(NAME, "b")).isFalse();
        pods.removed(deleted("a"));
        assertThat(pods.isEnding(NAME, "b")).isFalse();
        pods.changed(pod("b"));
        assertThat(pods.isEnding(NAME, "b")).isFalse();
        assertThat(pods.isEnding(NAME, "a")).as("it went before").isTrue();
    }

    /** Another server of the cluster may be behind. */
    @Test
    void aListThatLacksWhatWasSeenEndsNothing() {
        pods.changed(pod("b"));
        list();
        assertThat(pods.isEnding(NAME, "b")).isFalse();
        list(deleted("a"));
        assertThat(pods.isEnding(NAME, "b")).isFalse();
        assertThat(pods.isEnding(NAME, "a")).isTrue();
    }

    @Test
    void aListThatShowsTheDeletionEndsThePod() {
        list(pod("a"));
        int before = pods.endings();
        list(deleted("a"));

        assertThat(pods.isEnding(NAME, "a")).isTrue();
        assertThat(pods.endings()).isGreaterThan(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "b"})
    void nobodyElseEndsWithIt(String uid) {
        pods.changed(deleted("a"));
        pods.removed(deleted("a"));
        assertThat(pods.isEnding(NAME, uid)).isFalse();
    }

    @Test
    void ofManyThatHaveGoneTheLatestAreRemembered() {
        for (int i = 0; i <= PodObjects.GONE_MAX; i++) {
            pods.removed(pod("uid-" + i));
        }

        assertThat(pods.isEnding(NAME, "uid-0")).isFalse();
        assertThat(pods.isEnding(NAME, "uid-1")).isTrue();
        assertThat(pods.isEnding(NAME, "uid-" + PodObjects.GONE_MAX)).isTrue();
    }

    @Test
    void whoAsksIsToldOfAnEndThatChangesNothingElse() {
        pods.changed(pod("a", Map.of(), Map.of("status", Map.of("podIP", "10.0.0.9"))));
        int before = told.get();
        pods.removed(pod("a"));
        assertThat(told.get()).isGreaterThan(before);
    }
}
