package dev.vpccni.node.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.model.PodName;
import dev.vpccni.node.fake.Fixture;
import dev.vpccni.node.fake.Nouns;
import java.time.Duration;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Which pods are expected that were given to the node. */
class ExpectedPodsTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Fixture fixture = new Fixture().add(0, 5);
    private final ExpectedPods expected = new ExpectedPods();

    @Test
    void nobodyIsExpectedWhereNobodyIsGivenToTheNode() {
        assertThat(count(0)).isZero();
    }

    @Test
    void whoHasAnAddressIsExpectedNoMore() {
        assertThat(count(0, 1, 2, 3)).isEqualTo(3);

        fixture.grant(2);

        assertThat(count(1, 1, 2, 3)).isEqualTo(2);
    }

    /** An image that cannot be pulled, a volume that is never mounted. */
    @Test
    void whoDoesNotAskForLongIsExpectedNoMore() {
        assertThat(count(0, 1)).isEqualTo(1);
        assertThat(count(PATIENCE.toNanos() - 1, 1, 2)).isEqualTo(2);
        assertThat(count(PATIENCE.toNanos(), 1, 2)).as("the second came later").isEqualTo(1);
    }

    @Test
    void whoGoesAndComesAgainIsExpectedAnew() {
        assertThat(count(0, 1)).isEqualTo(1);
        assertThat(count(1)).isZero();

        assertThat(count(PATIENCE.toNanos(), 1)).isEqualTo(1);
    }

    @Test
    void saysWhenFewerAreExpected() {
        var _ = count(0, 1);
        var _ = count(10, 1, 2);

        assertThat(expected.untilFewer(10)).isEqualTo(PATIENCE.minusNanos(10));
        assertThat(expected.untilFewer(PATIENCE.toNanos()))
                .as("the first is over")
                .isEqualTo(Duration.ofNanos(10));
    }

    private int count(long now, int... pods) {
        var bound = new TreeSet<PodName>();
        for (int pod : pods) {
            bound.add(Nouns.pod(pod));
        }
        return expected.count(bound, fixture.keeper.ledger(), now);
    }
}
