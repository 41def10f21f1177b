package dev.vpccni.simulation;

import dev.vpccni.dataplane.InterfaceSetup;
import dev.vpccni.dataplane.NodeSetup;
import dev.vpccni.dataplane.PodWiring;
import dev.vpccni.model.InstanceId;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.MacAddress;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.HostFailure;
import dev.vpccni.node.port.HostNetwork;
import dev.vpccni.node.port.PodNamespace;
import dev.vpccni.vpc.Port;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A node's kernel, as far as pods need it. It outlives every daemon. */
final class HostTables {

    private static final Duration STEP = Duration.ofNanos(200_000);

    private final SimulatedCloud cloud;
    private final InstanceId instance;
    private final SortedMap<String, SimulatedSandbox> veths = new TreeMap<>();
    private final SortedMap<Ipv4Address, String> routes = new TreeMap<>();
    private final SortedMap<Ipv4Address, Integer> rules = new TreeMap<>();
    private final SortedMap<MacAddress, InterfaceSetup> interfaces = new TreeMap<>();

    HostTables(SimulatedCloud cloud, InstanceId instance) {
        this.cloud = cloud;
        this.instance = instance;
    }

    /** Ends a sandbox: its veth pair goes, and the routes through it. */
    void end(SimulatedSandbox sandbox) {
        sandbox.ended = true;
        veths.entrySet()
                .removeIf(veth -> {
                    boolean its = veth.getValue() == sandbox;
                    if (its) {
                        routes.values().removeIf(veth.getKey()::equals);
                    }
                    return its;
                });
    }

    /** Returns what is off about the connection of {@code sandbox}, or null. */
    @Nullable String disconnected(SimulatedSandbox sandbox, Ipv4Address address, List<Port> ports) {
        String veth = routes.get(address);
        if (veth == null || veths.get(veth) != sandbox) {
            return "the route to " + address + " leads to " + veth;
        }
        Integer table = rules.get(address);
        if (table == null) {
            return "no rule for " + address;
        }
        for (Port port : ports) {
            if (port.addresses().contains(address)) {
                InterfaceSetup setup = interfaces.get(port.mac());
                int wanted = port.device() == 0 ? PodWiring.MAIN_TABLE : port.device() + 1;
                if (table != wanted) {
                    return address + " uses table " + table + " instead of " + wanted;
                }
                return port.device() == 0 || (setup != null && setup.table() == wanted)
                        ? null
                        : "interface " + port.eni() + " is not set up";
            }
        }
        return address + " lies on no interface of " + instance;
    }

    /** Returns the kernel as {@code daemon} reaches it. */
    HostNetwork of(SimulatedProcess daemon) {
        return new View(daemon);
    }

    private SortedMap<MacAddress, String> links() {
        var links = new TreeMap<MacAddress, String>();
        cloud.ports(instance).forEach(port -> links.put(port.mac(), "eth" + port.device()));
        interfaces.keySet().retainAll(links.keySet());
        return links;
    }

    private final class View implements HostNetwork {

        private final SimulatedProcess daemon;

        View(SimulatedProcess daemon) {
            this.daemon = daemon;
        }

        @Override
        public void wire(PodWiring wiring, PodNamespace pod) throws HostException {
            daemon.cross(STEP);
            var sandbox = (SimulatedSandbox) pod;
            if (sandbox.ended) {
                throw new HostException(
                        new HostFailure.NoNamespace(pod.path()), "no such namespace", null);
            }
            SimulatedSandbox before = veths.put(wiring.hostInterface(), sandbox);
            if (before != null) {
                routes.values().removeIf(wiring.hostInterface()::equals);
            }
            daemon.cross(STEP);
            if (sandbox.ended) {
                throw new HostException(
                        new HostFailure.NoNamespace(pod.path()), "namespace has ended", null);
            }
            sandbox.address = wiring.address();
            routes.put(wiring.address(), wiring.hostInterface());
            daemon.cross(STEP);
            rules.put(wiring.address(), wiring.table());
            daemon.cross(STEP);
        }

        @Override
        public void unwire(Ipv4Address address, int table, @Nullable String hostInterface) {
            daemon.cross(STEP);
            rules.remove(address);
            daemon.cross(STEP);
            if (hostInterface == null || hostInterface.equals(routes.get(address))) {
                routes.remove(address);
            }
            daemon.cross(STEP);
        }

        @Override
        public List<String> verify(PodWiring wiring, PodNamespace pod) {
            daemon.cross(STEP);
            List<String> differences = new ArrayList<>();
            String off =
                    disconnected((SimulatedSandbox) pod, wiring.address(), cloud.ports(instance));
            if (off != null) {
                differences.add(off);
            }
            return differences;
        }

        @Override
        public void setUpNode(NodeSetup setup) {
            daemon.cross(STEP);
        }

        @Override
        public void setUpInterface(InterfaceSetup setup) throws HostException {
            daemon.cross(STEP);
            if (!links().containsKey(setup.mac())) {
                throw new HostException(
                        new HostFailure.NoLink(setup.mac()), "no link has " + setup.mac(), null);
            }
            interfaces.put(setup.mac(), setup);
            daemon.cross(STEP);
        }

        @Override
        public boolean awaitLink(MacAddress mac, Duration patience) {
            daemon.cross(Duration.ZERO);
            long end = daemon.nanos() + patience.toNanos();
            while (!links().containsKey(mac)) {
                Duration left = Duration.ofNanos(end - daemon.nanos());
                if (!left.isPositive()) {
                    return false;
                }
                Instant change = cloud.nextPortChange();
                Duration until = change == null ? left : Duration.between(cloud.now(), change);
                daemon.pause(until.compareTo(left) < 0 ? until : left);
            }
            daemon.cross(Duration.ZERO);
            return true;
        }

        @Override
        public void tearDownInterface(Ipv4Address primaryAddress) {
            daemon.cross(STEP);
            interfaces.values().removeIf(i -> i.primaryAddress().equals(primaryAddress));
            daemon.cross(STEP);
        }

        @Override
        public Observation observe() {
            daemon.cross(STEP);
            var observed =
                    new Observation(
                            links(),
                            new TreeSet<>(veths.keySet()),
                            new TreeMap<>(routes),
                            new TreeMap<>(rules));
            daemon.cross(STEP);
            return observed;
        }
    }
}
