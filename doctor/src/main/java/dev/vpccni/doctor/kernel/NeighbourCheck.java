package dev.vpccni.doctor.kernel;

import dev.vpccni.doctor.check.Check;
import dev.vpccni.doctor.check.Expected;
import dev.vpccni.doctor.check.Finding;
import dev.vpccni.doctor.snapshot.HostSnapshot;
import dev.vpccni.doctor.snapshot.SeenLink;
import dev.vpccni.model.IpFamily;
import java.util.List;
import java.util.OptionalLong;

/** Whether the kernel can remember the hardware address of each pod. */
public final class NeighbourCheck implements Check {

    /** Gateways, and other nodes in the subnet. */
    private static final int OTHERS = 64;

    @Override
    public String id() {
        return "neighbours-full";
    }

    @Override
    public String looksFor() {
        return "a `gc_thresh3` that is less than there are neighbours and pods, with room for 64"
                + " others";
    }

    @Override
    public String breaks() {
        return "the kernel drops packets to pods and gateways whose hardware address it cannot keep";
    }

    @Override
    public List<Finding> examine(HostSnapshot host, Expected expected) {
        String name =
                expected.family() == IpFamily.IPV6
                        ? "net/ipv6/neigh/default/gc_thresh3"
                        : "net/ipv4/neigh/default/gc_thresh3";
        OptionalLong most = host.files().parameter(name);
        if (most.isEmpty()) {
            return List.of();
        }
        long pods = host.kernel().links().or(List.of()).stream().filter(SeenLink::isPods).count();
        long known = host.kernel().neighbours().or(0);
        long needed = Math.max(pods, known) + OTHERS;
        if (needed <= most.getAsLong()) {
            return List.of();
        }
        String seen =
                "%d pods and %d neighbours, of which %s allows %d"
                        .formatted(pods, known, name, most.getAsLong());
        // A power of two stays the same while pods come and go.
        String remedy = "sysctl -w " + name + "=" + Long.highestOneBit(needed * 2) * 2;
        return List.of(known >= most.getAsLong() ? wrong(seen, remedy) : warning(seen, remedy));
    }
}
