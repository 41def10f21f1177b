package dev.vpccni.addon;

import dev.vpccni.addon.field.Difference;
import dev.vpccni.addon.field.FieldPath;
import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import dev.vpccni.kubernetes.api.ApiException;
import dev.vpccni.kubernetes.api.ApiRequests;
import dev.vpccni.node.port.Tempo;
import dev.vpccni.node.sentinel.Restraint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Looks at one object after the other, says what is not as it was installed, and makes it so. What
 * applying would change the server says itself, as it knows defaults and the keys of lists. Not
 * thread-safe.
 */
final class Keeper {

    /** As whose fields those count that are kept. */
    static final String MANAGER = "vpc-cni-addon";

    /** As whose fields those count that users may change in an object that had to be made anew. */
    static final String CREATOR = "vpc-cni-addon-creation";

    /** An object that is being removed has gone, or is there again, after so long. */
    private static final Duration SOON = Duration.ofSeconds(30);

    private static final Duration AT_ONCE = Duration.ofSeconds(1);
    private static final int CONFLICT = 409;

    /** Controllers that undo a change do so every few minutes. */
    private static final Duration FIRST_PAUSE = Duration.ofMinutes(1);

    private static final Duration LONGEST_PAUSE = Duration.ofHours(4);
    private static final Duration QUIET = Duration.ofMinutes(30);

    private final ApiRequests requests;
    private final AddonSettings settings;
    private final Duration absence;
    private final Tempo tempo;
    private final AddonLog log;
    private final Restraint restraint = new Restraint(FIRST_PAUSE, LONGEST_PAUSE, QUIET);
    private final Map<String, Map<FieldPath, String>> fought = new TreeMap<>();
    private final Map<String, Long> absentSince = new TreeMap<>();

    /** Whether what was installed is still what it was when it was read. */
    interface Confirmation {
        /** Asks the server. */
        boolean isStill() throws ApiException, InterruptedException;
    }

    /**
     * What came of a look.
     *
     * @param found how many fields were not as installed, an object that is gone being one
     * @param next when to look again at the latest
     */
    record Look(int found, Duration next) {}

    /**
     * @param absence how long an object has to be gone until it is made anew
     */
    Keeper(
            ApiRequests requests,
            AddonSettings settings,
            Duration absence,
            Tempo tempo,
            AddonLog log) {
        this.requests = requests;
        this.settings = settings;
        this.absence = absence;
        this.tempo = tempo;
        this.log = log;
    }

    /**
     * Looks at an object.
     *
     * @throws ApiException if it cannot be read or changed
     */
    Look look(ManagedObject object, Confirmation installed)
            throws ApiException, InterruptedException {
        try {
            JsonObject live = requests.find(object.path());
            if (live == null) {
                return gone(object, installed);
            }
            absentSince.remove(object.path());
            JsonObject metadata = live.object("metadata");
            if (metadata.has("deletionTimestamp")) {
                return new Look(0, SOON);
            }
            if (isBeingUpgraded(metadata)) {
                log.once(object.path(), object.text() + ": left alone while it is upgraded");
                return new Look(0, settings.every());
            }
            return compare(object, live, installed);
        } catch (JsonException e) {
            throw new ApiException(
                    ApiException.NONE,
                    "what the API server says cannot be understood: " + e.getMessage(),
                    Duration.ZERO,
                    e);
        }
    }

    private static boolean isBeingUpgraded(JsonObject metadata) throws JsonException {
        JsonObject annotations = metadata.objectOrNull("annotations");
        return annotations != null && annotations.has(AddonSettings.UPGRADE);
    }

