package dev.vpccni.ipam.policy;

import static dev.vpccni.ipam.world.Nouns.facts;
import static dev.vpccni.ipam.world.Nouns.id;
import static dev.vpccni.ipam.world.Nouns.key;
import static dev.vpccni.ipam.world.Nouns.pod;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.ipam.ledger.Counts;
import dev.vpccni.ipam.scale.Action;
import dev.vpccni.ipam.world.Nodes;
import dev.vpccni.ipam.world.Nouns;
import dev.vpccni.ipam.world.World;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Upstream's test vectors of "too low", "too high" and of what may be deleted. */
class TargetVectorsTest {

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        // instance with its addresses of an interface; addresses that there are, used ones
        "empty store of 14 each: E=1, m5.xlarge, E=1, 0, 0, true",
        "empty store of 14 each: E=0, m5.xlarge, E=0, 0, 0, true",
        "empty store of 14 each: W=3, m5.xlarge, W=3, 0, 0, true",
        "3 free, t3.small, W=1, 3, 0, false",
        "1 used of 3: E=1, t3.small, E=1, 3, 1, true",
        "1 used of 3: E=0, t3.small, E=0, 3, 1, false",
        "3 used of 3: E=1, t3.small, E=1, 3, 3, true",
        "3 used of 3: E=0, t3.small, E=0, 3, 3, true",
        "3 used of 3 at the pod limit, t3.small, W=5 PODS=3, 3, 3, false",
        "one free prefix: X=1, t3.small, X=1, 16, 0, false",
        "1 used of a prefix: X=1, t3.small, X=1, 16, 1, true",
        "1 used of a prefix: X=0, t3.small, X=0, 16, 1, false",
        "3 used of a prefix: X=1, t3.small, X=1, 16, 3, true",
        "3 used of a prefix: X=0, t3.small, X=0, 16, 3, false",
        "3 used of a prefix and 4 pods at most, t3.small, X=1 PODS=4, 16, 3, false",
        "no prefix: X=1, t3.small, X=1, 0, 0, true",
        "no prefix: X=0, t3.small, X=0, 0, 0, true",
    })
    void isTooLow(
            String vector, String instance, String settings, int total, int used, boolean low) {
        PoolDecision decision = decide(instance, settings, total, used);

        assertThat(decision instanceof PoolDecision.Grow).as("%s", decision).isEqualTo(low);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        // addresses that there are; short and over, in addresses or prefixes
        "single addresses: none, W=5, 0, 5, 0",
        "single addresses: 2, W=5, 2, 3, 0",
        "single addresses: 5, W=5, 5, 0, 0",
        "prefixes: none, PD W=5, 0, 1, 0",
        "prefixes: 2, PD W=5, 32, 0, 1",
        "prefixes: 1, PD W=5, 16, 0, 0",
    })
    void isShortOrOver(String vector, String settings, int total, int missing, int over) {
        long size = Nodes.limits("m5.large", settings).blockSize();

        long grown =
                decide("m5.large", settings, total, 0)
                                instanceof PoolDecision.Grow(var addresses, _)
                        ? (addresses + size - 1) / size
                        : 0;
        long shrunk =
                decide("m5.large", settings, total, 0)
                                instanceof PoolDecision.Shrink(var addresses, _)
                        ? addresses / size
                        : 0;

        assertThat(List.of(grown, shrunk)).containsExactly((long) missing, (long) over);
    }

    @ParameterizedTest(name = "{0} with {1} interfaces")
    @CsvSource({
        // Of a primary interface with 2 used, one with 2 free and one with 1 free
        "W=3 N=1, 3, ",
        "W=1 N=5, 3, ",
        "W=2 N=4, 3, 2",
        "N=3, 2, ",
        "N=2, 2, 1",
    })
    void isDeletable(String settings, int interfaces, Integer removed) {
        World world = Nodes.node("t3.small", settings);
        for (int n = 0; n < interfaces; n++) {
            int count = n == 2 ? 1 : 2;
            world.apply(new Command.AddInterface(facts(n), Nouns.blocks(n, count), null));
        }
        for (int n = 0; n < 2; n++) {
            world.apply(new Command.Assign(key(n), pod(n)));
        }
        world.skip(Duration.ofMinutes(5));

        assertThat(
                        world.plan().actions().stream()
                                .filter(Action.RemoveInterface.class::isInstance)
                                .toList())
                .isEqualTo(
                        removed == null
                                ? List.of()
                                : List.of(new Action.RemoveInterface(id(removed))));
    }

    private static PoolDecision decide(String instance, String settings, int total, int used) {
        var policy =
                new WarmPoolPolicy(
                        Nodes.target(instance, settings), Nodes.limits(instance, settings));
        var counts = new Counts(used, 0, total - used, 0, 0, 0, 0, 0);
        return policy.decide(counts, Demand.NONE);
    }
}
