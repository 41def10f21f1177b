package dev.vpccni.ipam.ledger;

import static dev.vpccni.ipam.world.Nouns.START;
import static dev.vpccni.ipam.world.Nouns.block;
import static dev.vpccni.ipam.world.Nouns.blocks;
import static dev.vpccni.ipam.world.Nouns.facts;
import static dev.vpccni.ipam.world.Nouns.id;
import static dev.vpccni.ipam.world.Nouns.pod;
import static dev.vpccni.ipam.world.Nouns.prefix;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.model.Cidr;
import dev.vpccni.model.IpAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Blocks that lie in others, of which an address can have one only. */
class OverlappingBlocksTest {

    private final Steps steps = new Steps();

    /** Somebody took a pod's address, and gave the interface the prefix that it lies in. */
    @Test
    void aPrefixTakesTheAddressesOfItsInterfaceInThatLieInIt() {
        Cidr used = prefix(1, 0).network().plus(3).only();
        Cidr cooling = prefix(1, 0).network().plus(4).only();
        steps.done(new Command.AddInterface(facts(0), blocks(0, 1), null), START);
        steps.done(new Command.Suspend(id(0)), START);
        steps.done(new Command.AddInterface(facts(1), List.of(used, cooling), null), START);
        assertThat(steps.grant(1, START)).isEqualTo(used.network());
        assertThat(steps.grant(2, START)).isEqualTo(cooling.network());
        steps.release(2, START);
        steps.done(new Command.Doubt(id(1), List.of(used)), START);

        steps.done(new Command.AddBlocks(id(1), List.of(prefix(1, 0))), START);

        assertThat(steps.held(1).blocks()).extracting(Block::cidr).containsExactly(prefix(1, 0));
        assertThat(steps.held(1).inUse()).isEqualTo(1);
        assertThat(steps.ledger.counts(START)).isEqualTo(new Counts(1, 1, 14, 14, 0, 0, 0, 0));
        steps.release(1, START);
        steps.restart(START);
        assertThat(steps.ledger.counts(START).cooling()).isEqualTo(2);
    }

    /** Somebody may have the prefix that EC2 made of what was given back elsewhere. */
    @Test
    void aPrefixAroundAnAddressThatIsKnownElsewhereIsNotTaken() {
        Cidr single = prefix(1, 0).network().plus(3).only();
        steps.done(new Command.AddInterface(facts(0), List.of(single), null), START);
        steps.done(new Command.AddInterface(facts(1), List.of(), null), START);

        steps.done(new Command.AddBlocks(id(1), List.of(prefix(1, 0))), START);

        assertThat(steps.held(1).size()).isZero();
    }

    /** Two interfaces' addresses cannot lie in one prefix: one of the answers is old. */
    @Test
    void aPrefixTakesNoneOfItsInterfacesAddressesWhileAnotherInterfaceHasOneInIt() {
        Cidr own = prefix(1, 0).network().plus(3).only();
        Cidr others = prefix(1, 0).network().plus(4).only();
        steps.done(new Command.AddInterface(facts(1), List.of(own), null), START);
        steps.done(new Command.AddInterface(facts(0), List.of(others), null), START);
        Ledger before = steps.ledger;

        steps.done(new Command.AddBlocks(id(1), List.of(prefix(1, 0))), START);

        assertThat(steps.ledger).isSameAs(before);
    }

    /** Somebody took a prefix that pods use, and EC2 gave addresses of it one by one. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void aDoubtedPrefixLetsOutWhatIsGivenByItself(int to) {
        IpAddress network = prefix(1, 0).network();
        steps.done(
                new Command.AddInterface(facts(1), List.of(prefix(1, 0), prefix(1, 1)), null),
                START);
        steps.done(new Command.AddInterface(facts(0), List.of(), null), START);
        List<IpAddress> granted = List.of(grant(1), grant(2), grant(3));
        assertThat(granted).allMatch(prefix(1, 0)::contains);
        steps.release(3, START);
        steps.done(new Command.Doubt(id(1), List.of(prefix(1, 0))), START);
        IpAddress unused = network.plus(15);
        assertThat(granted).doesNotContain(unused);

        steps.done(
                new Command.AddBlocks(id(to), List.of(unused.only(), granted.get(2).only())),
                START);

        assertThat(steps.held(to).find(unused.only())).isNotNull();
        assertThat(steps.held(to).find(granted.get(2).only())).isNotNull();
        assertThat(doubted(1))
                .containsExactlyInAnyOrder(granted.get(0).only(), granted.get(1).only());
        assertThat(steps.held(1).inUse()).isEqualTo(2);
        assertThat(steps.ledger.counts(START)).isEqualTo(new Counts(2, 1, 17, 16, 0, 0, 0, 0));
        steps.done(new Command.AddBlocks(id(1 - to), List.of(prefix(1, 0))), START);
        assertThat(doubted(1)).hasSize(2);
    }

    /** The pod goes on by the interface that it is wired to, until it ends. */
    @Test
    void aDoubtedPrefixKeepsWhatAPodHasAndAnotherInterfaceIsGiven() {
        steps.done(new Command.AddInterface(facts(1), List.of(prefix(1, 0)), null), START);
        steps.done(new Command.AddInterface(facts(0), List.of(), null), START);
        Cidr used = grant(1).only();
        steps.done(new Command.Doubt(id(1), List.of(prefix(1, 0))), START);
        Ledger before = steps.ledger;

        steps.done(new Command.AddBlocks(id(0), List.of(used)), START);

        assertThat(steps.ledger).isSameAs(before);
        steps.done(new Command.AddBlocks(id(1), List.of(used)), START);
        assertThat(steps.held(1).blocks()).extracting(Block::cidr).containsExactly(used);
        assertThat(doubted(1)).isEmpty();
        assertThat(steps.held(1).inUse()).isEqualTo(1);
    }

