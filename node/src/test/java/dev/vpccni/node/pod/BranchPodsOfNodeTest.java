package dev.vpccni.node.pod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.vpccni.cni.BranchAttachment;
import dev.vpccni.cni.CniArgs;
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
import dev.vpccni.node.port.HostFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pods that have interfaces of their own: which verbs do what, and whom they spare. */
final class BranchPodsOfNodeTest {

    private static final MacAddress MAC = MacAddress.parse("06:00:00:00:00:07");
    private static final MacAddress TRUNK = MacAddress.parse("02:00:00:00:01:01");
    private static final Ipv4Address ADDRESS = Ipv4Address.parse("10.7.1.150");
    private static final IpAddress ROUTER = IpAddress.parse("10.7.1.1");
    private static final String VETH = InterfaceNames.host("vlan", Nouns.pod(1));
    private static final String WIRED =
            "wire 10.7.1.150 107 " + VETH + " vlan.eth.7 " + MAC + " on " + TRUNK + " STRICT";

    private final Fixture fixture = new Fixture().add(0, 2);
    private final CardPools cards =
            fixture.cards(new AddressAvailability(fixture.keeper, fixture.tempo));
    private final Map<PodName, Branch> branches = new TreeMap<>();
    private final List<String> asked = new ArrayList<>();
    private BranchSource.@Nullable PendingException pending;
    private PodNetworker pods = networker(IpFamily.IPV4);

    private PodNetworker networker(IpFamily family) {
        BranchSource source =
                (pod, uid) -> {
                    asked.add(pod + " " + uid);
                    if (pending != null) {
                        throw pending;
                    }
                    return branches.get(pod);
                };
        return new PodNetworker(cards, fixture.host, fixture.tempo, source, family);
    }

    @Test
    void anAddTakesNoAddressOfTheNodes() throws Exception {
        give(1, 7);

        CniResult result = add(1);

        assertThat(asked).containsExactly(Nouns.pod(1) + " ");
        assertThat(fixture.host.calls()).containsExactly(WIRED);
        assertThat(fixture.hasGrant(1)).isFalse();
        assertThat(BranchAttachment.find(result, "eth0"))
                .isEqualTo(new BranchAttachment("/run/netns/1", VETH, "eth0", ADDRESS, ROUTER, 7));
    }

    @Test
    void aPodWithoutAnInterfaceOfItsOwnIsAnOrdinaryOne() throws Exception {
        give(1, 7);
        add(2);

        assertThat(fixture.hasGrant(2)).isTrue();
    }

    @Test
    void standardPodsHaveTheOrdinaryPrefix() throws Exception {
        give(1, 7);
        CniRequest strict = Requests.of(CniCommand.ADD, 1, null);
        NetworkConfig c = strict.config();
        var config =
                new NetworkConfig(
                        c.version(),
                        c.name(),
                        "eni",
                        9001,
                        NetworkConfig.EnforcingMode.STANDARD,
                        false,
                        null,
                        null);

        pods.add(with(strict, "/run/netns/1", config), namespace(), Duration.ZERO);

        String veth = InterfaceNames.host("eni", Nouns.pod(1));
        assertThat(fixture.host.calls().getFirst())
                .startsWith("wire 10.7.1.150 107 " + veth)
                .endsWith("STANDARD");
    }

    @Test
    void inAnIpv6ClusterItHasTheIpv6Address() throws Exception {
        pods = networker(IpFamily.IPV6);
        give(1, 7);

        CniResult result = add(1);

        assertThat(result.ips().getFirst().address()).isEqualTo("2001:db8::7/128");
        assertThat(result.ips().getFirst().gateway()).isEqualTo("fe80:ec2::1");
    }

