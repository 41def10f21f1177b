package dev.vpccni.dataplane.branch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.dataplane.BranchInterface;
import dev.vpccni.dataplane.BranchPlanner;
import dev.vpccni.dataplane.InterfaceNames;
import dev.vpccni.dataplane.PodLink;
import dev.vpccni.dataplane.PodPlan;
import dev.vpccni.dataplane.PodPlanner;
import dev.vpccni.dataplane.PodWiring;
import dev.vpccni.dataplane.Route;
import dev.vpccni.dataplane.Rule;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.MacAddress;
import dev.vpccni.testing.SeededTest;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What goes with one pod, and what of a later one's stays. */
final class BranchTeardownTest {

    private static final MacAddress TRUNK = MacAddress.parse("02:00:00:00:01:01");
    private static final PodPlanner.Ends ENDS =
            new PodPlanner.Ends(new MacAddress(1), new MacAddress(2));

    /** A kernel to which pods are added. */
    private static final class Kernel {

        private final List<Rule> rules = new ArrayList<>();
        private final List<Route> routes = new ArrayList<>();
        private final SortedMap<String, BranchView.Vlan> vlans = new TreeMap<>();
        private final SortedMap<String, Integer> links = new TreeMap<>();

        Kernel with(PodWiring.OnBranch pod) {
            PodPlan plan = plan(pod);
            rules.addAll(plan.host().rules());
            routes.addAll(plan.host().routes());
            routes.addAll(Objects.requireNonNull(plan.vlan()).routes());
            vlans.put(
                    pod.branch().device(),
                    new BranchView.Vlan(pod.branch().mac(), pod.branch().trunk()));
            links.put(pod.branch().device(), 9001);
            links.put(pod.link().hostInterface(), 9001);
            return this;
        }

        /** The pod's namespace ends. */
        Kernel without(String hostInterface) {
            links.remove(hostInterface);
            routes.removeIf(route -> hostInterface.equals(route.device()));
            return this;
        }

        BranchView view() {
            return new BranchView(rules, routes, vlans, links);
        }

        void apply(BranchTeardown teardown, String device) {
            rules.removeAll(teardown.rules());
            routes.removeAll(teardown.routes());
            if (teardown.device()) {
                vlans.remove(device);
                without(device);
            }
        }

        boolean has(PodWiring.OnBranch pod) {
            PodPlan plan = plan(pod);
            return rules.containsAll(plan.host().rules())
                    && routes.containsAll(plan.host().routes())
                    && routes.containsAll(Objects.requireNonNull(plan.vlan()).routes())
                    && vlans.containsKey(pod.branch().device());
        }

        boolean isEmpty() {
            return rules.isEmpty() && routes.isEmpty() && vlans.isEmpty();
        }
    }

    /** Also where the namespace, and with it the veth pair, is gone before. */
    @ParameterizedTest
    @EnumSource
    void nothingOfAPodRemains(BranchInterface.Mode mode) {
        PodWiring.OnBranch pod = pod(mode, 1, 1, 7);
        var alive = new Kernel().with(pod);
        alive.apply(tearDown(pod, alive, false), "vlan.eth.7");
        assertThat(alive.isEmpty()).isTrue();

        for (boolean onlyDead : new boolean[] {true, false}) {
            Kernel dead = new Kernel().with(pod).without(pod.link().hostInterface());
            dead.apply(tearDown(pod, dead, onlyDead), "vlan.eth.7");
            assertThat(dead.isEmpty()).isTrue();
        }
    }

