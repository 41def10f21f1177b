package dev.vpccni.doctor.files;

import dev.vpccni.doctor.check.Check;
import dev.vpccni.doctor.check.Expected;
import dev.vpccni.doctor.check.Finding;
import dev.vpccni.doctor.check.ShellWord;
import dev.vpccni.doctor.snapshot.HostSnapshot;
import dev.vpccni.doctor.snapshot.SeenNetwork;
import java.util.List;

/** Whether our network is there for runtimes, and is one. */
public final class OwnNetworkCheck implements Check {

    /** The name of its file. */
    static final String FILE = "10-aws.conflist";

    /** The type of its first plugin. */
    static final String PLUGIN = "aws-cni";

    @Override
    public String id() {
        return "conflist-own";
    }

    @Override
    public String looksFor() {
        return "`" + FILE + "` missing, not to be read as a network, or without `" + PLUGIN + "`";
    }

    @Override
    public String breaks() {
        return "the node is not ready, and no pod starts";
    }

    @Override
    public List<Finding> examine(HostSnapshot host, Expected expected) {
        List<SeenNetwork> networks = host.node().networks().orNull();
        boolean absent = host.node().networks().isAbsent();
        // The daemon puts it there when pods can be added.
        if (expected.daemonRuns() || (networks == null && !absent)) {
            return List.of();
        }
        String path = expected.networkFolder() + "/" + FILE;
        String remedy =
                "mkdir -p "
                        + ShellWord.of(expected.networkFolder())
                        + " && vpc-cni daemon --print-conflist > "
                        + ShellWord.of(path);
        boolean chained = false;
        for (SeenNetwork network : networks == null ? List.<SeenNetwork>of() : networks) {
            boolean has = network.plugins().contains(PLUGIN);
            if (network.file().equals(FILE)) {
                if (!network.problem().isEmpty()) {
                    return List.of(wrong(path + " is no network: " + network.problem(), remedy));
                }
                return has ? List.of() : List.of(wrong(path + " has no " + PLUGIN, remedy));
            }
            chained |= has;
        }
        return chained ? List.of() : List.of(wrong(path + " is not there", remedy));
    }
}
