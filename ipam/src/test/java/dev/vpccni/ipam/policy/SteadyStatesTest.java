package dev.vpccni.ipam.policy;

import static dev.vpccni.ipam.world.Nodes.node;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.ipam.ledger.Counts;
import dev.vpccni.ipam.world.World;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where the pool comes to rest: the worked examples of upstream's documents and code. */
class SteadyStatesTest {

    private static final Duration LONG = Duration.ofMinutes(3);

    @ParameterizedTest(name = "example {0}")
    @CsvSource({
        // number, instance, targets, pods, addresses by interface
        "1, t3.small, E=1, 0, 3",
        "2, t3.small, E=1, 5, 3 3 3",
        "3, t3.small, E=1, 9, 3 3 3",
        "4, t3.small, W=1 N=1, 0, 1",
        "5, t3.small, W=1 N=1, 5, 3 3",
        "6, t3.small, W=1 N=1, 9, 3 3 3",
        "7, t3.small, W=2 N=5, 0, 3 2",
        "8, t3.small, W=2 N=5, 5, 3 3 1",
        "9, t3.small, W=2 N=5, 9, 3 3 3",
        "10, p3dn.24xlarge, E=1, 0, 49",
        "11, p3dn.24xlarge, E=1, 3, 49 49",
        "12, p3dn.24xlarge, E=1, 95, 49 49 49",
        "13, p3dn.24xlarge, W=5 N=10, 0, 10",
        "14, p3dn.24xlarge, W=5 N=10, 7, 12",
        "15, p3dn.24xlarge, W=5 N=10, 15, 20",
        "16, p3dn.24xlarge, W=5 N=10, 45, 49 1",
        "37, m5.large, E=1, 0, 9",
        "38, m5.large, E=1, 1, 9 9",
        "39, m5.large, E=1, 9, 9 9",
        "40, m5.large, E=1, 10, 9 9 9",
        "41, m5.large, E=1, 19, 9 9 9",
        "42, m4.4xlarge, E=2, 9, 29 29 29",
        "43, m4.4xlarge, E=1, 9, 29 29",
        "44, m4.4xlarge, W=1, 9, 10",
        "45, m4.4xlarge, W=1 N=12, 9, 12",
        "46, m4.4xlarge, W=30, 30, 29 29 2",
        "47, m4.4xlarge, W=2 N=30, 30, 29 3",
        "48 with no pod, m5.large, N=10, 0, 9 1",
        "48 with 10 pods, m5.large, N=10, 10, 9 1",
        "49, t3.medium, W=2 N=8, 4, 5 3",
        "61, m5.large, E=0, 10, 9 9",
        "the demo's nodes with CoreDNS, c5.large, E=1, 1, 9 9",
    })
    void matchesUpstream(String example, String instance, String settings, int pods, String sizes) {
        World world = node(instance, settings).settle();

        world.addPods(0, pods);

        assertThat(world.sizes()).isEqualTo(sizes(sizes));
        int requests = world.requests();
        world.pass(LONG);
        assertThat(world.requests()).as("at rest").isEqualTo(requests);
    }

    @Test
    void example48LetsNoPodWaitBesideFreePlaces() {
        World world = node("m5.large", "N=10").settle().addPods(0, 11);

        assertThat(world.waiting()).isZero();
        assertThat(world.sizes()).containsExactly(9, 2);
        assertThat(world.addPods(11, 27).waiting()).isZero();
    }

    @Test
    void example50StopsAtAsManyAddressesAsTheKubeletAdmitsPods() {
        World world = node("m5.xlarge", "E=1 PODS=20").settle().addPods(0, 15);

        assertThat(world.sizes()).containsExactly(14, 14);
    }

    @Test
    void example51StopsAtTheInterfacesAllowed() {
        World world = node("m5.large", "E=1 MAX_ENI=2").settle().addPods(0, 12);

        assertThat(world.sizes()).containsExactly(9, 9);
    }

    @Test
    void example55GivesInterfacesBackOnceTheirAddressesHaveCooledDown() {
        World world = node("m5.large", "E=1").settle().addPods(0, 19);

        world.pass(LONG).removePods(0, 19);

        assertThat(world.pass(Duration.ofSeconds(30)).sizes()).containsExactly(9, 9, 9);
        assertThat(world.pass(Duration.ofSeconds(1)).sizes()).containsExactly(9);
    }

