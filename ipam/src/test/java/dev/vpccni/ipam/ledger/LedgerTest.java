package dev.vpccni.ipam.ledger;

import static dev.vpccni.ipam.world.Nouns.START;
import static dev.vpccni.ipam.world.Nouns.TEMPLATE;
import static dev.vpccni.ipam.world.Nouns.address;
import static dev.vpccni.ipam.world.Nouns.blocks;
import static dev.vpccni.ipam.world.Nouns.facts;
import static dev.vpccni.ipam.world.Nouns.id;
import static dev.vpccni.ipam.world.Nouns.key;
import static dev.vpccni.ipam.world.Nouns.pod;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.model.BlockKind;
import dev.vpccni.model.IpAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class LedgerTest {

    private static final Duration COOLDOWN = Duration.ofSeconds(30);
    private static final Instant OLD = START.plusSeconds(3_600);

    private Ledger ledger = Ledger.empty(COOLDOWN, BlockKind.ADDRESS);

    @Test
    void theSameKeyGetsTheSameAddress() {
        add(0, 3);
        IpAddress first = granted(1, START);
        Ledger before = ledger;

        assertThat(apply(new Command.Assign(key(1), pod(1)), OLD))
                .isEqualTo(
                        new Outcome.Granted(
                                new Checkpoint.Grant(first, key(1), pod(1), START),
                                facts(0),
                                true));
        assertThat(ledger).as("nothing to write").isSameAs(before);
    }

    @Test
    void anAddressCoolsDownToTheLastInstant() {
        add(0, 1);
        granted(1, START);
        apply(new Command.Release(key(1)), START);

        Instant last = START.plus(COOLDOWN);
        assertThat(apply(new Command.Assign(key(2), pod(2)), last))
                .isEqualTo(new Outcome.NoAddress());
        assertThat(ledger.counts(last)).isEqualTo(new Counts(0, 1, 0, 0, 0, 0, 0, 0));
        assertThat(ledger.nextCoolingEnd(last)).isEqualTo(last.plusNanos(1));
        assertThat(granted(2, last.plusNanos(1))).isEqualTo(address(0, 0));
    }

    @Test
    void w15TheFullestInterfaceServesSoThatTheOthersDrain() {
        add(0, 3);
        add(1, 3);
        for (int pod = 0; pod < 6; pod++) {
            granted(pod, START);
        }
        for (int pod : List.of(0, 1, 5)) {
            apply(new Command.Release(key(pod)), START);
        }

        assertThat(granted(9, OLD)).isEqualTo(address(1, 2));
        assertThat(granted(10, OLD)).isEqualTo(address(0, 0));
    }

    @Test
    void theAddressIdleLongestIsNext() {
        add(0, 3);
        for (int pod = 0; pod < 3; pod++) {
            granted(pod, START);
        }
        apply(new Command.Release(key(1)), START);
        apply(new Command.Release(key(0)), START.plusSeconds(1));

        assertThat(granted(3, OLD)).isEqualTo(address(0, 1));
    }

    @Test
    void aClockThatStepsBackBeginsTheCooldownAnew() {
        add(0, 1);
        granted(1, OLD);
        apply(new Command.Release(key(1)), OLD);

        assertThat(apply(new Command.Assign(key(2), pod(2)), START))
                .isEqualTo(new Outcome.NoAddress());
        assertThat(ledger.at(START).nextCoolingEnd(START))
                .isEqualTo(START.plus(COOLDOWN).plusNanos(1));
        assertThat(granted(2, START.plus(COOLDOWN).plusNanos(1))).isEqualTo(address(0, 0));
    }

    @Test
    void anAddressInUseOrCoolingIsNotGivenBack() {
        add(0, 1);
        granted(1, START);
        var release = new Command.BeginRelease(id(0), blocks(0, 1));

        assertThat(apply(release, OLD)).isInstanceOf(Outcome.Refused.class);
        apply(new Command.Release(key(1)), OLD);
        assertThat(apply(release, OLD.plus(COOLDOWN))).isInstanceOf(Outcome.Refused.class);
        assertThat(apply(release, OLD.plusSeconds(31))).isEqualTo(new Outcome.Done());
        assertThat(apply(new Command.Assign(key(2), pod(2)), OLD.plusSeconds(31)))
                .isEqualTo(new Outcome.NoAddress());
    }

    @Test
    void onlyAnOldAndIdleSecondaryInterfaceIsRemoved() {
        add(0, 1);
        add(1, 1);

        assertThat(apply(new Command.BeginRemoval(id(0)), OLD))
                .isEqualTo(new Outcome.Refused("eni-000 is PRIMARY"));
        assertThat(apply(new Command.BeginRemoval(id(1)), START.plusSeconds(59)))
                .isEqualTo(new Outcome.Refused("eni-001 is younger than 60 s"));
        assertThat(apply(new Command.BeginRemoval(id(1)), START.plusSeconds(60)))
                .isEqualTo(new Outcome.Done());
        assertThat(ledger.checkpoint().intents())
                .containsExactly(new Checkpoint.Intent.Remove(id(1), START.plusSeconds(60)));
        apply(new Command.ConfirmRemoved(id(1)), OLD);
        assertThat(ledger.find(id(1))).isNull();
    }

    @Test
    void aGrantWhoseInterfaceIsNotKnownYetIsKeptForItsPod() {
        var grant = new Checkpoint.Grant(address(0, 1), key(1), pod(1), START);
        var written = Checkpoint.ofGrants(List.of(grant));
        ledger = Ledger.restore(written, COOLDOWN, BlockKind.ADDRESS, OLD).ledger();

        assertThat(apply(new Command.Assign(key(1), pod(1)), OLD))
                .isEqualTo(new Outcome.Unplaced(grant));
        add(0, 2);
        assertThat(granted(2, OLD)).isEqualTo(address(0, 0));
        assertThat(apply(new Command.Assign(key(3), pod(3)), OLD))
                .isEqualTo(new Outcome.NoAddress());
        assertThat(apply(new Command.Assign(key(1), pod(1)), OLD))
                .isEqualTo(new Outcome.Granted(grant, facts(0), true));
    }

    @Test
    void w20ACooldownSurvivesARestart() {
        add(0, 1);
        granted(1, START);
        apply(new Command.Release(key(1)), START);

        Instant restart = START.plusSeconds(10);
        ledger = Ledger.restore(ledger.checkpoint(), COOLDOWN, BlockKind.ADDRESS, restart).ledger();

        assertThat(apply(new Command.Assign(key(2), pod(2)), restart))
                .isEqualTo(new Outcome.NoAddress());
        assertThat(granted(2, START.plusSeconds(31))).isEqualTo(address(0, 0));
    }

    @Test
    void aCooldownSurvivesADoubtAndARestart() {
        add(0, 1);
        granted(1, START);
        apply(new Command.Release(key(1)), START);
        apply(new Command.Doubt(id(0), blocks(0, 1)), START);

        ledger =
                Ledger.restore(
                                ledger.checkpoint(),
                                COOLDOWN,
                                BlockKind.ADDRESS,
                                START.plusSeconds(10))
                        .ledger();
        apply(new Command.AddBlocks(id(0), blocks(0, 1)), START.plusSeconds(11));

        assertThat(apply(new Command.Assign(key(2), pod(2)), START.plusSeconds(30)))
                .isEqualTo(new Outcome.NoAddress());
        assertThat(granted(2, START.plusSeconds(31))).isEqualTo(address(0, 0));
    }

    @Test
    void whatIsBeingMadeIsCountedAndRemembered() {
        add(0, 1);
        apply(new Command.BeginCreate("token", TEMPLATE, 1, BlockKind.ADDRESS, 9, OLD), START);
        apply(new Command.NoteCreated("token", id(1)), START);
        apply(new Command.BeginAssign(id(0), BlockKind.ADDRESS, 2), START);

        assertThat(ledger.counts(START).arriving()).isEqualTo(11);
        assertThat(ledger.checkpoint().intents())
                .containsExactly(
                        new Checkpoint.Intent.Create(
                                "token", TEMPLATE, 1, BlockKind.ADDRESS, 9, OLD, id(1), START),
                        new Checkpoint.Intent.Assign(id(0), BlockKind.ADDRESS, 2, START));

        apply(new Command.AddInterface(facts(1), blocks(1, 9), "token"), START);
        apply(new Command.EndAssign(id(0), 2), START);
        assertThat(ledger.counts(START)).isEqualTo(new Counts(0, 0, 10, 0, 0, 0, 0, 0));
    }

    private void add(int n, int count) {
        apply(new Command.AddInterface(facts(n), blocks(n, count), null), START);
    }

    private IpAddress granted(int n, Instant now) {
        return ((Outcome.Granted) apply(new Command.Assign(key(n), pod(n)), now)).grant().address();
    }

    private Outcome apply(Command command, Instant now) {
        Step step = ledger.apply(command, now);
        assertThat(LedgerInvariants.violations(ledger, step.ledger(), now)).isEmpty();
        ledger = step.ledger();
        return step.outcome();
    }
}