    @Test
    void anInterfaceThatIsNotThereYetIsWaitedForByTheRuntime() {
        pending = new BranchSource.PendingException("the pod has no annotation yet", "try again");

        assertThat(error(() -> add(1)))
                .isEqualTo(
                        new CniError.TryAgainLater("the pod has no annotation yet", "try again"));
        assertThat(fixture.host.calls()).isEmpty();
        assertThat(fixture.hasGrant(1)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"0", "154", "4095", "-1"})
    void aVlanThatCannotBeIsRefused(int vlan) {
        give(1, vlan);

        assertThat(error(() -> add(1)))
                .isInstanceOfSatisfying(
                        CniError.Failed.class,
                        e -> assertThat(e.reason()).contains("eni-1", "no route table for VLAN"));
        assertThat(fixture.host.calls()).isEmpty();
    }

    @Test
    void anInterfaceWithoutAnAddressOrSubnetIsRefused() {
        branches.put(Nouns.pod(1), new Branch("eni-1", MAC, ADDRESS, null, 7, null, null, TRUNK));
        assertThat(error(() -> add(1))).isInstanceOf(CniError.Failed.class);
        branches.put(Nouns.pod(1), new Branch("eni-1", MAC, null, null, 7, null, null, TRUNK));
        assertThat(error(() -> add(1))).isInstanceOf(CniError.Failed.class);
        assertThat(fixture.host.calls()).isEmpty();
    }

    /** EC2 would not give it twice; a damaged annotation may. */
    @Test
    void anAddressThatIsAnotherPodsIsRefused() throws Exception {
        add(2);
        Ipv4Address taken = Nouns.address(0, 0);
        Ipv4Cidr subnet = Ipv4Cidr.parse("10.7.1.0/24");
        branches.put(Nouns.pod(1), new Branch("eni-1", MAC, taken, null, 7, subnet, null, TRUNK));
        fixture.host.forget();

        assertThat(error(() -> add(1))).isInstanceOf(CniError.Failed.class);
        assertThat(fixture.host.calls()).isEmpty();
    }

    @Test
    void aRepeatedAddWiresOnlyWhatIsNotAsItShouldBe() throws Exception {
        give(1, 7);
        CniResult first = add(1);
        assertThat(add(1)).isEqualTo(first);
        assertThat(fixture.host.calls()).hasSize(1);

        fixture.host.differs("rule is missing");
        add(1);
        assertThat(fixture.host.calls()).containsExactly(WIRED, WIRED);
    }

    @Test
    void anAddThatCannotBeWiredIsForgotten() {
        give(1, 7);
        fixture.host.refuse("wire", new HostFailure.Refused("make VLAN device", 95));
        assertThat(error(() -> add(1))).isInstanceOf(CniError.Failed.class);
        fixture.host.refuseNothing();
        fixture.host.forget();

        assertThat(error(() -> pods.del(Requests.of(CniCommand.DEL, 1, null)))).isNull();
        assertThat(fixture.host.calls()).isEmpty();
    }

    @Test
    void aDelUndoesWhatTheResultSays() throws Exception {
        give(1, 7);
        CniResult result = add(1);
        fixture.host.forget();

        pods.del(Requests.of(CniCommand.DEL, 1, result));
        assertThat(fixture.host.calls())
                .containsExactly("unwire vlan.eth.7 " + VETH + " 10.7.1.150 " + MAC);

        pods.del(Requests.of(CniCommand.DEL, 1, null));
        assertThat(fixture.host.calls()).as("it is forgotten").hasSize(1);
    }

    /** Upstream's plugin has added it, whose result nobody here remembers. */
    @ParameterizedTest
    @CsvSource({"/run/netns/1, ''", "'', ' if dead'"})
    void aDelOfAPodThatUpstreamWired(String namespace, String onlyDead) throws Exception {
        pods.del(del(1, namespace, result(1, 7)));

        assertThat(fixture.host.calls())
                .containsExactly("unwire vlan.eth.7 " + VETH + " 10.7.1.150 null" + onlyDead);
    }

