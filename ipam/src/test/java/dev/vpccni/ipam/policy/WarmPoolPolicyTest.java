package dev.vpccni.ipam.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.ipam.ledger.Counts;
import dev.vpccni.ipam.policy.WarmTarget.Addresses;
import dev.vpccni.ipam.policy.WarmTarget.Interfaces;
import dev.vpccni.model.BlockKind;
import dev.vpccni.model.IpFamily;
import dev.vpccni.testing.Choose;
import dev.vpccni.testing.SeededTest;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WarmPoolPolicyTest {

    @ParameterizedTest
    @CsvSource({
        // WARM_IP_TARGET, MINIMUM_IP_TARGET, pods at most; in use, cooling, free, arriving, waiting
        "2, 0, 9, 3, 0, 0, 0, 0, Grow 2: needs 5",
        "2, 0, 9, 3, 0, 1, 0, 0, Grow 1: needs 5",
        "2, 0, 9, 3, 0, 2, 0, 0, Hold: wants 5",
        "2, 0, 9, 3, 0, 3, 0, 0, Shrink 1: wants only 5",
        "2, 0, 9, 3, 0, 0, 2, 0, Hold: wants 5",
        "2, 0, 9, 3, 0, 0, 1, 1, Grow 2: needs 6",
        "2, 0, 9, 3, 1, 2, 0, 0, Hold: wants 6",
        "2, 8, 9, 3, 0, 0, 0, 0, Grow 5: needs 8",
        "2, 8, 9, 7, 0, 0, 0, 0, Grow 2: needs 9",
        // What is on its way cannot be given back yet.
        "0, 0, 9, 3, 0, 0, 2, 0, Hold: wants 3",
        "0, 0, 9, 3, 0, 1, 2, 0, Shrink 1: wants only 3",
        "0, 0, 9, 3, 0, 5, 0, 0, Shrink 5: wants only 3",
        // No more than the kubelet admits pods, but whoever waits.
        "5, 0, 5, 3, 0, 0, 0, 0, Grow 2: needs 5",
        "5, 0, 5, 3, 0, 2, 0, 0, Hold: is capped",
        "5, 0, 5, 7, 0, 0, 0, 0, Hold: is capped",
        "0, 0, 5, 7, 0, 0, 0, 0, Hold: is capped",
        "0, 0, 5, 5, 0, 0, 0, 0, Hold: wants 5",
        "5, 0, 5, 5, 1, 0, 0, 2, Grow 2: needs 8",
    })
    void withATargetOfAddresses(
            int warm,
            int minimum,
            int podsMax,
            int inUse,
            int cooling,
            int free,
            int arriving,
            int waiting,
            String decision) {
        var policy = new WarmPoolPolicy(new Addresses(warm, minimum), limits(podsMax));
        var counts = new Counts(inUse, cooling, free, 0, arriving, 0, 0, 0);

        assertThat(text(policy.decide(counts, new Demand(waiting, 0)))).isEqualTo(decision);
    }

    @ParameterizedTest
    @CsvSource({
        // WARM_ENI_TARGET, addresses of an interface; in use, free
        "1, 9, 3, 0, Grow 9: needs 12",
        "2, 9, 3, 0, Grow 18: needs 21",
        "0, 9, 3, 0, Grow 1: needs 4",
        "0, 9, 3, 1, Hold: wants 4",
        "0, 9, 3, 6, Shrink 5: wants only 4",
    })
    void withATargetOfInterfaces(int warm, int each, int inUse, int free, String decision) {
        var policy = new WarmPoolPolicy(new Interfaces(warm, each), limits(100));

        var counts = new Counts(inUse, 0, free, 0, 0, 0, 0, 0);

        assertThat(text(policy.decide(counts, Demand.NONE))).isEqualTo(decision);
    }

    @ParameterizedTest
    @CsvSource({
        // busy at the latest peak; in use, cooling, free, waiting
        "9, 3, 0, 9, 0, Shrink 1: wants only 11",
        "10, 3, 0, 9, 0, Hold: wants 5",
        "99, 3, 0, 9, 0, Hold: wants 5",
        "9, 3, 0, 1, 0, Grow 1: needs 5",
        "2, 3, 0, 9, 0, Shrink 7: wants only 5",
        "9, 3, 5, 9, 4, Shrink 3: wants only 14",
    })
    void whatWasBusyAMomentAgoIsKeptAndNotAskedFor(
            int peak, int inUse, int cooling, int free, int waiting, String decision) {
        var policy = new WarmPoolPolicy(new Addresses(2, 0), limits(100));
        var counts = new Counts(inUse, cooling, free, 0, 0, 0, 0, 0);

        assertThat(text(policy.decide(counts, new Demand(waiting, peak)))).isEqualTo(decision);
    }

    /** It may not come, and what was given back for it would be asked for again. */
    @Test
    void whatIsOnItsWayIsNoReasonToGiveBack() {
        var policy = new WarmPoolPolicy(new Addresses(9, 0), limits(110));
        var coming = new Counts(29, 0, 9, 6, 16, 0, 0, 0);
        var there = new Counts(29, 0, 25, 6, 0, 0, 0, 0);

        assertThat(text(policy.decide(coming, new Demand(0, 29)))).isEqualTo("Hold: wants 38");
        assertThat(text(policy.decide(there, new Demand(0, 29))))
                .isEqualTo("Shrink 10: wants only 38");
    }

    /** A pod may ask again and again, and have nothing of it for want of something else. */
    @Test
    void whatThePeakMayNeedIsNotLeftOver() {
        var policy = new WarmPoolPolicy(new Addresses(0, 14), limits(110));
        var counts = new Counts(13, 4, 2, 2, 0, 0, 0, 0);

        assertThat(policy.doesWithoutLeftOvers(counts, new Demand(0, 19))).isFalse();
        assertThat(policy.doesWithoutLeftOvers(counts, new Demand(1, 0))).isFalse();
        assertThat(policy.doesWithoutLeftOvers(counts, new Demand(0, 17))).isTrue();
    }

    /** One IPv6 prefix is more than enough, and there is nothing smaller. */
    @Test
    void anIpv6PrefixIsNeverTooMuch() {
        var policy = new WarmPoolPolicy(new WarmTarget.OnePrefix(), limits(110));
        var counts = new Counts(3, 0, 1L << 48, 0, 0, 0, 0, 0);

        assertThat(text(policy.decide(counts, new Demand(0, 3)))).isEqualTo("Hold: wants 4");
    }

    @Test
    void whatIsLeftOverIsSaid() {
        var policy = new WarmPoolPolicy(new Addresses(1, 0), limits(29));

        assertThat(policy.decide(new Counts(4, 0, 9, 8, 0, 0, 0, 0), Demand.NONE).reason())
                .contains("9 free, of which 8 are left over)");
        assertThat(policy.decide(new Counts(4, 0, 9, 0, 0, 0, 0, 0), Demand.NONE).reason())
                .contains("9 free)");
    }

    @Test
    void theReasonHasTheNumbers() {
        var policy = new WarmPoolPolicy(new Addresses(2, 7), limits(29));

        assertThat(policy.decide(new Counts(4, 3, 2, 0, 1, 5, 6, 7), new Demand(8, 9)).reason())
                .isEqualTo(
                        "needs 17: 9 addresses (4 in use, 3 cooling, 2 free), 1 arriving, 8 pods"
                                + " waiting, 9 busy at the latest peak, WARM_IP_TARGET=2"
                                + " MINIMUM_IP_TARGET=7, at most 29 pods");
    }

    @SeededTest
    void obeyedItHasNothingMoreToSay(RandomGenerator random) {
        var policy = new WarmPoolPolicy(target(random), limits(Choose.between(random, 0, 60)));
        Counts counts = counts(random);
        int waiting = Choose.between(random, 0, 20);
        var demand = new Demand(waiting, Choose.between(random, 0, 60));

        Counts after =
                switch (policy.decide(counts, demand)) {
                    case PoolDecision.Grow(var more, _) -> more(counts, 0, more);
                    case PoolDecision.Shrink(var fewer, _) -> more(counts, -fewer, 0);
                    case PoolDecision.Hold _ -> counts;
                };

        assertThat(policy.decide(after, demand)).isInstanceOf(PoolDecision.Hold.class);
        assertThat(after.free()).isNotNegative();
        assertThat(after.total() + after.arriving())
                .as("enough for who waits")
                .isGreaterThanOrEqualTo(counts.inUse() + counts.cooling() + waiting);
    }

    private static Counts more(Counts c, long free, long arriving) {
        return new Counts(
                c.inUse(),
                c.cooling(),
                c.free() + free,
                0,
                c.arriving() + arriving,
                c.leaving(),
                0,
                0);
    }

    private static Counts counts(RandomGenerator random) {
        return new Counts(
                Choose.between(random, 0, 40),
                Choose.between(random, 0, 10),
                Choose.between(random, 0, 40),
                0,
                Choose.between(random, 0, 10),
                Choose.between(random, 0, 10),
                0,
                0);
    }

    private static WarmTarget target(RandomGenerator random) {
        return random.nextBoolean()
                ? new Addresses(Choose.between(random, 0, 30), Choose.between(random, 0, 30))
                : new Interfaces(Choose.between(random, 0, 3), 9);
    }

    private static PoolLimits limits(int podsMax) {
        return new PoolLimits("x.large", 4, 4, 0, 0, 9, BlockKind.ADDRESS, IpFamily.IPV4, podsMax);
    }

    /** Returns the decision and the beginning of its reason. */
    private static String text(PoolDecision decision) {
        String verdict = decision.reason().split(":", 2)[0];
        return switch (decision) {
            case PoolDecision.Grow(var addresses, _) -> "Grow " + addresses + ": " + verdict;
            case PoolDecision.Shrink(var addresses, _) -> "Shrink " + addresses + ": " + verdict;
            case PoolDecision.Hold _ -> "Hold: " + verdict;
        };
    }
}
