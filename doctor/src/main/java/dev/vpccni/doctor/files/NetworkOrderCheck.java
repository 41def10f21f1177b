package dev.vpccni.doctor.files;

import dev.vpccni.doctor.check.Check;
import dev.vpccni.doctor.check.Expected;
import dev.vpccni.doctor.check.Finding;
import dev.vpccni.doctor.check.ShellWord;
import dev.vpccni.doctor.snapshot.HostSnapshot;
import dev.vpccni.doctor.snapshot.SeenNetwork;
import java.util.List;

/**
 * Whether a runtime takes another network than ours, since it takes the first one that is valid.
 */
public final class NetworkOrderCheck implements Check {

    /** Asks the network that comes next for the pod's first interface. */
    private static final String MULTUS = "multus";

    @Override
    public String id() {
        return "conflist-order";
    }

    @Override
    public String looksFor() {
        return "another network's file before `"
                + OwnNetworkCheck.FILE
                + "` in `/etc/cni/net.d`, unless it chains `aws-cni` or is Multus'";
    }

    @Override
    public String breaks() {
        return "the runtime gives new pods to the other network: they get no address of the VPC";
    }

    @Override
    public List<Finding> examine(HostSnapshot host, Expected expected) {
        for (SeenNetwork network : host.node().networks().or(List.of())) {
            boolean ours = network.file().equals(OwnNetworkCheck.FILE);
            boolean hasOurs =
                    network.plugins().stream()
                            .anyMatch(type ->
                                    type.equals(OwnNetworkCheck.PLUGIN) || type.startsWith(MULTUS));
            if (ours || hasOurs) {
                return List.of();
            }
            if (network.problem().isEmpty()) {
                String path = expected.networkFolder() + "/" + network.file();
                return List.of(
                        wrong(
                                path + " comes first, with " + String.join(", ", network.plugins()),
                                "mv " + ShellWord.of(path) + " " + ShellWord.of(path + ".off")));
            }
        }
        return List.of();
    }
}
