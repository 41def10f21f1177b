package dev.vpccni.ipam.ledger;

import static dev.vpccni.ipam.world.Nouns.START;
import static dev.vpccni.ipam.world.Nouns.block;
import static dev.vpccni.ipam.world.Nouns.id;
import static dev.vpccni.ipam.world.Nouns.key;
import static dev.vpccni.ipam.world.Nouns.pod;
import static dev.vpccni.ipam.world.Nouns.prefix;
import static dev.vpccni.ipam.world.Nouns.prefix6;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.ipam.world.Nouns;
import dev.vpccni.model.BlockKind;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.IpAddress;
import dev.vpccni.testing.Choose;
import dev.vpccni.testing.SeededTest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What addresses a prefix gives, in which order, and what it remembers of them. */
class BlockTest {

    private static final int MANY = 1_000;

    private final Steps steps = new Steps(BlockKind.PREFIX);

    @Test
    void all16AddressesOfAPrefixAreGrantedBeforeOneIsGrantedAgain() {
        steps.done(new Command.AddInterface(Nouns.facts(0), List.of(prefix(0, 0)), null), START);
        Instant now = START;
        var granted = new ArrayList<IpAddress>();

        for (int n = 0; n < 32; n++) {
            granted.add(steps.grant(n, now));
            steps.release(n, now);
            now = now.plusSeconds(31);
        }

        assertThat(granted.subList(0, 16)).containsExactlyElementsOf(of(16));
        assertThat(granted.subList(16, 32)).as("longest idle first").isEqualTo(of(16));
    }

    @Test
    void the17thPodFindsNoAddress() {
        steps.done(new Command.AddInterface(Nouns.facts(0), List.of(prefix(0, 0)), null), START);
        IntStream.range(0, 16).forEach(n -> steps.grant(n, START));

        assertThat(steps.apply(new Command.Assign(key(16), pod(16)), START))
                .isEqualTo(new Outcome.NoAddress());
        assertThat(steps.held(0).inUse()).isEqualTo(16);
        assertThat(steps.ledger.counts(START)).isEqualTo(new Counts(16, 0, 0, 0, 0, 0, 0, 0));
        steps.release(7, START);
        assertThat(steps.ledger.counts(START)).isEqualTo(new Counts(15, 1, 0, 0, 0, 0, 0, 0));
        assertThat(steps.grant(16, START.plusSeconds(31))).isEqualTo(of(16).get(7));
    }

    @Test
    void anIpv6PrefixNeverGivesItsFirstAddress() {
        steps.done(new Command.AddInterface(Nouns.facts(0), List.of(prefix6(0, 1)), null), START);
        var seen = new TreeSet<IpAddress>();

        for (int n = 0; n < MANY; n++) {
            assertThat(seen.add(steps.grant(n, START))).as("pod %s", n).isTrue();
        }

        IpAddress network = prefix6(0, 1).network();
        assertThat(seen).doesNotContain(network).contains(network.plus(1), network.plus(MANY));
        assertThat(steps.ledger.counts(START).free()).isEqualTo((1L << 48) - 1 - MANY);
    }

    /** A year of one pod after another, at two in a minute, is no more than this. */
    @Test
    void anIpv6PrefixForgetsWhoHadAnAddressLongAgo() {
        steps.done(new Command.AddInterface(Nouns.facts(0), List.of(prefix6(0, 1)), null), START);
        Instant now = START;
        IntStream.range(0, 5).forEach(n -> steps.grant(n, START));
        IpAddress before = prefix6(0, 1).network();

        for (int n = 5; n < MANY; n++) {
            now = now.plusSeconds(31);
            IpAddress granted = steps.grant(n, now);
            assertThat(granted).as("one that nobody had lately").isGreaterThan(before);
            before = granted;
            steps.release(n, now);
            assertThat(blockOf(prefix6(0, 1)).slots()).hasSizeLessThanOrEqualTo(5 + 64 + 1);
        }
        assertThat(blockOf(prefix6(0, 1)).inUse()).isEqualTo(5);
    }

    @Test
    void anIpv6PrefixForgetsNobodyWhoCoolsDown() {
        steps.done(new Command.AddInterface(Nouns.facts(0), List.of(prefix6(0, 1)), null), START);
        var lately = new TreeSet<IpAddress>();

        for (int n = 0; n < MANY; n++) {
            assertThat(lately.add(steps.grant(n, START.plusMillis(n)))).isTrue();
            steps.release(n, START.plusMillis(n));
        }

        Instant now = START.plusMillis(MANY);
        assertThat(steps.ledger.counts(now).cooling()).isEqualTo(MANY);
        assertThat(steps.ledger.checkpoint().cooling()).hasSize(MANY);
    }

