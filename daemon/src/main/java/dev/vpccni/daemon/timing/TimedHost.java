package dev.vpccni.daemon.timing;

import dev.vpccni.dataplane.HostEnd;
import dev.vpccni.dataplane.InterfaceSetup;
import dev.vpccni.dataplane.NodeSetup;
import dev.vpccni.dataplane.PodWiring;
import dev.vpccni.dataplane.branch.BranchEnd;
import dev.vpccni.dataplane.branch.BranchView;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.IpFamily;
import dev.vpccni.model.MacAddress;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.HostNetwork;
import dev.vpccni.node.port.PodNamespace;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** A kernel of which it is known how much of a verb's time it takes. */
public final class TimedHost implements HostNetwork {

    private final HostNetwork host;

    public TimedHost(HostNetwork host) {
        this.host = host;
    }

    @Override
    public void wire(PodWiring wiring, PodNamespace pod)
            throws HostException, InterruptedException {
        try (var _ = StageClock.during(Stage.KERNEL)) {
            host.wire(wiring, pod);
        }
    }

    @Override
    public @Nullable String otherDefault(PodNamespace pod, String podInterface, IpFamily family)
            throws HostException, InterruptedException {
        try (var _ = StageClock.during(Stage.KERNEL)) {
            return host.otherDefault(pod, podInterface, family);
        }
    }

    @Override
    public void unwire(IpAddress address, int table, @Nullable String hostInterface)
            throws HostException, InterruptedException {
        try (var _ = StageClock.during(Stage.KERNEL)) {
            host.unwire(address, table, hostInterface);
        }
    }

    @Override
    public void unwire(BranchEnd end, boolean onlyDead) throws HostException, InterruptedException {
        try (var _ = StageClock.during(Stage.KERNEL)) {
            host.unwire(end, onlyDead);
        }
    }

    @Override
    public BranchView branches() throws HostException, InterruptedException {
        try (var _ = StageClock.during(Stage.KERNEL)) {
            return host.branches();
        }
    }

    @Override
    public SortedMap<IpAddress, List<String>> missingOfBranches(List<PodWiring.OnBranch> pods)
            throws HostException, InterruptedException {
        return host.missingOfBranches(pods);
    }

    @Override
    public List<String> restore(PodWiring.OnBranch pod) throws HostException, InterruptedException {
        return host.restore(pod);
    }

    @Override
    public List<String> verify(PodWiring wiring, PodNamespace pod)
            throws HostException, InterruptedException {
        try (var _ = StageClock.during(Stage.KERNEL)) {
            return host.verify(wiring, pod);
        }
    }

    @Override
    public Observation observe() throws HostException, InterruptedException {
        try (var _ = StageClock.during(Stage.KERNEL)) {
            return host.observe();
        }
    }

    @Override
    public List<String> setUpNode(NodeSetup setup) throws HostException, InterruptedException {
        return host.setUpNode(setup);
    }

    @Override
    public List<String> setUpPacketFilter(NodeSetup setup)
            throws HostException, InterruptedException {
        return host.setUpPacketFilter(setup);
    }

    @Override
    public List<String> setUpInterface(InterfaceSetup setup)
            throws HostException, InterruptedException {
        return host.setUpInterface(setup);
    }

    @Override
    public int endConnections(IpAddress address) throws HostException, InterruptedException {
        return host.endConnections(address);
    }

    @Override
    public Set<Part> awaitDisturbance(Duration patience)
            throws HostException, InterruptedException {
        return host.awaitDisturbance(patience);
    }

    @Override
    public SortedMap<IpAddress, List<String>> missing(List<HostEnd> ends)
            throws HostException, InterruptedException {
        return host.missing(ends);
    }

    @Override
    public List<String> restore(HostEnd end) throws HostException, InterruptedException {
        return host.restore(end);
    }

    @Override
    public boolean awaitLink(MacAddress mac, Duration patience)
            throws HostException, InterruptedException {
        return host.awaitLink(mac, patience);
    }

    @Override
    public int linkIndex(MacAddress mac) throws HostException, InterruptedException {
        return host.linkIndex(mac);
    }

    @Override
    public boolean awaitLinkChange(Duration patience) throws HostException, InterruptedException {
        return host.awaitLinkChange(patience);
    }

    @Override
    public void tearDownInterface(IpAddress primaryAddress)
            throws HostException, InterruptedException {
        host.tearDownInterface(primaryAddress);
    }
}