    @Test
    void example55LeavesAnInterfaceThatIsYoung() {
        World world = node("m5.large", "E=1").settle().addPods(0, 19);

        world.removePods(0, 19);

        assertThat(world.pass(Duration.ofSeconds(59)).sizes()).containsExactly(9, 9, 9);
        assertThat(world.pass(Duration.ofSeconds(1)).sizes()).containsExactly(9);
    }

    @Test
    void example56ReleasesAddressesOnceTheyHaveCooledDown() {
        World world = node("m5.large", "W=3 N=5").settle().addPods(0, 10);
        assertThat(world.sizes()).containsExactly(9, 4);

        world.pass(LONG).removePods(4, 10);

        assertThat(world.pass(Duration.ofSeconds(30)).sizes()).containsExactly(9, 4);
        assertThat(world.pass(Duration.ofSeconds(1)).sizes()).containsExactly(7);
        assertThat(world.ledger().counts(world.now()))
                .isEqualTo(new Counts(4, 0, 3, 0, 0, 0, 0, 0));
    }

    @Test
    void example60KeepsTheInterfaceThatItGrew() {
        World world = node("m5.large", "E=0").settle().addPods(0, 9);
        assertThat(world.sizes()).containsExactly(9, 9);
        int requests = world.requests();

        world.pass(Duration.ofMinutes(10));

        assertThat(world.sizes()).containsExactly(9, 9);
        assertThat(world.requests()).isEqualTo(requests);
    }

    @Test
    void pastThePodLimitAWaitingPodIsServedAllTheSame() {
        World world = node("m5.large", "W=2 PODS=5").settle().addPods(0, 7);

        assertThat(world.waiting()).isZero();
        assertThat(world.sizes()).containsExactly(7);
    }

    @Test
    void aTargetNeverReachesPastThePodLimit() {
        World world = node("m5.large", "W=20 PODS=5").settle();

        assertThat(world.sizes()).containsExactly(5);
    }

    @Test
    void w01ChurnWithinTheCooldownIsServedByNewAddresses() {
        World world = node("m5.large", "W=1").settle().addPods(0, 5);

        world.removePods(0, 5).addPods(5, 10);

        assertThat(world.waiting()).isZero();
        assertThat(world.sizes()).containsExactly(9, 2);
        assertThat(world.pass(LONG).ledger().counts(world.now()).total()).isEqualTo(6);
    }

    @Test
    void w07FiftyPodsAtOnceNeedOneRequestForEachInterface() {
        World world = node("m5.xlarge", "E=1 PODS=58").settle();
        assertThat(world.requests()).isEqualTo(1);

        world.addPodsAtOnce(0, 50);

        assertThat(world.waiting()).isZero();
        assertThat(world.requests()).isEqualTo(4);
        assertThat(world.sizes()).containsExactly(14, 14, 14, 14);
    }

    @Test
    void whatWasNeededAMomentAgoIsKept() {
        World world = node("m5.large", "W=1").settle().addPods(0, 8).withPeak(8);
        assertThat(world.sizes()).containsExactly(9);

        world.pass(LONG).removePods(0, 6).pass(LONG);
        assertThat(world.sizes()).containsExactly(9);

        assertThat(world.withPeak(4).settle().sizes()).containsExactly(5);
        assertThat(world.withPeak(0).settle().sizes()).containsExactly(3);
    }

    @Test
    void aPeakIsNoReasonToGrow() {
        World world = node("m5.large", "W=1").withPeak(8).settle();

        assertThat(world.sizes()).containsExactly(1);
    }

    @Test
    void downToNoneEverythingBeyondTheTargetGoesBack() {
        World world = node("c5.large", "E=1 PODS=29").settle().addPodsAtOnce(0, 27);
        assertThat(world.waiting()).isZero();

        world.removePods(0, 27).pass(LONG);

        assertThat(world.sizes()).containsExactly(9);
    }

    private static List<Integer> sizes(String text) {
        return Arrays.stream(text.split(" ", -1)).map(Integer::valueOf).toList();
    }
}
