package dev.vpccni.node.fake;

import dev.vpccni.model.Cidr;
import dev.vpccni.model.IpFamily;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.MacAddress;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.node.port.Metadata;
import dev.vpccni.node.port.MetadataException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Metadata as a test has it. */
public final class ScriptedMetadata implements Metadata {

    private final List<String> calls = new ArrayList<>();
    private final SortedMap<String, Runnable> listeners = new TreeMap<>();
    private final SortedMap<MacAddress, MetadataInterface> interfaces = new TreeMap<>();
    private List<Ipv4Cidr> cidrs = List.of(Ipv4Cidr.parse("10.0.0.0/16"));
    private List<SecurityGroupId> groups = List.of(Nouns.GROUP);
    private Identity identity = Nouns.IDENTITY;
    private boolean down;
    private @Nullable String refused;

    /** Shows an interface. */
    public void show(MetadataInterface shown) {
        interfaces.put(shown.mac(), shown);
    }

    /** Shows other blocks. */
    public void cidrs(String... changed) {
        cidrs = List.of(changed).stream().map(Ipv4Cidr::parse).toList();
    }

    /** Shows other groups. */
    public void groups(String... changed) {
        groups = List.of(changed).stream().map(SecurityGroupId::new).toList();
    }

    /** Shows an instance of another type. */
    public void type(String changed) {
        Identity before = identity;
        identity =
                new Identity(
                        before.instance(),
                        changed,
                        before.region(),
                        before.zone(),
                        before.vpc(),
                        before.subnet(),
                        before.primaryInterface(),
                        before.mac(),
                        before.address(),
                        before.ipv6());
    }

    /** Takes metadata away, or brings it back. */
    public void down(boolean changed) {
        down = changed;
    }

    /** Answers no requests that begin with {@code call} from now on; null answers all. */
    public void refuse(@Nullable String call) {
        refused = call;
    }

    /** Lets {@code what} happen during each request that begins with {@code call}. */
    public void during(String call, Runnable what) {
        listeners.put(call, what);
    }

    /** Returns the requests so far. */
    public List<String> calls() {
        return Collections.unmodifiableList(calls);
    }

    @Override
    public Identity identity() throws MetadataException {
        ask("identity");
        return identity;
    }

    @Override
    public List<MetadataInterface> interfaces() throws MetadataException {
        ask("interfaces");
        return List.copyOf(interfaces.values());
    }

    @Override
    public SortedSet<MacAddress> macs() throws MetadataException {
        ask("macs");
        return new TreeSet<>(interfaces.keySet());
    }

    @Override
    public List<Ipv4Address> addresses(MacAddress mac) throws MetadataException {
        ask("addresses " + mac);
        MetadataInterface shown = interfaces.get(mac);
        return shown == null ? List.of() : shown.addresses();
    }

    @Override
    public List<Cidr> prefixes(MacAddress mac, IpFamily family) throws MetadataException {
        ask("prefixes " + family + " " + mac);
        MetadataInterface shown = interfaces.get(mac);
        return shown == null
                ? List.of()
                : shown.prefixes().stream().filter(p -> p.family() == family).toList();
    }

    @Override
    public List<Cidr> subnetCidrs(MacAddress mac) throws MetadataException {
        ask("subnet " + mac);
        MetadataInterface shown = interfaces.get(mac);
        return shown == null ? List.of() : shown.subnetCidrs();
    }

    @Override
    public List<Ipv4Cidr> vpcCidrs() throws MetadataException {
        ask("cidrs");
        return cidrs;
    }

    @Override
    public List<SecurityGroupId> securityGroups() throws MetadataException {
        ask("groups");
        return groups;
    }

    private void ask(String path) throws MetadataException {
        calls.add(path);
        listeners.forEach((call, what) -> {
            if (path.startsWith(call)) {
                what.run();
            }
        });
        if (down || (refused != null && path.startsWith(refused))) {
            throw new MetadataException("no answer for " + path, null);
        }
    }
}
