package dev.vpccni.node.egress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.vpccni.cni.CniCommand;
import dev.vpccni.cni.CniError;
import dev.vpccni.cni.CniException;
import dev.vpccni.dataplane.NodeSetup.SnatPorts;
import dev.vpccni.dataplane.egress.EgressFamily;
import dev.vpccni.dataplane.egress.EgressRange;
import dev.vpccni.dataplane.egress.EgressWiring;
import dev.vpccni.model.IpAddress;
import dev.vpccni.node.fake.FakeNamespace;
import dev.vpccni.node.fake.ManualTempo;
import dev.vpccni.node.port.EgressAddresses.Owner;
import dev.vpccni.testing.SeededTest;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EgressNetworkerTest {

    private static final FakeNamespace POD = new FakeNamespace("/run/netns/x");
    private static final IpAddress FIRST = IpAddress.parse("169.254.172.2");

    private final FakeEgress fake = new FakeEgress();
    private final EgressNetworker egress = new EgressNetworker(fake, fake, new ManualTempo());

    private interface Verb {
        void run() throws CniException, InterruptedException;
    }

    @Test
    void anAddConnectsAndTellsOfTwoInterfacesMore() throws Exception {
        assertThat(add("c1"))
                .containsEntry("routes", EgressRequests.PREVIOUS.get("routes"))
                .containsEntry(
                        "interfaces",
                        List.of(
                                Map.of("name", "enic440f455693"),
                                Map.of("name", "veth0badcafe", "mac", "00:00:00:00:00:01"),
                                Map.of(
                                        "name",
                                        "v4if0",
                                        "mac",
                                        "00:00:00:00:00:02",
                                        "sandbox",
                                        "/run/netns/x")));
        assertThat(fake.connected.get("c1"))
                .isEqualTo(
                        new EgressWiring(
                                "aws-cni",
                                "c1",
                                new EgressRange(EgressFamily.IPV4.block()),
                                FIRST,
                                IpAddress.parse("10.0.0.10"),
                                SnatPorts.ORIGINAL,
                                1500));
        assertThat(fake.records).containsEntry(FIRST, new Owner("c1", "eth0"));
    }

    @Test
    void nobodyIsConnectedBeforePodsAreKeptApartAndThatOnce() throws Exception {
        fake.refusal = "separate";
        assertThat(error(() -> add("c1"))).isInstanceOf(CniError.Failed.class);
        assertThat(error(() -> egress.status(requests().of(CniCommand.STATUS, ""))).code())
                .isEqualTo(50);
        assertThat(fake.records).isEmpty();
        fake.refusal = null;
        fake.calls.clear();
        egress.status(requests().of(CniCommand.STATUS, ""));
        add("c1");
        add("c2");
        assertThat(fake.calls)
                .containsExactly(
                        "separate IPV4", "connect c1 169.254.172.2", "connect c2 169.254.172.3");
    }

    @Test
    void theSameAddAgainHasTheSameAddress() throws Exception {
        add("c1");
        add("c2");
        add("c1");
        assertThat(fake.records).hasSize(2);
        assertThat(addressOf("c1")).isEqualTo(FIRST);
    }

    @Test
    void whatIsSwitchedOffPassesTheResultOnAndAsksNobody() throws Exception {
        EgressRequests off = requests().with("enabled", "false").with("nodeIP", "");
        assertThat(egress.add(off.of(CniCommand.ADD, "c1"), POD))
                .isEqualTo(EgressRequests.PREVIOUS);
        egress.del(off.of(CniCommand.DEL, "c1"));
        egress.check(off.of(CniCommand.CHECK, "c1"), POD);
        egress.status(off.of(CniCommand.STATUS, ""));
        egress.gc(off.gc());
        assertThat(fake.calls).isEmpty();
    }

    /** Whoever switches it off may leave the range out, too. */
    @Test
    void whatIsSwitchedOffNeedsNoRange() throws Exception {
        EgressRequests off =
                requests().with("enabled", "false").with("nodeIP", "").with("ipam", null);
        assertThat(egress.add(off.of(CniCommand.ADD, "c1"), POD))
                .isEqualTo(EgressRequests.PREVIOUS);
        egress.status(off.of(CniCommand.STATUS, ""));
        egress.gc(off.gc("c2"));
        off.afterAdd();
        egress.check(off.of(CniCommand.CHECK, "c1"), POD);
        egress.del(off.of(CniCommand.DEL, "c1"));
        assertThat(fake.calls).isEmpty();
    }

    @Test
    void anAddAloneIsRefused() {
        assertThat(
                        error(() ->
                                        egress.add(
                                                requests()
                                                        .with("prevResult", null)
                                                        .of(CniCommand.ADD, "c1"),
                                                POD))
                                .message())
                .contains("prevResult", "must be called as a chained plugin");
        assertThat(fake.calls).isEmpty();
    }

    @Test
    void anAddThatFailsGivesItsAddressBack() throws Exception {
        fake.refusal = "connect";
        assertThat(error(() -> add("c1")).message()).isEqualTo("cannot connect");
        assertThat(fake.records).isEmpty();
    }

    @Test
    void anAddThatFailsTheSecondTimeKeepsIt() throws Exception {
        add("c1");
        fake.refusal = "connect";
        assertThat(error(() -> add("c1")).message()).isEqualTo("cannot connect");
        assertThat(fake.records).containsKey(FIRST);
    }

    @Test
    void anAddressThatTheKernelLeadsToIsNotHandedOut() throws Exception {
        fake.routes.add(FIRST);
        add("c1");
        assertThat(addressOf("c1")).isEqualTo(FIRST.plus(1));
    }

    @Test
    void whenNoAddressIsLeftTheReasonIsSaid() throws Exception {
        EgressRequests small = requests().with("ipam", EgressRequests.ipam("169.254.172.0/30"));
        egress.add(small.of(CniCommand.ADD, "c1"), POD);
        CniError error = error(() -> egress.add(small.of(CniCommand.ADD, "c2"), POD));
        assertThat(error.code()).isEqualTo(11);
        assertThat(error.message())
                .isEqualTo("no address left for egress: all 1 of 169.254.172.0/30 are in use");
        assertThat(error.details()).contains("/run/egress/aws-cni");
    }

    @Test
    void aContainersSecondNetworkGetsNoWayOutOfItsOwnAndTakesNoneAway() throws Exception {
        add("c1");
        assertThat(
                        error(() -> egress.add(requests().of(CniCommand.ADD, "c1", "net1"), POD))
                                .message())
                .contains("by its interface eth0");
        egress.del(requests().of(CniCommand.DEL, "c1", "net1"));
        assertThat(fake.connected).containsOnlyKeys("c1");
        assertThat(fake.records).containsOnlyKeys(FIRST);
    }

    @Test
    void aDelRemovesWhatTheNodeHasBeforeTheAddressIsFree() throws Exception {
        add("c1");
        fake.calls.clear();
        egress.del(requests().of(CniCommand.DEL, "c1"));
        assertThat(fake.calls)
                .containsExactly("disconnect c1 169.254.172.2", "release 169.254.172.2");
        egress.del(requests().of(CniCommand.DEL, "c1"));
    }

    @Test
    void aDelThatTheKernelRefusesKeepsTheAddress() throws Exception {
        add("c1");
        fake.refusal = "disconnect";
        assertThat(error(() -> egress.del(requests().of(CniCommand.DEL, "c1"))).message())
                .isEqualTo("cannot disconnect");
        assertThat(fake.records).containsKey(FIRST);
    }

    @Test
    void aDelWithoutRecordRemovesWhatTheNodeHas() throws Exception {
        add("c1");
        fake.records.clear();
        egress.del(requests().of(CniCommand.DEL, "c1"));
        assertThat(fake.connected).isEmpty();
    }

    /** The operator switched egress off while the pod ran. */
    @Test
    void aDelOfWhatIsSwitchedOffByNowUndoesTheAdd() throws Exception {
        add("c1");
        EgressRequests off = requests().with("enabled", "false").with("nodeIP", "");
        assertThat(EgressNetworker.undoes(off.of(CniCommand.DEL, "c1"))).isFalse();
        off.afterAdd();
        assertThat(EgressNetworker.undoes(off.of(CniCommand.DEL, "c1"))).isTrue();
        egress.del(off.of(CniCommand.DEL, "c1"));
        assertThat(fake.connected).isEmpty();
        assertThat(fake.records).isEmpty();
    }

    @Test
    void aCheckComparesRecordResultAndKernel() throws Exception {
        var all = requests().afterAdd();
        assertThat(error(() -> egress.check(all.of(CniCommand.CHECK, "c1"), POD)).details())
                .contains("no address is recorded in /run/egress/aws-cni");
        add("c1");
        egress.check(all.of(CniCommand.CHECK, "c1"), POD);
        assertThat(error(() -> egress.check(requests().of(CniCommand.CHECK, "c1"), POD)).details())
                .contains("the result has no v4if0");
        fake.differences.add("rule is missing");
        assertThat(error(() -> egress.check(all.of(CniCommand.CHECK, "c1"), POD)).details())
                .isEqualTo("rule is missing");
    }

    @Test
    void aGcLeavesWhatIsListed() throws Exception {
        for (String container : List.of("c1", "c2", "c3")) {
            add(container);
        }
        fake.records.put(IpAddress.parse("169.254.173.1"), new Owner("c2", ""));
        fake.records.put(IpAddress.parse("169.254.173.2"), new Owner("", ""));
        fake.records.put(IpAddress.parse("169.254.173.3"), new Owner("c2", "net1"));
        fake.records.remove(FIRST.plus(2));
        egress.gc(requests().gc("c2"));
        assertThat(fake.connected).containsOnlyKeys("c2");
        assertThat(fake.records).containsOnlyKeys(FIRST.plus(1), IpAddress.parse("169.254.173.1"));
    }

    @Test
    void aGcWithoutListIsAnError() {
        assertThat(error(() -> egress.gc(requests().of(CniCommand.GC, ""))).message())
                .contains("cni.dev/valid-attachments");
    }

    /** A runtime does not do that; if it does, what is being added is in no list yet. */
    @Test
    void aGcLeavesAloneWhatIsBeingAdded() throws Exception {
        egress.separate(EgressFamily.IPV4);
        fake.calls.clear();
        fake.meanwhile =
                () -> {
                    fake.meanwhile = null;
                    assertThat(
                                    catchThrowableOfType(
                                            Exception.class, () -> egress.gc(requests().gc())))
                            .isNull();
                };
        add("c1");
        assertThat(fake.calls).containsExactly("connect c1 169.254.172.2", "sweep [c1]");
        assertThat(fake.records).containsKey(FIRST);
    }

    /** Whatever is asked and refused, who is connected has an address that nobody else has. */
    @SeededTest
    void whoIsConnectedHasItsAddressToItself(RandomGenerator random) throws Exception {
        var world = new FakeEgress();
        var networker = new EgressNetworker(world, world, new ManualTempo());
        EgressRequests small = requests().with("ipam", EgressRequests.ipam("169.254.172.0/29"));
        for (int step = 0; step < 30; step++) {
            String container = "c" + random.nextInt(7);
            world.refusal =
                    random.nextInt(4) > 0
                            ? null
                            : List.of("connect", "disconnect", "sweep").get(random.nextInt(3));
            try {
                switch (random.nextInt(6)) {
                    case 0, 1, 2 -> networker.add(small.of(CniCommand.ADD, container), POD);
                    case 3, 4 -> networker.del(small.of(CniCommand.DEL, container));
                    default -> networker.gc(small.gc("c0", "c1", container));
                }
            } catch (CniException e) {
                assertThat(e.error().code()).isIn(11, 999);
            }
            var seen = new TreeMap<IpAddress, String>();
            world.connected.forEach((owner, wiring) -> {
                assertThat(seen.put(wiring.address(), owner)).isNull();
                assertThat(world.records).containsEntry(wiring.address(), new Owner(owner, "eth0"));
            });
        }
    }

    private Map<String, @Nullable Object> add(String container)
            throws CniException, InterruptedException {
        return egress.add(requests().of(CniCommand.ADD, container), POD);
    }

    private @Nullable IpAddress addressOf(String container) {
        EgressWiring wiring = fake.connected.get(container);
        return wiring == null ? null : wiring.address();
    }

    private static EgressRequests requests() {
        return new EgressRequests();
    }

    private static CniError error(Verb verb) {
        CniException thrown = catchThrowableOfType(CniException.class, verb::run);
        assertThat(thrown).isNotNull();
        return thrown.error();
    }
}
