package dev.vpccni.node.watch;

import dev.vpccni.model.Cidr;
import dev.vpccni.node.eni.Upkeep;
import dev.vpccni.node.fake.Fixture;
import dev.vpccni.node.fake.Nouns;
import dev.vpccni.node.fake.ScriptedEc2;
import dev.vpccni.node.fake.ScriptedMetadata;
import dev.vpccni.node.instance.Current;
import dev.vpccni.node.kernel.NodePreparation;
import dev.vpccni.node.pool.AddressAvailability;
import dev.vpccni.node.pool.CardPools;
import dev.vpccni.node.port.Metadata;
import dev.vpccni.node.settings.NodeSettings;
import dev.vpccni.node.work.Tasks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A watch over one interface with two addresses, on which all agree. */
final class WatchFixture {

    static final Duration PERIOD = Duration.ofSeconds(75);

    final Fixture fixture;
    final ScriptedEc2 ec2;
    final ScriptedMetadata metadata;
    final Current current;
    final CardObserver card;
    final Observer observer;
    final Watch watch;
    int glances;

    WatchFixture() {
        this(new Fixture());
    }

    /** Adds the interface to {@code fixture}, and watches. */
    WatchFixture(Fixture fixture) {
        this.fixture = fixture;
        ec2 = fixture.ec2;
        metadata = fixture.metadata;
        current = fixture.current();
        card = card();
        observer = Observers.of(fixture, card);
        fixture.add(0, 2);
        fixture.host.link(Nouns.mac(0));
        metadata.show(shown(0, 2));
        ec2.on("attached", Fixture.shown(Nouns.shown(0, 2)));
        fixture.host.during("observe", () -> glances++);
        fixture.tempo.pass(Duration.ofMinutes(5));
        watch =
                new Watch(
                        metadata,
                        new NodePreparation(fixture.host),
                        cards(fixture),
                        observer,
                        current,
                        NodeSettings.DEFAULT,
                        fixture.explanations,
                        fixture.tempo,
                        fixture.retry);
    }

    private CardObserver card() {
        return Observers.card(
                fixture,
                new Upkeep(
                        ec2,
                        fixture::instance,
                        current::groups,
                        new Tasks(fixture.explanations, fixture.tempo, fixture.retry),
                        fixture.explanations,
                        fixture.retry,
                        fixture.tempo),
                _ -> false,
                () -> {});
    }

    private static CardPools cards(Fixture fixture) {
        return fixture.cards(new AddressAvailability(fixture.keeper, fixture.tempo));
    }

    void run(Duration duration) {
        fixture.tempo.runFor(duration, watch::run);
    }

    /**
     * Returns how metadata shows the interface at device {@code n} with {@code count} addresses.
     */
    static Metadata.MetadataInterface shown(int n, int count) {
        return shown(n, count, List.of());
    }

    /** Returns the same with {@code prefixes}, too. */
    static Metadata.MetadataInterface shown(int n, int count, List<Cidr> prefixes) {
        var addresses = new ArrayList<>(List.of(Nouns.address(n, -1)));
        addresses.addAll(Nouns.addresses(n, count));
        return new Metadata.MetadataInterface(
                Nouns.id(n),
                Nouns.mac(n),
                0,
                n,
                Nouns.SUBNET,
                List.of(Nouns.BLOCK),
                addresses,
                prefixes);
    }
}
