package dev.vpccni.doctor.files;

import dev.vpccni.doctor.check.Check;
import dev.vpccni.doctor.check.Expected;
import dev.vpccni.doctor.check.Finding;
import dev.vpccni.doctor.snapshot.HostSnapshot;
import dev.vpccni.doctor.snapshot.SeenNetwork;
import java.util.ArrayList;
import java.util.List;

/** Whether each plugin that our network names is there. */
public final class PluginsCheck implements Check {

    @Override
    public String id() {
        return "conflist-plugins";
    }

    @Override
    public String looksFor() {
        return "a plugin that `"
                + OwnNetworkCheck.FILE
                + "` names and `/opt/cni/bin` does not have";
    }

    @Override
    public String breaks() {
        return "no pod starts: the runtime fails to find the plugin";
    }

    @Override
    public List<Finding> examine(HostSnapshot host, Expected expected) {
        List<String> binaries = host.files().folder(expected.pluginFolder()).orNull();
        if (binaries == null) {
            return List.of();
        }
        var missing = new ArrayList<String>();
        for (SeenNetwork network : host.node().networks().or(List.of())) {
            for (String type : network.plugins()) {
                if (network.file().equals(OwnNetworkCheck.FILE) && !binaries.contains(type)) {
                    missing.add(type);
                }
            }
        }
        if (missing.isEmpty()) {
            return List.of();
        }
        return List.of(
                wrong(
                        expected.pluginFolder() + " has no " + String.join(", ", missing),
                        // Its init container puts all of them there.
                        "kubectl -n kube-system rollout restart daemonset/aws-node"));
    }
}