    @SeededTest(runs = 200)
    void aLargeBlockIsAsASmallOneButForItsFirstAddress(RandomGenerator random) {
        Block block = Block.of(prefix6(0, 0));
        var busy = new TreeSet<IpAddress>();
        Instant now = START;
        for (int step = 0; step < 300; step++) {
            now = now.plusSeconds(Choose.of(random, 0, 1, 31));
            if (random.nextInt(3) > 0 || busy.isEmpty()) {
                IpAddress next = block.longestIdle();
                assertThat(busy).doesNotContain(next);
                busy.add(next);
                block =
                        block.forgetting(now, Steps.COOLDOWN)
                                .with(next, new AddressUse.Assigned(key(0), pod(0), now));
            } else {
                IpAddress some = List.copyOf(busy).get(random.nextInt(busy.size()));
                busy.remove(some);
                block = block.with(some, new AddressUse.Idle(now));
            }
            assertThat(block.inUse()).isEqualTo(busy.size());
            assertThat(block.slots())
                    .isSortedAccordingTo((a, b) -> a.address().compareTo(b.address()));
            for (IpAddress address : busy) {
                assertThat(block.use(address).inUse()).isTrue();
            }
        }
    }

    @Test
    void aSlotOfTheLastAddressIsNotTheEndOfALargeBlock() {
        Block block =
                Block.of(prefix6(0, 0)).with(prefix6(0, 0).last(), new AddressUse.Held(START));

        assertThat(block.longestIdle()).isEqualTo(prefix6(0, 0).network().plus(1));
        assertThat(block.longestIdleSince()).isEqualTo(Instant.EPOCH);
    }

    @Test
    void aBlockSaysWhenItWasLastUsed() {
        Block fresh = Block.of(prefix(0, 0));
        Block used =
                fresh.with(of(3).get(2), new AddressUse.Idle(START.plusSeconds(9)))
                        .with(of(3).get(1), new AddressUse.Idle(START));

        assertThat(fresh.lastUsed()).isEqualTo(Instant.EPOCH);
        assertThat(used.lastUsed()).isEqualTo(START.plusSeconds(9));
        assertThat(used.isFree(START.plusSeconds(39), Steps.COOLDOWN)).isFalse();
        assertThat(used.isFree(START.plusSeconds(40), Steps.COOLDOWN)).isTrue();
        assertThat(used).asString().startsWith("10.16.0.0/28 SERVING [10.16.0.1 Idle");
    }

    @Test
    void aBlockLeavesAsAWholeAndLongestIdleFirst() {
        steps.done(new Command.AddInterface(Nouns.facts(0), Nouns.prefixes(0, 3), null), START);
        Instant now = START;
        for (int n = 0; n < 33; n++) {
            steps.grant(n, now);
        }
        for (int n : List.of(32, 0, 16)) {
            now = now.plusSeconds(1);
            steps.release(n, now);
        }
        IntStream.range(1, 16).forEach(n -> steps.release(n, START.plusSeconds(3)));
        IntStream.range(17, 32).forEach(n -> steps.release(n, START.plusSeconds(4)));

        Instant later = START.plusSeconds(90);
        assertThat(steps.held(0).free(BlockKind.PREFIX, later, Steps.COOLDOWN))
                .containsExactly(prefix(0, 2), prefix(0, 0), prefix(0, 1));
        assertThat(steps.held(0).free(BlockKind.ADDRESS, later, Steps.COOLDOWN)).isEmpty();
    }

    @Test
    void anIdleSingleAddressIsNoPrefix() {
        steps.add(0, 1, START);

        assertThat(steps.held(0).free(BlockKind.PREFIX, START, Steps.COOLDOWN)).isEmpty();
        assertThat(steps.held(0).free(BlockKind.ADDRESS, START, Steps.COOLDOWN))
                .containsExactly(block(0, 0));
        assertThat(steps.ledger.find(id(0))).isNotNull();
    }

    private Block blockOf(Cidr cidr) {
        return Objects.requireNonNull(steps.held(0).find(cidr));
    }

    private static List<IpAddress> of(int count) {
        return IntStream.range(0, count).mapToObj(prefix(0, 0).network()::plus).toList();
    }
}
