package dev.vpccni.node;

import dev.vpccni.model.Ipv4Address;
import dev.vpccni.node.fake.FixedRandom;
import dev.vpccni.node.fake.Fixture;
import dev.vpccni.node.fake.Nouns;
import dev.vpccni.node.fake.ScriptedEc2;
import dev.vpccni.node.fake.ScriptedMetadata;
import dev.vpccni.node.kernel.NodePreparation;
import dev.vpccni.node.pod.PodNetworker;
import dev.vpccni.node.pool.AddressAvailability;
import dev.vpccni.node.pool.CardPools;
import dev.vpccni.node.port.Cluster;
import dev.vpccni.node.port.Ec2;
import dev.vpccni.node.port.LedgerStores;
import dev.vpccni.node.port.Metadata;
import dev.vpccni.node.settings.NodeSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;

/** A node's connection with EC2 and metadata, of which tests say what they answer. */
abstract class CloudConnectionFixture {

    static final NodeSettings SETTINGS = NodeSettings.DEFAULT;

    final Fixture fixture = new Fixture();
    final ScriptedEc2 ec2 = fixture.ec2;
    final ScriptedMetadata metadata = new ScriptedMetadata();
    final AddressAvailability availability = new AddressAvailability(fixture.keeper, fixture.tempo);
    final List<String> impossible = new ArrayList<>();
    final NodePreparation preparation = new NodePreparation(fixture.host);

    @BeforeEach
    void whatIsThere() {
        show(1);
        fixture.host.link(Nouns.mac(0));
        ec2.on("subnets", List.of(Nouns.subnet("subnet-1", 9), Nouns.subnet("subnet-2", 9)))
                .on("attached", Fixture.shown(Nouns.shown(0, 1)))
                .on("described", List.of());
    }

    /** Shows the primary interface in metadata. */
    void show(int count) {
        List<Ipv4Address> addresses = new ArrayList<>(Nouns.addresses(0, count));
        addresses.addFirst(Nouns.address(0, -1));
        metadata.show(
                new Metadata.MetadataInterface(
                        Nouns.id(0),
                        Nouns.mac(0),
                        0,
                        0,
                        Nouns.SUBNET,
                        List.of(Nouns.BLOCK),
                        addresses,
                        List.of()));
    }

    /** Has the pool looked at, and does what it starts. */
    void keepPool() {
        int before = started();
        run("pool", Duration.ofSeconds(9));
        for (String name : List.copyOf(fixture.tempo.started()).subList(before, started())) {
            fixture.tempo.run(name);
        }
    }

    private int started() {
        return fixture.tempo.started().size();
    }

    void run(String task, Duration duration) {
        fixture.tempo.runFor(duration, () -> fixture.tempo.run(task));
        var _ = Thread.interrupted();
    }

    void open(NodeSettings settings) throws InterruptedException {
        open(settings, ec2);
    }

    void open(NodeSettings settings, Ec2 asked) throws InterruptedException {
        CardPools cards = fixture.cards(availability);
        new CloudConnection(
                        settings,
                        fixture.host,
                        preparation,
                        cards,
                        new NodePools(settings, LedgerStores.only(fixture.store), fixture.tempo),
                        new PodNetworker(cards, fixture.host, fixture.tempo),
                        fixture.explanations,
                        fixture.tempo,
                        FixedRandom.MOST,
                        Cluster.SILENT,
                        impossible::add)
                .open(metadata, asked);
    }
}
