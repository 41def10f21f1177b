package dev.vpccni.node.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.node.fake.Cards;
import dev.vpccni.node.fake.ManualTempo;
import dev.vpccni.node.fake.Nouns;
import dev.vpccni.node.ledger.Dismissal;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who waits until it is known which network cards there are, and what one card knows of others. */
class CardPoolsWaitTest {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Cards cards = new Cards(3).add(0, 1).add(1, 1).add(2, 1);
    private final ManualTempo tempo = cards.fixture.tempo;
    private final CardPools early = new CardPools(List.of(cards.pools.first()), true, tempo);

    @Test
    void theWaitEndsWhenTheyAreKnown() throws Exception {
        tempo.after(Duration.ofSeconds(3), () -> early.complete(cards.pools.all()));

        assertThat(early.awaitComplete(Nouns.key(1), PATIENCE, new Dismissal())).isTrue();

        assertThat(tempo.nanos()).isEqualTo(Duration.ofSeconds(3).toNanos());
        assertThat(early.awaitComplete(Nouns.key(1), PATIENCE, new Dismissal())).isTrue();
        assertThat(tempo.nanos()).as("they are known").isEqualTo(Duration.ofSeconds(3).toNanos());
    }

    @Test
    void itEndsForWhoeverIsDismissedAndForNobodyElse() throws Exception {
        tempo.after(Duration.ofSeconds(3), () -> early.dismiss(Nouns.key(2)));
        tempo.after(Duration.ofSeconds(4), () -> early.dismiss(Nouns.key(1)));

        assertThat(early.awaitComplete(Nouns.key(1), PATIENCE, new Dismissal())).isFalse();

        assertThat(tempo.nanos()).isEqualTo(Duration.ofSeconds(4).toNanos());
    }

    @Test
    void itEndsAtOnceForWhoeverIsToWaitNoMore() throws Exception {
        var over = new Dismissal();
        tempo.after(Duration.ofSeconds(2), over::end);

        assertThat(early.awaitComplete(Nouns.key(1), PATIENCE, over)).isFalse();
        assertThat(early.awaitComplete(Nouns.key(1), PATIENCE, over)).isFalse();

        assertThat(tempo.nanos()).isEqualTo(Duration.ofSeconds(2).toNanos());
    }

    @Test
    void whoHasNoPatienceHearsAtOnce() throws Exception {
        assertThat(early.awaitComplete(Nouns.key(1), Duration.ZERO, new Dismissal())).isFalse();
        assertThat(tempo.nanos()).isZero();
    }

    @Test
    void aCardSeesTheLedgersOfAllOthers() {
        assertThat(cards.pools.ledgersBeside(1))
                .containsExactly(cards.keeper(0).ledger(), cards.keeper(2).ledger());
        assertThat(early.ledgersBeside(0)).isEmpty();
    }
}
