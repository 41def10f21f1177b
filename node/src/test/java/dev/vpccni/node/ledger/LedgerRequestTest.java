package dev.vpccni.node.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.ipam.ledger.Ledger;
import dev.vpccni.ipam.ledger.Outcome;
import dev.vpccni.model.BlockKind;
import dev.vpccni.node.fake.ManualTempo;
import dev.vpccni.node.fake.Nouns;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A request, and the batch that carries it out. */
class LedgerRequestTest {

    private static final Command ASSIGN = new Command.Assign(Nouns.key(1), Nouns.pod(1));

    private final ManualTempo tempo = new ManualTempo();
    private final LedgerRequest request = request(ASSIGN, true);

    @Test
    void eitherItsCallerGivesUpOrItIsCarriedOut() {
        assertThat(request.waits()).isTrue();
        assertThat(request.take()).isTrue();
        assertThat(request.waits()).isFalse();
        assertThat(request.giveUp()).isFalse();

        request.putBack();

        assertThat(request.waits()).isTrue();
        assertThat(request.giveUp()).isTrue();
        assertThat(request.take()).isFalse();
        assertThat(request.waits()).isFalse();
    }

    @Test
    void completionWakesTheCaller() throws Exception {
        assertThat(request.outcome()).isNull();
        assertThat(request.take()).isTrue();

        request.complete(new Outcome.NoAddress());

        assertThat(request.outcome()).isEqualTo(new Outcome.NoAddress());
        assertThat(request.waits()).isFalse();
        assertThat(request.giveUp()).isFalse();
        assertThat(request.ended().await(Duration.ZERO)).isTrue();
    }

    @Test
    void aFailureIsThrownWhereTheCallerWaits() throws Exception {
        var cause = new IOException("full");

        request.fail(cause);

        assertThatThrownBy(request::outcome).hasMessage("full").hasCause(cause);
        assertThat(request.waits()).isFalse();
        assertThat(request.ended().await(Duration.ZERO)).isTrue();
    }

    @Test
    void onlyAnAssignAsksForAnAddress() {
        assertThat(request.isAssign()).isTrue();
        assertThat(request(new Command.Release(Nouns.key(1)), false).isAssign()).isFalse();
    }

    @Test
    void aBatchPutsBackWhatMayWaitAndAnswersWhatMayNot() throws Exception {
        var batch =
                new Batch(
                        Ledger.empty(Duration.ofSeconds(30), BlockKind.ADDRESS), ManualTempo.START);
        LedgerRequest impatient = request(ASSIGN, false);

        batch.fold(request);
        batch.fold(impatient);
        batch.complete();

        assertThat(request.waits()).isTrue();
        assertThat(request.outcome()).isNull();
        assertThat(impatient.outcome()).isEqualTo(new Outcome.NoAddress());
    }

    @Test
    void aBatchLeavesAloneWhatItsCallerGaveUp() {
        Ledger one = withAddresses(1);
        var batch = new Batch(one, ManualTempo.START);
        assertThat(batch.hasFreeAddress()).isTrue();
        request.giveUp();

        batch.fold(request);

        assertThat(batch.ledger()).isSameAs(one);
        assertThat(batch.hasFreeAddress()).isTrue();
    }

    @Test
    void aBatchKnowsWhenItsLastAddressIsGone() throws Exception {
        var batch = new Batch(withAddresses(1), ManualTempo.START);

        batch.fold(request);

        assertThat(batch.hasFreeAddress()).isFalse();
        assertThat(batch.ledger().grant(Nouns.key(1))).isNotNull();
        assertThat(request.outcome()).as("not before it is written").isNull();
        batch.complete();
        assertThat(request.outcome()).isInstanceOf(Outcome.Granted.class);
    }

    @Test
    void aBatchThatCannotBeWrittenFailsEachOfItsRequests() {
        var batch = new Batch(withAddresses(2), ManualTempo.START);
        LedgerRequest other = request(new Command.Release(Nouns.key(9)), false);
        batch.fold(request);
        batch.fold(other);

        batch.fail(new IOException("full"));

        assertThatThrownBy(request::outcome).hasMessage("full");
        assertThatThrownBy(other::outcome).hasMessage("full");
    }

    private LedgerRequest request(Command command, boolean patient) {
        return new LedgerRequest(command, patient, tempo.signal());
    }

    private static Ledger withAddresses(int count) {
        return Ledger.empty(Duration.ofSeconds(30), BlockKind.ADDRESS)
                .apply(
                        new Command.AddInterface(Nouns.facts(0), Nouns.blocks(0, count), null),
                        ManualTempo.START)
                .ledger();
    }
}
