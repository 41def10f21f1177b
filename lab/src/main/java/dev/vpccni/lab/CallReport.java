package dev.vpccni.lab;

import dev.vpccni.emulator.state.CallCounts;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** What the nodes of a lab asked of EC2 and of metadata, as {@code lab calls -o json} prints it. */
final class CallReport {

    private CallReport() {}

    /** Returns the calls in {@code log} by node, service and action. */
    static Map<String, @Nullable Object> of(Collection<LabNode> machines, CallCounts log) {
        var nodes = new ArrayList<Map<String, @Nullable Object>>();
        for (LabNode machine : machines) {
            String caller = machine.instance().id().toString();
            var node = new LinkedHashMap<String, @Nullable Object>();
            node.put("name", machine.name());
            node.put("ec2", counts(log.of(CallCounts.Service.EC2).get(caller), false));
            node.put("ec2Failed", counts(log.of(CallCounts.Service.EC2).get(caller), true));
            node.put("ec2Failures", failures(log.of(CallCounts.Service.EC2).get(caller)));
            node.put("metadata", counts(log.of(CallCounts.Service.METADATA).get(caller), false));
            node.put("metadataFailures", failures(log.of(CallCounts.Service.METADATA).get(caller)));
            nodes.add(node);
        }
        var calls = new LinkedHashMap<String, @Nullable Object>();
        calls.put("nodes", nodes);
        return calls;
    }

    private static Map<String, @Nullable Object> counts(
            @Nullable SortedMap<String, CallCounts.Count> counted, boolean failed) {
        var counts = new LinkedHashMap<String, @Nullable Object>();
        List<Map.Entry<String, CallCounts.Count>> entries =
                counted == null ? List.of() : List.copyOf(counted.entrySet());
        for (var entry : entries) {
            long count = failed ? entry.getValue().failed() : entry.getValue().calls();
            if (count > 0) {
                counts.put(entry.getKey(), count);
            }
        }
        return counts;
    }

    /** Returns how often each action failed with which error, of those that failed. */
    private static Map<String, @Nullable Object> failures(
            @Nullable SortedMap<String, CallCounts.Count> counted) {
        var failures = new LinkedHashMap<String, @Nullable Object>();
        if (counted != null) {
            counted.forEach((action, count) -> {
                if (count.failed() > 0) {
                    failures.put(action, new LinkedHashMap<>(count.failures()));
                }
            });
        }
        return failures;
    }
}