    private Look compare(ManagedObject object, JsonObject live, Confirmation installed)
            throws ApiException, JsonException, InterruptedException {
        Map<String, @Nullable Object> wanted = FieldPath.without(object.managed(), resting(object));
        JsonObject applied = requests.apply(object.path(), wanted, MANAGER, true);
        List<Difference> differences = Difference.between(live, applied, MANAGER);
        String uid = live.object("metadata").string("uid", "");
        if (settings.report()) {
            differences.forEach(difference -> log.differs(object, uid, difference));
            return new Look(differences.size(), settings.every());
        }
        if (differences.isEmpty() && !Difference.changesOwner(live, applied, MANAGER)) {
            return new Look(0, untilNext(object));
        }
        // It was written before the objects were: whoever sees a new object sees it new, too.
        if (!installed.isStill()) {
            return new Look(0, AT_ONCE);
        }
        if (!apply(object, wanted, live)) {
            return new Look(0, AT_ONCE);
        }
        differences.forEach(difference -> restored(object, uid, difference));
        return new Look(differences.size(), untilNext(object));
    }

    /**
     * Changes the object that was looked at, and no later one.
     *
     * @return false if it has changed meanwhile
     */
    private boolean apply(
            ManagedObject object, Map<String, @Nullable Object> wanted, JsonObject live)
            throws ApiException, JsonException, InterruptedException {
        if (!(wanted.get("metadata") instanceof Map<?, ?> metadata)) {
            throw new JsonException("metadata is missing");
        }
        Map<String, @Nullable Object> versioned = new LinkedHashMap<>();
        metadata.forEach((name, value) -> versioned.put((String) name, value));
        versioned.put("resourceVersion", live.object("metadata").string("resourceVersion"));
        wanted.put("metadata", versioned);
        try {
            var _ = requests.apply(object.path(), wanted, MANAGER, false);
            return true;
        } catch (ApiException e) {
            if (e.status() == CONFLICT) {
                return false;
            }
            throw e;
        }
    }

    private void restored(ManagedObject object, String uid, Difference difference) {
        log.restored(object, uid, difference);
        String thing = thing(object, difference.field());
        Restraint.Fight fight = restraint.note(thing, tempo.nanos());
        if (fight.goesOn()) {
            fought.computeIfAbsent(object.path(), _ -> new LinkedHashMap<>())
                    .put(difference.field(), thing);
            log.givesWay(object, uid, difference, fight);
        }
    }

    private Look gone(ManagedObject object, Confirmation installed)
            throws ApiException, InterruptedException {
        if (settings.report()) {
            log.once(object.path(), object.text() + ": is gone");
            return new Look(1, settings.every());
        }
        long now = tempo.nanos();
        long since = absentSince.computeIfAbsent(object.path(), _ -> now);
        Duration rest = absence.minusNanos(now - since);
        Duration givenWay = restraint.rest(object.path(), now);
        if (givenWay.compareTo(rest) > 0) {
            rest = givenWay;
        }
        if (rest.isPositive()) {
            return new Look(1, rest);
        }
        if (!installed.isStill()) {
            return new Look(0, AT_ONCE);
        }
        // Its first writer owns what users change; only what is kept is applied, and so ours.
        var _ = requests.create(object.collection(), object.whole(), CREATOR);
        absentSince.remove(object.path());
        Restraint.Fight fight = restraint.note(object.path(), tempo.nanos());
        String again =
                fight.goesOn()
                        ? ", for the "
                                + fight.times()
                                + "th time: next time only after "
                                + fight.pause().toSeconds()
                                + " s"
                        : "";
        log.gone(object, "somebody has removed it; made anew as installed" + again);
        return new Look(1, AT_ONCE);
    }

    private List<FieldPath> resting(ManagedObject object) {
        var resting = new ArrayList<FieldPath>();
        Map<FieldPath, String> fields = fought.getOrDefault(object.path(), Map.of());
        fields.forEach((field, thing) -> {
            if (restraint.rest(thing, tempo.nanos()).isPositive()) {
                resting.add(field);
            }
        });
        return resting;
    }

    private Duration untilNext(ManagedObject object) {
        Duration least = settings.every();
        for (String thing : fought.getOrDefault(object.path(), Map.of()).values()) {
            Duration rest = restraint.rest(thing, tempo.nanos());
            if (rest.isPositive() && rest.compareTo(least) < 0) {
                least = rest;
            }
        }
        return least;
    }

    private static String thing(ManagedObject object, FieldPath field) {
        return object.path() + " " + field.text();
    }
}
