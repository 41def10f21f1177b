package dev.vpccni.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.ipam.ledger.Checkpoint;
import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.ipam.ledger.HeldInterface;
import dev.vpccni.ipam.ledger.Ledger;
import dev.vpccni.ipam.ledger.Outcome;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.node.fake.FakeHost;
import dev.vpccni.node.fake.FixedRandom;
import dev.vpccni.node.fake.ManualTempo;
import dev.vpccni.node.fake.MemoryStore;
import dev.vpccni.node.fake.Nouns;
import dev.vpccni.node.fake.ScriptedEc2;
import dev.vpccni.node.port.ObservedInterface;
import dev.vpccni.node.settings.CloudSettings;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;

/** A ledger with its keeper, and the outside, all in the test's thread. */
final class Fixture {

    final ManualTempo tempo = new ManualTempo();
    final MemoryStore store = new MemoryStore();
    final FakeHost host = new FakeHost();
    final ScriptedEc2 ec2 = new ScriptedEc2();
    final Explanations explanations = new Explanations(tempo, _ -> {});
    final Retry retry = new Retry(tempo, FixedRandom.MOST);
    final LedgerKeeper keeper =
            new LedgerKeeper(Ledger.empty(Duration.ofSeconds(30)), Checkpoint.EMPTY, store, tempo);
    final Attachments attachments = new Attachments(ec2, tempo, retry, this::instance);
    Instance instance =
            new Instance(Nouns.IDENTITY, CloudSettings.DEFAULT, new TreeMap<>())
                    .with(List.of(Nouns.subnet("subnet-1", 99)));

    Instance instance() {
        return instance;
    }

    /** Adds interface {@code n} with {@code count} addresses. */
    Fixture add(int n, int count) {
        done(new Command.AddInterface(Nouns.facts(n), Nouns.addresses(n, count), null));
        return this;
    }

    /** Applies a command that must be carried out. */
    void done(Command command) {
        assertThat(apply(command)).as("%s", command).isEqualTo(new Outcome.Done());
    }

    /** Applies a command. */
    Outcome apply(Command command) {
        try {
            return keeper.apply(command);
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Grants pod {@code n} an address. */
    Ipv4Address grant(int n) {
        return ((Outcome.Granted) apply(new Command.Assign(Nouns.key(n), Nouns.pod(n))))
                .grant()
                .address();
    }

    /** Returns interface {@code n}. */
    HeldInterface held(int n) {
        return Objects.requireNonNull(keeper.ledger().find(Nouns.id(n)));
    }

    /** Returns whether pod {@code n} has an address. */
    boolean hasGrant(int n) {
        return keeper.ledger().grant(Nouns.key(n)) != null;
    }

    /** Begins an interface at device {@code n}, and returns what the ledger says of it. */
    Checkpoint.Intent.Create begin(int n, int count) {
        done(new Command.BeginCreate("token-" + n, Nouns.SUBNET, n, count, tempo.wall()));
        return keeper.ledger().creates().getLast();
    }

    /** Returns the decisions so far, as lines. */
    List<String> decisions() {
        return explanations.latest().stream().map(one -> one.what() + ": " + one.why()).toList();
    }

    /** Returns the answer of a description. */
    static List<ObservedInterface> shown(ObservedInterface... interfaces) {
        return List.of(interfaces);
    }
}