    @Test
    void aMalformedVlanIsAnErrorAndNothingIsTouched() {
        CniResult good = result(1, 7);
        var interfaces = new ArrayList<>(good.interfaces());
        interfaces.set(2, new CniResult.Interface(interfaces.get(2).name(), "seven", ""));

        CniError error = error(() -> pods.del(del(1, "/x", new CniResult(interfaces, good.ips()))));

        assertThat(Objects.requireNonNull(error).message())
                .startsWith("malformed vlanID in prevResult");
        assertThat(fixture.host.calls()).isEmpty();
    }

    @Test
    void aDelWithoutAResultUndoesWhatIsRemembered() throws Exception {
        give(1, 7);
        add(1);
        fixture.host.forget();

        pods.del(Requests.of(CniCommand.DEL, 1, null));

        assertThat(fixture.host.calls())
                .containsExactly("unwire vlan.eth.7 " + VETH + " 10.7.1.150 " + MAC);
    }

    /** All three are the same, so that the kernel cannot tell; who was connected last can. */
    @Test
    void aLateDelOfAnOldSandboxSparesTheNewOne() throws Exception {
        give(1, 7);
        CniResult old = add(1);
        var again =
                new CniRequest(
                        CniCommand.ADD,
                        "newcontainer",
                        "/run/netns/new",
                        "eth0",
                        new CniArgs(Nouns.pod(1), "newcontainer", ""),
                        Requests.of(CniCommand.ADD, 1, null).config());
        pods.add(again, new FakeNamespace("/run/netns/new"), Duration.ZERO);
        fixture.host.forget();

        pods.del(Requests.of(CniCommand.DEL, 1, old));
        pods.del(Requests.of(CniCommand.DEL, 1, null));

        assertThat(fixture.host.calls()).isEmpty();
    }

    @Test
    void theAddressOfAnOrdinaryPodIsNotUndone() throws Exception {
        add(2);
        fixture.host.forget();
        var attachment = new BranchAttachment("/x", VETH, "eth0", Nouns.address(0, 0), ROUTER, 7);

        pods.del(del(1, "/x", attachment.toResult()));

        assertThat(fixture.host.calls())
                .containsExactly("unwire vlan.eth.7 " + VETH + " null null");
    }

    @Test
    void aRefusalOfTheKernelIsToldAndTheDelCanBeMadeAgain() throws Exception {
        give(1, 7);
        CniResult result = add(1);
        fixture.host.refuse("unwire", new HostFailure.Refused("delete rule", 1));
        assertThat(error(() -> pods.del(Requests.of(CniCommand.DEL, 1, result)))).isNotNull();
        fixture.host.refuseNothing();
        fixture.host.forget();

        pods.del(Requests.of(CniCommand.DEL, 1, result));

        assertThat(fixture.host.calls()).hasSize(1).first().asString().contains(MAC.toString());
    }

    /** After a restart the kernel is all there is. */
    @Test
    void whatAnEarlierDaemonWiredIsLearntFromTheKernel() throws Exception {
        fixture.host.branches(kernel(true));
        pods.learn();
        fixture.host.lose("restore vlan.eth.7", "rule is missing");
        PodRestoration restoration = pods.restoration();

        assertThat(restoration.lacking()).containsExactly(ADDRESS);
        assertThat(restoration.restore(ADDRESS)).containsExactly("rule is missing");
        assertThat(restoration.lacking()).isEmpty();
    }

    /** The namespace is gone, and no request brings the result. */
    @Test
    void whatIsLeftOfADeadPodGoesWithADelWithoutAResult() throws Exception {
        fixture.host.branches(kernel(true));
        pods.learn();
        pods.del(del(1, "", null));
        assertThat(fixture.host.calls()).as("it lives").isEmpty();

        fixture.host.branches(kernel(false));
        pods.del(del(2, "", null));
        assertThat(fixture.host.calls()).as("another pod's").isEmpty();
        pods.del(del(1, "", null));
        assertThat(fixture.host.calls())
                .containsExactly("unwire vlan.eth.7 " + VETH + " null " + MAC + " if dead");
    }

