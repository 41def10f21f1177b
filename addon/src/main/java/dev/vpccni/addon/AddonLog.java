package dev.vpccni.addon;

import dev.vpccni.addon.field.Difference;
import dev.vpccni.kubernetes.EventRecorder;
import dev.vpccni.node.sentinel.Restraint;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Says what was found and done, in lines of a log and in events on the objects. Thread-safe. */
final class AddonLog {

    /** So many things that were told are remembered; the oldest is told again after that. */
    private static final int TOLD_MAX = 1_000;

    private final Consumer<String> lines;
    private final @Nullable EventRecorder events;
    private final Map<String, String> told =
            new LinkedHashMap<>() {
                @Override
                protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
                    return size() > TOLD_MAX;
                }
            };

    AddonLog(Consumer<String> lines, @Nullable EventRecorder events) {
        this.lines = lines;
        this.events = events;
    }

    /** Says {@code line} unless that is what was said of {@code thing} last. */
    synchronized void once(String thing, String line) {
        if (!line.equals(told.put(thing, line))) {
            lines.accept(line);
        }
    }

    synchronized void restored(ManagedObject object, String uid, Difference difference) {
        String what =
                difference.field().text()
                        + " was "
                        + difference.former()
                        + ", written "
                        + difference.writer().text()
                        + "; restored to "
                        + difference.wanted();
        lines.accept(object.text() + ": " + what);
        event(object, uid, "FieldsRestored", "Restore " + difference.field().text(), what);
    }

    synchronized void differs(ManagedObject object, String uid, Difference difference) {
        String field = difference.field().text();
        String what =
                field
                        + " is "
                        + difference.former()
                        + ", written "
                        + difference.writer().text()
                        + "; installed was "
                        + difference.wanted();
        String line = object.text() + ": " + what;
        if (!line.equals(told.put(object.text() + " " + field, line))) {
            lines.accept(line);
            event(object, uid, "FieldsDiffer", "Report " + field, what);
        }
    }

    synchronized void givesWay(
            ManagedObject object, String uid, Difference difference, Restraint.Fight fight) {
        String field = difference.field().text();
        String what =
                field
                        + " was restored "
                        + fight.times()
                        + " times within "
                        + seconds(fight.within())
                        + " s, and is left alone for "
                        + seconds(fight.pause())
                        + " s: somebody goes on to change it, "
                        + difference.writer().text()
                        + "; change what is installed, or end that";
        lines.accept(object.text() + ": " + what);
        event(object, uid, "FieldsLeftAlone", "Restore " + field, what);
    }

    synchronized void gone(ManagedObject object, String what) {
        lines.accept(object.text() + ": " + what);
        event(object, "", "ObjectGone", "Restore", what);
    }

    private void event(
            ManagedObject object, String uid, String reason, String action, String note) {
        if (events != null) {
            events.warn(object.subject(uid), reason, action, note);
        }
    }

    private static long seconds(Duration duration) {
        return duration.toSeconds();
    }
}
