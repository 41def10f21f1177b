package dev.vpccni.doctor.kernel;

import dev.vpccni.doctor.check.Check;
import dev.vpccni.doctor.check.Expected;
import dev.vpccni.doctor.check.Finding;
import dev.vpccni.doctor.snapshot.HostSnapshot;
import java.util.List;
import java.util.OptionalLong;

/** Whether the kernel can remember further connections. */
public final class ConntrackCheck implements Check {

    private static final String FOLDER = "net/netfilter/";

    /** Percents. A node with many short connections swings by some. */
    private static final long MUCH = 80;

    private static final long FULL = 95;

    @Override
    public String id() {
        return "conntrack-full";
    }

    @Override
    public String looksFor() {
        return "`nf_conntrack_count` at 80 % of `nf_conntrack_max` (warning), or at 95 % (wrong)";
    }

    @Override
    public String breaks() {
        return "first packets of new connections are dropped, of pods and of the node";
    }

    @Override
    public List<Finding> examine(HostSnapshot host, Expected expected) {
        OptionalLong count = host.files().parameter(FOLDER + "nf_conntrack_count");
        OptionalLong max = host.files().parameter(FOLDER + "nf_conntrack_max");
        if (count.isEmpty() || max.isEmpty() || max.getAsLong() <= 0) {
            return List.of();
        }
        long percents = count.getAsLong() / (max.getAsLong() / 100.0) >= FULL ? FULL : 0;
        if (percents == 0 && count.getAsLong() / (max.getAsLong() / 100.0) >= MUCH) {
            percents = MUCH;
        }
        if (percents == 0) {
            return List.of();
        }
        String seen =
                "%d connections are remembered, of at most %d"
                        .formatted(count.getAsLong(), max.getAsLong());
        String remedy =
                "sysctl -w net.netfilter.nf_conntrack_max="
                        + Math.min(max.getAsLong() * 2, Integer.MAX_VALUE);
        return List.of(percents == FULL ? wrong(seen, remedy) : warning(seen, remedy));
    }
}
