package dev.vpccni.node.fake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.ipam.ledger.Checkpoint;
import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.ipam.ledger.HeldInterface;
import dev.vpccni.ipam.ledger.Ledger;
import dev.vpccni.ipam.ledger.Outcome;
import dev.vpccni.model.BlockKind;
import dev.vpccni.model.IpAddress;
import dev.vpccni.node.eni.Attachments;
import dev.vpccni.node.eni.Interfaces;
import dev.vpccni.node.eni.SubnetLookup;
import dev.vpccni.node.explanation.Explanations;
import dev.vpccni.node.instance.Current;
import dev.vpccni.node.instance.Facts;
import dev.vpccni.node.instance.Instance;
import dev.vpccni.node.ledger.LedgerKeeper;
import dev.vpccni.node.pool.AddressAvailability;
import dev.vpccni.node.pool.CardPool;
import dev.vpccni.node.pool.CardPools;
import dev.vpccni.node.port.ObservedInterface;
import dev.vpccni.node.settings.AddressingSettings;
import dev.vpccni.node.settings.CloudSettings;
import dev.vpccni.node.work.Retry;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;

/** A ledger with its keeper, and the outside, all in the test's thread. */
public final class Fixture {

    /** Time, which the test lets pass. */
    public final ManualTempo tempo = new ManualTempo();

    /** The disk. */
    public final MemoryStore store = new MemoryStore();

    /** The kernel. */
    public final FakeHost host = new FakeHost();

    /** EC2, which says what the test tells it to. */
    public final ScriptedEc2 ec2 = new ScriptedEc2();

    /** The instance's metadata, as the test has it. */
    public final ScriptedMetadata metadata = new ScriptedMetadata();

    /** What was decided; see {@link #decisions}. */
    public final Explanations explanations = new Explanations(tempo, _ -> {});

    /** Waits as long as it may. */
    public final Retry retry = new Retry(tempo, FixedRandom.MOST);

    /** The keeper of a ledger whose addresses cool down for 30 seconds. */
    public final LedgerKeeper keeper =
            new LedgerKeeper(
                    Ledger.empty(Duration.ofSeconds(30), BlockKind.ADDRESS),
                    Checkpoint.EMPTY,
                    store,
                    tempo);

    /** What attaches interfaces in {@link #ec2}. */
    public final Attachments attachments = new Attachments(ec2, tempo, retry, this::instance);

    private Current current =
            known(
                    new Instance(
                            Nouns.IDENTITY,
                            CloudSettings.DEFAULT,
                            AddressingSettings.DEFAULT,
                            0,
                            new TreeMap<>(
                                    Map.of(
                                            Nouns.SUBNET,
                                            new Instance.KnownSubnet(
                                                    List.of(Nouns.BLOCK), false)))));

    /** Returns that this is known, with one block and one security group. */
    public static Current known(Instance instance) {
        return new Current(
                new Facts(instance, List.of(Nouns.BLOCK), List.of(Nouns.GROUP), new TreeSet<>()));
    }

    /** Returns what is known of the instance now. */
    public Instance instance() {
        return current.instance();
    }

    /** Returns what is known of the instance, and may change. */
    public Current current() {
        return current;
    }

    /** Replaces what is known of the instance. */
    public void instance(Instance changed) {
        current = known(changed);
    }

    /** Returns the pools of a node whose pods use the first network card only. */
    public CardPools cards(AddressAvailability availability) {
        return CardPools.only(new CardPool(0, keeper, availability), tempo);
    }

    /** Makes what creates and removes interfaces of the instance as it is known now. */
    public Interfaces interfaces() {
        return new Interfaces(
                ec2,
                host,
                keeper,
                attachments,
                new SubnetLookup(ec2, metadata, current, retry, tempo),
                retry,
                9001,
                this::instance);
    }

    /** Adds interface {@code n} with {@code count} addresses. */
    public Fixture add(int n, int count) {
        done(new Command.AddInterface(Nouns.facts(n), Nouns.blocks(n, count), null));
        return this;
    }

    /** Applies a command that must be carried out. */
    public void done(Command command) {
        assertThat(apply(command)).as("%s", command).isEqualTo(new Outcome.Done());
    }

    /** Applies a command. */
    public Outcome apply(Command command) {
        try {
            return keeper.apply(command);
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Grants pod {@code n} an address. */
    public IpAddress grant(int n) {
        return ((Outcome.Granted) apply(new Command.Assign(Nouns.key(n), Nouns.pod(n))))
                .grant()
                .address();
    }

    /** Returns interface {@code n}. */
    public HeldInterface held(int n) {
        return Objects.requireNonNull(keeper.ledger().find(Nouns.id(n)));
    }

    /** Returns whether pod {@code n} has an address. */
    public boolean hasGrant(int n) {
        return keeper.ledger().grant(Nouns.key(n)) != null;
    }

    /** Begins an interface at device {@code n}, and returns what the ledger says of it. */
    public Checkpoint.Intent.Create begin(int n, int count) {
        return begin(n, BlockKind.ADDRESS, count);
    }

    /** Begins an interface at device {@code n} with blocks of {@code kind}. */
    public Checkpoint.Intent.Create begin(int n, BlockKind kind, int count) {
        done(new Command.BeginCreate("token-" + n, Nouns.TEMPLATE, n, kind, count, tempo.wall()));
        return keeper.ledger().creates().getLast();
    }

    /** Returns the decisions so far, as lines. */
    public List<String> decisions() {
        return explanations.latest().stream().map(one -> one.what() + ": " + one.why()).toList();
    }

    /** Returns the answer of a description. */
    public static List<ObservedInterface> shown(ObservedInterface... interfaces) {
        return List.of(interfaces);
    }
}