    @Test
    void whatIsLetOutReturnsWithThePrefix() {
        steps.done(new Command.AddInterface(facts(1), List.of(prefix(1, 0)), null), START);
        IpAddress used = grant(1);
        IpAddress other = grant(2);
        steps.done(new Command.Doubt(id(1), List.of(prefix(1, 0))), START);
        steps.done(new Command.AddBlocks(id(1), List.of(other.only())), START);

        steps.done(new Command.AddBlocks(id(1), List.of(prefix(1, 0))), START);

        assertThat(steps.held(1).blocks()).extracting(Block::cidr).containsExactly(prefix(1, 0));
        assertThat(steps.held(1).inUse()).isEqualTo(2);
        assertThat(used).isNotEqualTo(other);
    }

    @ParameterizedTest
    @EnumSource(
            value = BlockStage.class,
            names = {"SERVING", "LEAVING"})
    void aPrefixThatIsNotDoubtedLetsNothingOut(BlockStage stage) {
        steps.done(new Command.AddInterface(facts(1), List.of(prefix(1, 0)), null), START);
        steps.done(new Command.AddInterface(facts(0), List.of(), null), START);
        if (stage == BlockStage.LEAVING) {
            steps.done(new Command.BeginRelease(id(1), List.of(prefix(1, 0))), START);
        }
        Ledger before = steps.ledger;

        steps.done(
                new Command.AddBlocks(id(0), List.of(prefix(1, 0).network().plus(5).only())),
                START);

        assertThat(steps.ledger).isSameAs(before);
    }

    /** Whether EC2 shows it again is for who compares, not for what adds. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatIsDoubtedAndAddedAgainStaysDoubted(boolean single) {
        Cidr block = single ? block(1, 0) : prefix(1, 0);
        steps.done(new Command.AddInterface(facts(1), List.of(block), null), START);
        steps.done(new Command.Doubt(id(1), List.of(block)), START);
        Ledger before = steps.ledger;

        steps.done(new Command.AddBlocks(id(1), List.of(block)), START);

        assertThat(steps.ledger).isSameAs(before);
    }

    @ParameterizedTest
    @CsvSource({"252, true", "253, false"})
    void nothingIsLetOutWhereTheRestWouldBeTooManyBlocks(int others, boolean letOut) {
        steps.done(new Command.AddInterface(facts(1), List.of(prefix(1, 0)), null), START);
        steps.done(new Command.AddInterface(facts(0), List.of(), null), START);
        List.of(1, 2, 3).forEach(this::grant);
        steps.done(new Command.Doubt(id(1), List.of(prefix(1, 0))), START);
        List<Cidr> more = new ArrayList<>();
        for (int i = 0; i < others; i++) {
            more.add(prefix(2 + i / 16, i % 16));
        }
        steps.done(new Command.AddBlocks(id(1), more), START);
        Cidr unused = prefix(1, 0).network().plus(15).only();

        steps.done(new Command.AddBlocks(id(0), List.of(unused)), START);

        assertThat(steps.held(0).find(unused) != null).isEqualTo(letOut);
    }

    private IpAddress grant(int pod) {
        return steps.grant(pod, START);
    }

    private List<Cidr> doubted(int n) {
        return steps.held(n).blocks().stream()
                .filter(block -> block.stage() == BlockStage.DOUBTED)
                .map(Block::cidr)
                .toList();
    }
}
