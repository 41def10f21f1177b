package dev.vpccni.kubernetes;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Removes the taint that the node was registered with, once pods can be connected. Each removal
 * names the place and what must be there, so that nobody else's taint goes, also where the list has
 * changed meanwhile. Used by one thread.
 */
final class StartupTaint implements NodeDuty {

    private final NodeWriter.Thing thing;
    private final String key;
    private final Consumer<String> log;

    StartupTaint(NodeWriter writer, String key, Consumer<String> log, Operator operator) {
        this.key = key;
        this.log = log;
        var need = new Need("patch", "", "nodes", "startupTaint.enabled");
        thing = writer.new Thing(new Complaint("remove its taint " + key, need, log, operator));
    }

    @Override
    public void attend(NodeObject.Said said, @Nullable String obstacle)
            throws InterruptedException {
        if (obstacle != null || !said.taints().contains(key)) {
            return;
        }
        // Another list is another purpose: what failed for the last one may be tried at once.
        boolean removed =
                thing.write(
                        said.taints().toString(),
                        "",
                        "application/json-patch+json",
                        removals(said.taints()));
        if (removed) {
            log.accept("pods can be given addresses: removed the taint " + key);
        }
    }

    /** From the last one on, since what comes after a place moves up. */
    private List<Map<String, Object>> removals(List<String> taints) {
        List<Map<String, Object>> steps = new ArrayList<>();
        for (int i = taints.size() - 1; i >= 0; i--) {
            if (taints.get(i).equals(key)) {
                Map<String, Object> test = new LinkedHashMap<>();
                test.put("op", "test");
                test.put("path", "/spec/taints/" + i + "/key");
                test.put("value", key);
                Map<String, Object> removal = new LinkedHashMap<>();
                removal.put("op", "remove");
                removal.put("path", "/spec/taints/" + i);
                steps.add(test);
                steps.add(removal);
            }
        }
        return steps;
    }
}
