package dev.vpccni.daemon.timing;

import dev.vpccni.dataplane.InterfaceSetup;
import dev.vpccni.dataplane.NodeSetup;
import dev.vpccni.dataplane.PodWiring;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.MacAddress;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.HostNetwork;
import dev.vpccni.node.port.PodNamespace;
import java.time.Duration;
import java.util.List;
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
    public void unwire(IpAddress address, int table, @Nullable String hostInterface)
            throws HostException, InterruptedException {
        try (var _ = StageClock.during(Stage.KERNEL)) {
            host.unwire(address, table, hostInterface);
        }
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
    public void setUpNode(NodeSetup setup) throws HostException, InterruptedException {
        host.setUpNode(setup);
    }

    @Override
    public void setUpInterface(InterfaceSetup setup) throws HostException, InterruptedException {
        host.setUpInterface(setup);
    }

    @Override
    public boolean awaitLink(MacAddress mac, Duration patience)
            throws HostException, InterruptedException {
        return host.awaitLink(mac, patience);
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