    @Test
    void gcLetsGoOfWhatIsNotListedAndOfWhatIsDead() throws Exception {
        give(1, 7);
        give(2, 8);
        add(1);
        add(2);
        fixture.host.branches(kernel(true));
        fixture.host.forget();

        assertThat(pods.gc(Requests.gc("aws-cni", List.of(1, 2)))).isZero();
        assertThat(pods.gc(Requests.gc("aws-cni", List.of(1)))).isEqualTo(1);
        assertThat(fixture.host.calls())
                .containsExactly(
                        "unwire vlan.eth.8 "
                                + InterfaceNames.host("vlan", Nouns.pod(2))
                                + " 10.7.1.150 "
                                + MAC);

        fixture.host.branches(kernel(false));
        assertThat(pods.gc(Requests.gc("aws-cni", List.of(1)))).isEqualTo(1);
    }

    @Test
    void aCheckTellsWhatIsOff() throws Exception {
        CniRequest check = Requests.of(CniCommand.CHECK, 1, result(1, 7));
        pods.check(check, namespace());

        fixture.host.differs("VLAN device vlan.eth.7 is missing");
        assertThat(error(() -> pods.check(check, namespace())))
                .isEqualTo(
                        new CniError.NotAsExpected(List.of("VLAN device vlan.eth.7 is missing")));
    }

    @Test
    void verbsOnOneVlanTakeTurns() throws Exception {
        give(1, 7);
        CniResult old = add(1);
        var during = new ArrayList<String>();
        give(2, 7);
        fixture.host.during(
                "unwire",
                () ->
                        fixture.tempo.runFor(
                                Duration.ofSeconds(1),
                                () -> {
                                    try {
                                        add(2);
                                        during.add("got in");
                                    } catch (CniException e) {
                                        during.add(String.valueOf(e.getMessage()));
                                    }
                                }));

        pods.del(Requests.of(CniCommand.DEL, 1, old));

        assertThat(during).isEmpty();
    }

    /** Strict, on VLAN 7, with a host interface or without. */
    private static BranchView kernel(boolean alive) {
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

    private void give(int pod, int vlan) {
        branches.put(
                Nouns.pod(pod),
                new Branch(
                        "eni-" + pod,
                        MAC,
                        ADDRESS,
                        Ipv6Address.parse("2001:db8::7"),
                        vlan,
                        Ipv4Cidr.parse("10.7.1.0/24"),
                        Ipv6Cidr.parse("2001:db8::/64"),
                        TRUNK));
    }

    private static CniResult result(int pod, int vlan) {
        String veth = InterfaceNames.host("vlan", Nouns.pod(pod));
        return new BranchAttachment("/run/netns/1", veth, "eth0", ADDRESS, ROUTER, vlan).toResult();
    }

    private static CniRequest del(int pod, String namespace, @Nullable CniResult previous) {
        CniRequest request = Requests.of(CniCommand.DEL, pod, previous);
        return with(request, namespace, request.config());
    }

    private static CniRequest with(CniRequest request, String namespace, NetworkConfig config) {
        return new CniRequest(
                request.command(),
                request.containerId(),
                namespace,
                request.interfaceName(),
                request.args(),
                config);
    }

    private CniResult add(int pod) throws CniException, InterruptedException {
        return pods.add(
                Requests.of(CniCommand.ADD, pod, null),
                new FakeNamespace("/run/netns/" + pod),
                Duration.ZERO);
    }

    private static FakeNamespace namespace() {
        return new FakeNamespace("/run/netns/1");
    }

    private static @Nullable CniError error(ThrowingCallable verb) {
        CniException e = catchThrowableOfType(CniException.class, verb);
        return e == null ? null : e.error();
    }
}
