package dev.vpccni.ipam.ledger;

import static dev.vpccni.ipam.world.Nouns.blocks;
import static dev.vpccni.ipam.world.Nouns.facts;
import static dev.vpccni.ipam.world.Nouns.key;
import static dev.vpccni.ipam.world.Nouns.pod;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.model.BlockKind;
import dev.vpccni.model.IpAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/** A ledger that changes command by command, each of which is checked. */
final class Steps {

    static final Duration COOLDOWN = Duration.ofSeconds(30);

    Ledger ledger;

    /** Begins with nothing; pods are to get single addresses first. */
    Steps() {
        this(BlockKind.ADDRESS);
    }

    /** Begins with nothing; pods are to get addresses of {@code preferred} blocks first. */
    Steps(BlockKind preferred) {
        ledger = Ledger.empty(COOLDOWN, preferred);
    }

    /** Applies a command and returns what came of it. */
    Outcome apply(Command command, Instant now) {
        Step step = ledger.apply(command, now);
        assertThat(LedgerInvariants.violations(ledger, step.ledger(), now)).isEmpty();
        ledger = step.ledger();
        return step.outcome();
    }

    /** Applies a command that must be carried out. */
    void done(Command command, Instant now) {
        assertThat(apply(command, now)).as("%s", command).isEqualTo(new Outcome.Done());
    }

    /** Applies a command that must be refused, and change nothing. */
    void refused(Command command, Instant now, String... reason) {
        Ledger before = ledger;
        assertThat(apply(command, now))
                .as("%s", command)
                .isInstanceOfSatisfying(
                        Outcome.Refused.class,
                        refused -> assertThat(refused.reason()).contains(reason));
        assertThat(ledger.checkpoint()).isEqualTo(before.checkpoint());
    }

    /** Adds interface {@code n} with {@code count} addresses. */
    void add(int n, int count, Instant now) {
        done(new Command.AddInterface(facts(n), blocks(n, count), null), now);
    }

    /** Grants pod {@code n} an address. */
    IpAddress grant(int n, Instant now) {
        return ((Outcome.Granted) apply(new Command.Assign(key(n), pod(n)), now)).grant().address();
    }

    /** Takes it back. */
    void release(int n, Instant now) {
        assertThat(apply(new Command.Release(key(n)), now)).isInstanceOf(Outcome.Released.class);
    }

    /** Returns interface {@code n}. */
    HeldInterface held(int n) {
        return Objects.requireNonNull(ledger.find(facts(n).id()));
    }

    /** Restarts the daemon. */
    void restart(Instant now) {
        Ledger.Restored restored =
                Ledger.restore(ledger.checkpoint(), COOLDOWN, ledger.preferred(), now);
        assertThat(restored.problems()).isEmpty();
        ledger = restored.ledger();
    }
}
