package dev.vpccni.node.pod;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.vpccni.cni.BranchAttachment;
import dev.vpccni.cni.CniCommand;
import dev.vpccni.cni.CniError;
import dev.vpccni.cni.CniException;
import dev.vpccni.cni.CniRequest;
import dev.vpccni.cni.CniResult;
import dev.vpccni.cni.NetworkConfig;
import dev.vpccni.dataplane.InterfaceNames;
import dev.vpccni.dataplane.Route;
import dev.vpccni.dataplane.RouteTables;
import dev.vpccni.dataplane.Rule;
import dev.vpccni.dataplane.branch.BranchView;
import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.ipam.ledger.InterfaceRole;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.IpFamily;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.Ipv6Address;
import dev.vpccni.model.Ipv6Cidr;
import dev.vpccni.model.MacAddress;
import dev.vpccni.model.PodName;
import dev.vpccni.node.fake.FakeNamespace;
import dev.vpccni.node.fake.Fixture;
import dev.vpccni.node.fake.Nouns;
import dev.vpccni.node.fake.Requests;
import dev.vpccni.node.pool.AddressAvailability;
import dev.vpccni.node.pool.CardPools;
import dev.vpccni.node.port.BranchSource;
import dev.vpccni.node.port.BranchSource.Branch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;

/**
 * A node whose pods have interfaces of their own: what there is of them, what the kernel was told,
 * and verbs about them.
 */
final class BranchPodsUnderTest {

    static final MacAddress MAC = MacAddress.parse("06:00:00:00:00:07");
    static final MacAddress TRUNK = Nouns.mac(1);
    static final Ipv4Address ADDRESS = Ipv4Address.parse("10.7.1.150");
    static final IpAddress ROUTER = IpAddress.parse("10.7.1.1");
    static final String VETH = InterfaceNames.host("vlan", Nouns.pod(1));

    final Fixture fixture = new Fixture().add(0, 2);
    final List<String> asked = new ArrayList<>();
    final PodNetworker pods;
    private final Map<PodName, Branch> branches = new TreeMap<>();
    private BranchSource.@Nullable PendingException pending;
    private Runnable changed = () -> {};

    BranchPodsUnderTest(IpFamily family) {
        BranchSource source =
                new BranchSource() {
                    @Override
                    public @Nullable Branch of(PodName pod, String uid) throws PendingException {
                        asked.add(pod + " " + uid);
                        if (pending != null) {
                            throw pending;
                        }
                        return branches.get(pod);
                    }

                    @Override
                    public void onChange(Runnable listener) {
                        changed = listener;
                    }
                };
        fixture.done(
                new Command.AddInterface(
                        Nouns.facts(1, InterfaceRole.TRUNK), Nouns.blocks(1, 0), null));
        CardPools cards = fixture.cards(new AddressAvailability(fixture.keeper, fixture.tempo));
        pods = new PodNetworker(cards, fixture.host, fixture.tempo, source, family);
    }

    /** Has everybody told that the interface of a pod is not there yet; or is, if null. */
    void pending(BranchSource.@Nullable PendingException reason) {
        pending = reason;
        changed.run();
    }

    /** Strict, on VLAN 7, with a host interface or without. */
    static BranchView kernel(boolean alive) {
        var links = new TreeMap<>(Map.of("vlan.eth.7", 9001));
        var routes = new ArrayList<>(List.of(Route.byDefault(107, ROUTER, "vlan.eth.7")));
        if (alive) {
            links.put(VETH, 9001);
            routes.add(Route.onLink(107, ADDRESS, VETH));
        }
        return new BranchView(
                List.of(
                        Rule.arriving(Rule.BRANCH, IpFamily.IPV4, "vlan.eth.7", 107),
                        Rule.arriving(Rule.BRANCH, IpFamily.IPV4, VETH, 107),
                        Rule.to(Rule.FIRST, Ipv4Cidr.ALL, RouteTables.LOCAL)),
                routes,
                new TreeMap<>(Map.of("vlan.eth.7", new BranchView.Vlan(MAC, TRUNK))),
                links);
    }

    /** Gives a pod an interface of its own on {@code vlan}. */
    void give(int pod, int vlan) {
        give(
                pod,
                new Branch(
                        "eni-" + pod,
                        MAC,
                        ADDRESS,
                        Ipv6Address.parse("2001:db8::7"),
                        vlan,
                        Ipv4Cidr.parse("10.7.1.0/24"),
                        Ipv6Cidr.parse("2001:db8::/64")));
    }

    void give(int pod, Branch branch) {
        branches.put(Nouns.pod(pod), branch);
    }

    /** Returns what an ADD of a pod says. */
    static CniResult result(int pod, int vlan) {
        String veth = InterfaceNames.host("vlan", Nouns.pod(pod));
        return new BranchAttachment("/run/netns/1", veth, "eth0", ADDRESS, ROUTER, vlan).toResult();
    }

    /** Returns a DEL in a namespace, whose path may be empty. */
    static CniRequest del(int pod, String namespace, @Nullable CniResult previous) {
        CniRequest request = Requests.of(CniCommand.DEL, pod, previous);
        return with(request, namespace, request.config());
    }

    /** Returns a request of another namespace and configuration. */
    static CniRequest with(CniRequest request, String namespace, NetworkConfig config) {
        return new CniRequest(
                request.command(),
                request.containerId(),
                namespace,
                request.interfaceName(),
                request.args(),
                config);
    }

    /** Adds a pod in a namespace of its own. */
    CniResult add(int pod) throws CniException, InterruptedException {
        return add(pod, Duration.ZERO);
    }

    /** Adds a pod, and waits for its interface. */
    CniResult add(int pod, Duration patience) throws CniException, InterruptedException {
        return pods.add(
                Requests.of(CniCommand.ADD, pod, null),
                new FakeNamespace("/run/netns/" + pod),
                patience);
    }

    /** Returns the namespace of the first pod. */
    static FakeNamespace namespace() {
        return new FakeNamespace("/run/netns/1");
    }

    /** Returns what a verb fails with, or null if it does not. */
    static @Nullable CniError error(ThrowingCallable verb) {
        CniException e = catchThrowableOfType(CniException.class, verb);
        return e == null ? null : e.error();
    }
}
