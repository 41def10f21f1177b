package dev.vpccni.node.egress;

import dev.vpccni.dataplane.egress.EgressFamily;
import dev.vpccni.dataplane.egress.EgressRange;
import dev.vpccni.dataplane.egress.EgressWiring;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.MacAddress;
import dev.vpccni.node.port.EgressAddresses;
import dev.vpccni.node.port.EgressHost;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.HostFailure;
import dev.vpccni.node.port.PodNamespace;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A kernel and a folder that remember what they were asked, and refuse where a test says so. */
final class FakeEgress implements EgressHost, EgressAddresses {

    final List<String> calls = new ArrayList<>();
    final SortedMap<String, EgressWiring> connected = new TreeMap<>();
    final SortedMap<IpAddress, Owner> records = new TreeMap<>();
    final SortedSet<IpAddress> routes = new TreeSet<>();
    final List<String> differences = new ArrayList<>();
    @Nullable String refusal;
    @Nullable Runnable meanwhile;
    private @Nullable IpAddress latest;

    @Override
    public SortedSet<IpAddress> routed(EgressRange range) {
        var all = new TreeSet<>(routes);
        connected.values().forEach(wiring -> all.add(wiring.address()));
        return all;
    }

    @Override
    public Pair connect(EgressWiring wiring, PodNamespace pod) throws HostException {
        asked("connect", wiring.containerId() + " " + wiring.address());
        connected.put(wiring.containerId(), wiring);
        return new Pair("veth0badcafe", new MacAddress(1), new MacAddress(2));
    }

    @Override
    public void disconnect(
            EgressFamily family, String network, String containerId, @Nullable IpAddress address)
            throws HostException {
        asked("disconnect", containerId + " " + address);
        connected.remove(containerId);
    }

    @Override
    public List<String> verify(EgressWiring wiring, PodNamespace pod) {
        return wiring.equals(connected.get(wiring.containerId()))
                ? differences
                : List.of("not connected");
    }

    @Override
    public int sweep(EgressFamily family, String network, SortedSet<String> kept)
            throws HostException {
        asked("sweep", kept.toString());
        int before = connected.size();
        connected.keySet().retainAll(kept);
        return before - connected.size();
    }

    @Override
    public void separate(EgressFamily family) throws HostException {
        asked("separate", family.toString());
    }

    @Override
    public @Nullable Reservation reserve(Pool pool, Owner owner, Set<IpAddress> busy) {
        IpAddress own = find(pool, owner);
        if (own != null) {
            return new Reservation(own, true);
        }
        IpAddress next =
                pool.range()
                        .next(
                                latest,
                                address -> records.containsKey(address) || busy.contains(address));
        if (next == null) {
            return null;
        }
        latest = next;
        records.put(next, owner);
        return new Reservation(next, false);
    }

    @Override
    public @Nullable IpAddress find(Pool pool, Owner owner) {
        for (Map.Entry<IpAddress, Owner> record : records.entrySet()) {
            if (record.getValue().equals(owner)) {
                return record.getKey();
            }
        }
        return null;
    }

    @Override
    public SortedMap<IpAddress, Owner> all(Pool pool) {
        return new TreeMap<>(records);
    }

    @Override
    public void release(Pool pool, IpAddress address) {
        calls.add("release " + address);
        records.remove(address);
    }

    private void asked(String verb, String what) throws HostException {
        calls.add(verb + " " + what);
        if (meanwhile != null) {
            meanwhile.run();
        }
        if (verb.equals(refusal)) {
            throw new HostException(new HostFailure.Refused(verb, 1), "cannot " + verb, null);
        }
    }
}
