package dev.vpccni.node.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.model.IpAddress;
import dev.vpccni.node.fake.Cards;
import dev.vpccni.node.fake.ManualTempo;
import dev.vpccni.node.fake.Nouns;
import dev.vpccni.node.pod.AddressBook;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Of which network card an ordinary pod has its address, and what it is told where none has. */
class AddressOfACardTest {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Cards cards = new Cards(3).add(0, 1).add(1, 0).add(2, 1);
    private final AddressBook book = new AddressBook(cards.pools, cards.fixture.tempo);

    @Test
    void whatItHasOnAFurtherCardItKeepsWhenItAsksAgain() throws Exception {
        firstHasNothingMore();
        assertThat(assign(1)).isEqualTo(Nouns.address(0, 0));
        assertThat(assign(2)).as("the second card has none").isEqualTo(Nouns.address(20, 0));

        cards.done(0, more(0));

        assertThat(assign(2)).isEqualTo(Nouns.address(20, 0));
        assertThat(cards.granted(2)).containsExactly(Nouns.address(20, 0));
    }

    @Test
    void theLastOfTheFirstCardIsEnough() throws Exception {
        firstHasNothingMore();

        assertThat(assign(1)).isEqualTo(Nouns.address(0, 0));

        assertThat(cards.granted(1)).containsExactly(Nouns.address(0, 0));
    }

    @Test
    void whereNoCardHasOneTheFirstSaysWhy() throws Exception {
        firstHasNothingMore();
        assertThat(List.of(assign(1), assign(2))).hasSize(2);

        assertThatThrownBy(() -> assign(3))
                .isInstanceOf(NoAddressException.class)
                .hasMessageContaining("not allowed")
                .hasMessageNotContaining("network card");
    }

    @Test
    void whereOnlyTheFirstCardServesNobodyGetsOneOfEach() {
        var first = List.of(cards.pools.first());
        var only = new AddressBook(new CardPools(first, false, cards.fixture.tempo), tempo());

        assertThatThrownBy(() -> only.assign(Nouns.key(1), Nouns.pod(1), true, PATIENCE))
                .isInstanceOfSatisfying(
                        NoAddressException.class,
                        e -> assertThat(e.remedy()).startsWith("set ENABLE_MULTI_NIC=true"));
        assertThat(cards.granted(1)).isEmpty();
    }

    /** The pod that is announced to a later card arrives there, or goes. */
    @Test
    void nobodyStaysAnnouncedToALaterCard() {
        assertThatThrownBy(() -> book.assign(Nouns.key(1), Nouns.pod(1), true, PATIENCE))
                .isInstanceOf(NoAddressException.class)
                .hasMessageContaining("on network card 1");

        assertThat(cards.pools.all())
                .allSatisfy(pool -> assertThat(pool.availability().announced()).isZero());
        assertThat(tempo().nanos()).isEqualTo(PATIENCE.toNanos());
    }

    /** It waits on two cards, one after the other, and is announced once. */
    @Test
    void whoWaitsOnSeveralCardsIsAnnouncedOnce() {
        var lacking = new Cards(3).add(0, 0).add(1, 0).add(2, 1);
        lacking.fixture.tempo.after(
                Duration.ofSeconds(4),
                () -> {
                    CardPool last = lacking.pools.all().getLast();
                    assertThat(last.availability().announced()).isEqualTo(1);
                    lacking.add(0, 1);
                });
        lacking.fixture.tempo.after(
                Duration.ofSeconds(5),
                () ->
                        assertThat(lacking.pools.all())
                                .extracting(pool -> pool.availability().announced())
                                .as("it has arrived at the second card")
                                .containsExactly(0, 0, 1));
        var asked = new AddressBook(lacking.pools, lacking.fixture.tempo);

        assertThatThrownBy(() -> asked.assign(Nouns.key(1), Nouns.pod(1), true, PATIENCE))
                .isInstanceOf(NoAddressException.class);

        assertThat(lacking.pools.all())
                .allSatisfy(pool -> assertThat(pool.availability().announced()).isZero());
    }

    private void firstHasNothingMore() {
        cards.pools
                .first()
                .availability()
                .problem(new AddressAvailability.Problem("not allowed", "allow it", true));
    }

    private static Command more(int card) {
        return new Command.AddBlocks(
                Nouns.id(10 * card), List.of(Nouns.address(10 * card, 7).only()));
    }

    private IpAddress assign(int n) throws Exception {
        return book.assign(Nouns.key(n), Nouns.pod(n), false, PATIENCE).getFirst().address();
    }

    private ManualTempo tempo() {
        return cards.fixture.tempo;
    }
}
