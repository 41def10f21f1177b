package dev.vpccni.doctor.kernel;

import dev.vpccni.doctor.check.Check;
import dev.vpccni.doctor.check.Expected;
import dev.vpccni.doctor.check.Finding;
import dev.vpccni.doctor.check.ShellWord;
import dev.vpccni.doctor.snapshot.HostSnapshot;
import dev.vpccni.doctor.snapshot.SeenLink;
import dev.vpccni.model.IpFamily;
import java.util.List;
import java.util.OptionalLong;

/** Whether the kernel drops what comes in by another interface than its answer would leave by. */
public final class ReversePathCheck implements Check {

    private static final long STRICT = 1;

    @Override
    public String id() {
        return "rp-filter-strict";
    }

    @Override
    public String looksFor() {
        return "`rp_filter` of the primary interface strict: the larger one of its own and that of"
                + " `all` is 1";
    }

    @Override
    public String breaks() {
        return "connections to node ports of pods on secondary interfaces are dropped";
    }

    @Override
    public List<Finding> examine(HostSnapshot host, Expected expected) {
        SeenLink primary = Primary.of(host, IpFamily.IPV4);
        if (primary == null || expected.family() != IpFamily.IPV4 || !expected.nodePorts()) {
            return List.of();
        }
        String own = "net/ipv4/conf/" + primary.name() + "/rp_filter";
        OptionalLong mine = host.files().parameter(own);
        OptionalLong all = host.files().parameter("net/ipv4/conf/all/rp_filter");
        if (mine.isEmpty()
                || all.isEmpty()
                || Math.max(mine.getAsLong(), all.getAsLong()) != STRICT) {
            return List.of();
        }
        return List.of(
                wrong(
                        "rp_filter of %s is %d, of all %d"
                                .formatted(primary.name(), mine.getAsLong(), all.getAsLong()),
                        "sysctl -w " + ShellWord.of(own + "=2")));
    }
}
