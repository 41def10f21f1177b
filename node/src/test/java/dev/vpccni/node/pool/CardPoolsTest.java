package dev.vpccni.node.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.ipam.ledger.Outcome;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.IpAddress;
import dev.vpccni.node.fake.Cards;
import dev.vpccni.node.fake.Nouns;
import dev.vpccni.node.pod.AddressBook;
import dev.vpccni.node.pod.AddressService;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What one card's ledger takes up is no longer another's: somebody took it from that card, and EC2
 * gave it to this one before the other ledger knew.
 */
class CardPoolsTest {

    private final Cards cards = new Cards(3).add(0, 1).add(1, 2).add(2, 2);

    @Test
    void whatOneCardIsGivenNoOtherGrants() {
        Cidr moved = Nouns.blocks(10, 1).getFirst();

        cards.done(0, new Command.AddBlocks(Nouns.id(0), List.of(moved)));

        assertThat(cards.apply(1, assign(1)))
                .isInstanceOfSatisfying(
                        Outcome.Granted.class,
                        one -> assertThat(one.grant().address()).isNotEqualTo(moved.network()));
        assertThat(cards.apply(1, assign(2))).isInstanceOf(Outcome.NoAddress.class);
        assertThat(cards.apply(2, assign(1))).isInstanceOf(Outcome.Granted.class);
        assertThat(cards.apply(2, assign(2))).isInstanceOf(Outcome.Granted.class);
    }

    @Test
    void whatLiesInAPrefixOfAnotherTakesThatFromPods() {
        cards.done(1, new Command.AddBlocks(Nouns.id(10), Nouns.prefixes(10, 1)));
        Cidr moved = Nouns.prefix(10, 0).network().plus(3).only();

        cards.done(0, new Command.AddBlocks(Nouns.id(0), List.of(moved)));

        assertThat(cards.keeper(1).ledger().counts(cards.fixture.tempo.instant()).doubted())
                .isEqualTo(16);
    }

    @Test
    void thePrefixThatHasAnAddressOfAnotherTakesThatFromPodsToo() {
        Cidr single = Nouns.prefix(10, 0).network().plus(3).only();
        cards.done(1, new Command.AddBlocks(Nouns.id(10), List.of(single)));

        cards.done(0, new Command.AddBlocks(Nouns.id(0), Nouns.prefixes(10, 1)));

        assertThat(cards.keeper(1).ledger().counts(cards.fixture.tempo.instant()).doubted())
                .isEqualTo(1);
    }

    @Test
    void ofSeveralCommandsInOneBatchTheOthersHearToo() throws Exception {
        var moved = new Command.AddBlocks(Nouns.id(0), Nouns.blocks(10, 1));
        var none = new Command.AddBlocks(Nouns.id(0), List.of());

        assertThat(cards.keeper(0).apply(List.of(none, moved))).hasSize(2);

        assertThat(cards.keeper(1).ledger().counts(cards.fixture.tempo.instant()).doubted())
                .isEqualTo(1);
    }

    @Test
    void theAddressesOfANewInterfaceAreTakenUpToo() {
        cards.done(
                0,
                new Command.AddInterface(Nouns.facts(1), Nouns.blocks(10, 2).subList(0, 1), null));

        assertThat(cards.keeper(1).ledger().counts(cards.fixture.tempo.instant()).doubted())
                .isEqualTo(1);
    }

    @Test
    void whatIsFoundAndWhatIsTrustedAgainIsTakenUpToo() {
        cards.done(0, new Command.Discover(Nouns.facts(1), Nouns.blocks(10, 1)));
        assertThat(cards.keeper(1).ledger().counts(cards.fixture.tempo.instant()).doubted())
                .isEqualTo(1);

        cards.done(1, new Command.Trust(Nouns.id(10), Nouns.blocks(10, 1)));

        assertThat(cards.keeper(1).ledger().counts(cards.fixture.tempo.instant()).doubted())
                .isZero();
        assertThat(cards.keeper(0).ledger().home(Nouns.address(10, 0)))
                .as("it is kept off pods, which ends with the next look at EC2")
                .isNotNull();
    }

    @Test
    void whatAPodHasStaysWithIt() {
        assertThat(cards.apply(2, assign(1))).isInstanceOf(Outcome.Granted.class);
        var before = cards.granted(1);

        cards.done(0, new Command.AddBlocks(Nouns.id(0), Nouns.blocks(20, 2)));

        assertThat(cards.granted(1)).isEqualTo(before);
        assertThat(cards.apply(2, assign(2))).isInstanceOf(Outcome.NoAddress.class);
    }

    /** It waits on a later card with an address that EC2 gives to that one. */
    @Test
    void noPodHasOneAddressOnTwoCards() throws Exception {
        var book = new AddressBook(cards.pools, cards.fixture.tempo);
        assertThat(cards.apply(0, assign(1))).isInstanceOf(Outcome.Granted.class);
        IpAddress phantom = cards.granted(1).getFirst();
        assertThat(cards.apply(1, assign(5))).isInstanceOf(Outcome.Granted.class);
        assertThat(cards.apply(1, assign(6))).isInstanceOf(Outcome.Granted.class);
        cards.done(1, new Command.AddBlocks(Nouns.id(10), List.of(phantom.only())));

        assertThatThrownBy(() -> book.assign(Nouns.key(1), Nouns.pod(1), true, Duration.ZERO))
                .isInstanceOf(NoAddressException.class)
                .hasMessage(
                        phantom
                                + " was taken from one network card of the node and given to"
                                + " another");

        assertThat(cards.keeper(1).ledger().grant(Nouns.key(1))).as("only what it had").isNull();
        cards.done(0, new Command.AddBlocks(Nouns.id(0), List.of(Nouns.address(0, 7).only())));
        book.release(Nouns.key(1));
        cards.fixture.tempo.pass(Duration.ofMinutes(1));
        assertThat(book.assign(Nouns.key(1), Nouns.pod(1), true, Duration.ZERO))
                .extracting(AddressService.Lease::address)
                .startsWith(Nouns.address(0, 7), phantom);
    }

    private static Command assign(int pod) {
        return new Command.Assign(Nouns.key(pod), Nouns.pod(pod), 3);
    }
}