    /** Whoever finds it so may have been wired in the mode before. */
    @ParameterizedTest
    @EnumSource
    void itGoesWhateverModeHoldsNow(BranchInterface.Mode mode) {
        PodWiring.OnBranch pod = pod(mode, 1, 1, 7);
        var kernel = new Kernel().with(pod);
        var known = new BranchEnd(pod.link().hostInterface(), pod.link().address(), 7, null);

        kernel.apply(BranchTeardown.of(known, kernel.view(), false), "vlan.eth.7");

        assertThat(kernel.isEmpty()).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void whereTheNamespaceIsGoneAHostInterfaceIsANewerPods(BranchInterface.Mode mode) {
        PodWiring.OnBranch pod = pod(mode, 1, 1, 7);
        var kernel = new Kernel().with(pod);

        assertThat(tearDown(pod, kernel, true).isEmpty()).isTrue();
    }

    /** A host interface of the same name leads to another VLAN; this one is nobody's. */
    @ParameterizedTest
    @EnumSource
    void whereTheNamespaceIsGoneAndTheNameIsOnAnotherVlan(BranchInterface.Mode mode) {
        PodWiring.OnBranch next = pod(mode, 1, 2, 8);
        var kernel = new Kernel().with(next);
        kernel.links.put("vlan.eth.7", 9001);

        BranchTeardown teardown = tearDown(pod(mode, 1, 1, 7), kernel, true);

        assertThat(teardown).isEqualTo(new BranchTeardown(List.of(), List.of(), true));
    }

    @Test
    void anotherInterfaceOfEc2WithTheSameTagNameAndAddressStays() {
        PodWiring.OnBranch next = pod(BranchInterface.Mode.STANDARD, 1, 1, 7);
        var kernel = new Kernel().with(next);
        var old =
                new BranchEnd(
                        next.link().hostInterface(),
                        next.link().address(),
                        7,
                        new MacAddress(0x0600_0000_0099L));

        assertThat(BranchTeardown.of(old, kernel.view(), false).isEmpty()).isTrue();
    }

    @Test
    void whoseAddressIsNotKnownKeepsWhatBearsIt() {
        PodWiring.OnBranch pod = pod(BranchInterface.Mode.STRICT, 1, 1, 7);
        Kernel kernel = new Kernel().with(pod).without(pod.link().hostInterface());
        var end = new BranchEnd(pod.link().hostInterface(), null, 7, null);
        kernel.rules.addAll(PodPlanner.rules(IpAddress.parse("10.0.1.1"), 2));

        kernel.apply(BranchTeardown.of(end, kernel.view(), false), "vlan.eth.7");

        assertThat(kernel.rules).hasSize(2).noneMatch(BranchPlanner::isArriving);
        assertThat(kernel.vlans).isEmpty();
    }

    /** An ordinary pod has the address now: its rules and its route are not the old pod's. */
    @Test
    void anAddressThatIsAnOrdinaryPodsStays() {
        var ordinary =
                new PodWiring.OneAddress(
                        new PodLink("enibbbbbbbbbbb", "eth0", IpAddress.parse("10.0.1.1"), 2, 1));
        var kernel = new Kernel();
        PodPlan plan = PodPlanner.plan(ordinary, _ -> ENDS).getFirst();
        kernel.rules.addAll(plan.host().rules());
        kernel.routes.addAll(plan.host().routes());

        assertThat(tearDown(pod(BranchInterface.Mode.STANDARD, 1, 1, 7), kernel, false).isEmpty())
                .isTrue();
    }

    /** Of every mix of old leftovers and living pods that share what can be shared. */
    @SeededTest
    void whatALivingPodNeedsStays(RandomGenerator random) {
        var kernel = new Kernel();
        var living = new ArrayList<PodWiring.OnBranch>();
        PodWiring.OnBranch old = any(random);
        for (int i = 0; i < 4; i++) {
            PodWiring.OnBranch next = any(random);
            boolean distinct = living.stream().noneMatch(other -> shares(other, next, 1));
            if (distinct && !shares(old, next, 3)) {
                living.add(next);
            }
        }
        leftovers(old, living, kernel, random);
        living.forEach(kernel::with);
        MacAddress mac = random.nextBoolean() ? old.branch().mac() : null;
        BranchEnd end = end(old, mac);

        kernel.apply(BranchTeardown.of(end, kernel.view(), random.nextBoolean()), end.device());

        assertThat(living).as("without %s: %s", old, kernel.view()).allMatch(kernel::has);
        boolean alone = living.stream().noneMatch(other -> shares(old, other, 1));
        if (alone) {
            living.forEach(pod -> kernel.without(pod.link().hostInterface()));
            assertThat(kernel.rules).doesNotContainAnyElementsOf(BranchPlanner.rules(old));
            assertThat(kernel.vlans).doesNotContainKey(end.device());
        }
    }

    /** Wiring another pod removes what of these is in its way, so that is not there. */
    private static void leftovers(
            PodWiring.OnBranch old,
            List<PodWiring.OnBranch> living,
            Kernel kernel,
            RandomGenerator random) {
        for (Rule rule : BranchPlanner.rules(old)) {
            if (random.nextBoolean()
                    && living.stream()
                            .noneMatch(pod -> BranchPlanner.owns(rule, pod.link(), pod.branch()))) {
                kernel.rules.add(rule);
            }
        }
        if (random.nextBoolean()) {
            kernel.vlans.put(
                    old.branch().device(),
                    new BranchView.Vlan(old.branch().mac(), old.branch().trunk()));
            kernel.links.put(old.branch().device(), 9001);
        }
    }

    private static boolean shares(PodWiring.OnBranch one, PodWiring.OnBranch other, int least) {
        int same = 0;
        String digits = InterfaceNames.suffix(one.link().hostInterface());
        same += digits.equals(InterfaceNames.suffix(other.link().hostInterface())) ? 1 : 0;
        same += one.link().address().equals(other.link().address()) ? 1 : 0;
        same += one.branch().vlan() == other.branch().vlan() ? 1 : 0;
        return same >= least;
    }

    private static PodWiring.OnBranch any(RandomGenerator random) {
        BranchInterface.Mode mode =
                random.nextBoolean() ? BranchInterface.Mode.STRICT : BranchInterface.Mode.STANDARD;
        return pod(mode, 1 + random.nextInt(3), 1 + random.nextInt(3), 7 + random.nextInt(3));
    }

    private static BranchTeardown tearDown(
            PodWiring.OnBranch pod, Kernel kernel, boolean onlyDead) {
        return BranchTeardown.of(end(pod, null), kernel.view(), onlyDead);
    }

    private static BranchEnd end(PodWiring.OnBranch pod, @Nullable MacAddress mac) {
        return new BranchEnd(
                pod.link().hostInterface(), pod.link().address(), pod.branch().vlan(), mac);
    }

    private static PodPlan plan(PodWiring.OnBranch pod) {
        return PodPlanner.plan(pod, _ -> ENDS).getFirst();
    }

    /** Each pod's interface in EC2 is its own, whatever it shares with others. */
    static PodWiring.OnBranch pod(BranchInterface.Mode mode, int name, int address, int vlan) {
        String prefix = mode == BranchInterface.Mode.STRICT ? "vlan" : "eni";
        String veth = prefix + "aaaaaaaaaa" + name;
        var mac = new MacAddress(0x0600_0000_0000L + vlan * 10_000L + name * 100L + address);
        return new PodWiring.OnBranch(
                new PodLink(veth, "", IpAddress.parse("10.0.1." + address), 100 + vlan, 9001),
                new BranchInterface(vlan, mac, TRUNK, IpAddress.parse("10.0.1.254")),
                mode);
    }

    @ParameterizedTest
    @EnumSource
    void whatIsWiredIsRecognised(BranchInterface.Mode mode) {
        PodWiring.OnBranch pod = pod(mode, 1, 1, 7);
        PodWiring.OnBranch other = pod(mode, 2, 2, 8);
        var kernel = new Kernel().with(pod).with(other);

        assertThat(BranchPods.whole(kernel.view()).values()).containsExactly(pod, other);
        assertThat(BranchPods.ends(kernel.view()))
                .containsExactly(end(pod, pod.branch().mac()), end(other, other.branch().mac()));

        for (int i = 0; i < 3; i++) {
            var damaged = new Kernel().with(pod);
            switch (i) {
                case 0 -> damaged.without(pod.link().hostInterface());
                case 1 -> damaged.without(pod.branch().device());
                default -> damaged.rules.removeFirst();
            }
            assertThat(BranchPods.whole(damaged.view())).isEmpty();
            boolean known = i != 1 || mode == BranchInterface.Mode.STRICT;
            assertThat(BranchPods.ends(damaged.view())).hasSize(known ? 1 : 0);
        }
    }
}
