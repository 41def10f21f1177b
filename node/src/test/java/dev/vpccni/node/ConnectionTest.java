package dev.vpccni.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.node.fake.FixedRandom;
import dev.vpccni.node.fake.Nouns;
import dev.vpccni.node.fake.ScriptedEc2;
import dev.vpccni.node.fake.ScriptedMetadata;
import dev.vpccni.node.port.Ec2Failure;
import dev.vpccni.node.port.HostFailure;
import dev.vpccni.node.port.Metadata;
import dev.vpccni.node.settings.CloudSettings;
import dev.vpccni.node.settings.NodeSettings;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is asked and set up before the pool is kept, and what is said while that fails. */
class ConnectionTest {

    private static final NodeSettings SETTINGS = NodeSettings.DEFAULT;

    private final Fixture fixture = new Fixture();
    private final ScriptedEc2 ec2 = fixture.ec2;
    private final ScriptedMetadata metadata = new ScriptedMetadata();
    private final Outlook outlook = new Outlook(fixture.keeper, fixture.tempo);
    private final NodePreparation preparation = new NodePreparation(fixture.host);

    @BeforeEach
    void whatIsThere() {
        metadata.show(
                new Metadata.MetadataInterface(
                        Nouns.id(0),
                        Nouns.mac(0),
                        0,
                        0,
                        Nouns.SUBNET,
                        Nouns.BLOCK,
                        List.of(Nouns.address(0, -1), Nouns.address(0, 0))));
        fixture.host.link(Nouns.mac(0));
        ec2.on("subnets", List.of(Nouns.subnet("subnet-1", 9), Nouns.subnet("subnet-2", 9)))
                .on("attached", Fixture.shown(Nouns.shown(0, 1)))
                .on("described", List.of());
    }

    @Test
    void looksAndSetsUpBeforeThePoolIsKept() throws Exception {
        open(SETTINGS);

        assertThat(metadata.calls()).containsExactly("identity", "interfaces", "cidrs", "groups");
        assertThat(fixture.host.calls()).containsExactly("setUpNode [10.0.0.0/16]");
        assertThat(ec2.calls()).containsExactly("subnets vpc-1 us-west-2a", "attached i-1");
        assertThat(fixture.tempo.started()).containsExactly("observer", "links", "leaks", "pool");
        assertThat(fixture.keeper.ledger().find(Nouns.id(0))).isNotNull();
        assertThat(outlook.refusal()).hasMessageNotContaining("has not answered yet");
        assertThat(outlook.situation().limits().instanceInterfaces()).isEqualTo(3);
        assertThat(fixture.decisions()).noneMatch(line -> line.startsWith("try again"));
    }

    @Test
    void aRestartSetsUpWhatServesAndLooksForLostInterfaces() throws Exception {
        fixture.add(0, 1).add(1, 1);
        fixture.host.link(Nouns.mac(1));
        ec2.now("attached", Fixture.shown(Nouns.shown(0, 1), Nouns.shown(1, 1)));
        open(SETTINGS);
        fixture.host.forget();
        int asked = metadata.calls().size();

        fixture.tempo.runFor(Duration.ofSeconds(15), fixture.tempo::runTasks);

        assertThat(Thread.interrupted()).isTrue();
        assertThat(fixture.host.calls())
                .containsExactly("setUpInterface " + Nouns.address(1, -1) + " 2 mtu 9001");
        assertThat(metadata.calls().subList(asked, metadata.calls().size()))
                .as("links may have changed before anybody listened")
                .contains("macs");
    }

    @Test
    void anInterfaceInASubnetThatOnlyEc2KnowsServes() throws Exception {
        fixture.host.link(Nouns.mac(1));
        var inOther = Nouns.shown(1, 1);
        ec2.now("subnets", List.of(Nouns.subnet("subnet-1", 9)))
                .now("attached", Fixture.shown(Nouns.shown(0, 1), inOther));

        open(SETTINGS);

        assertThat(fixture.keeper.ledger().find(Nouns.id(1))).isNotNull();
    }

    @Test
    void whereNothingInEc2IsChangedNoPoolIsKept() throws Exception {
        open(cloud(false, true));

        assertThat(fixture.tempo.started()).containsExactly("observer", "links");
    }

    @Test
    void whereLeaksAreLeftAloneNobodyLooksForThem() throws Exception {
        open(cloud(true, false));

        assertThat(fixture.tempo.started()).containsExactly("observer", "links", "pool");
    }

    @Test
    void whatFailsIsSaidOnceAndTriedAgainAfterPausesThatGrow() throws Exception {
        metadata.down(true);
        fixture.tempo.after(
                Duration.ofMillis(500),
                () ->
                        assertThat(outlook.refusal())
                                .hasMessage("could not read metadata yet: no answer for identity"));
        fixture.tempo.after(Duration.ofSeconds(1), () -> metadata.down(false));

        open(SETTINGS);

        assertThat(fixture.tempo.pauses().subList(0, 3))
                .containsExactly(
                        Duration.ofMillis(200), Duration.ofMillis(400), Duration.ofMillis(800));
        assertThat(fixture.decisions())
                .containsOnlyOnce("try again to read metadata: no answer for identity");
        assertThat(outlook.refusal()).hasMessageNotContaining("could not");
    }

    @Test
    void whatTheKernelRefusesIsTriedAgain() throws Exception {
        fixture.host.refuse("setUpNode", new HostFailure.Refused("step", 1));
        fixture.tempo.after(Duration.ofMillis(100), fixture.host::refuseNothing);

        open(SETTINGS);

        assertThat(fixture.host.calls()).hasSize(2);
        assertThat(preparation.problem()).isNull();
    }

    @Test
    void ec2ThatDoesNotAnswerIsNamedWithItsRemedy() throws Exception {
        ec2.now("subnets", new Ec2Failure.NoCredentials())
                .now(
                        "attached",
                        new Ec2Failure.Denied("ec2:DescribeNetworkInterfaces"),
                        Fixture.shown(Nouns.shown(0, 1)));
        fixture.tempo.after(
                Duration.ofMillis(100),
                () ->
                        assertThat(outlook.refusal())
                                .hasMessage("the node's role lacks ec2:DescribeNetworkInterfaces"));

        open(SETTINGS);

        assertThat(ec2.calls("attached")).hasSize(2);
    }

    private void open(NodeSettings settings) throws InterruptedException {
        var addresses = new AddressBook(fixture.keeper, outlook);
        new Connection(
                        settings,
                        fixture.host,
                        preparation,
                        fixture.keeper,
                        new PodNetworker(addresses, fixture.keeper, fixture.host, fixture.tempo),
                        outlook,
                        fixture.explanations,
                        fixture.tempo,
                        FixedRandom.MOST)
                .open(metadata, ec2);
    }

    private static NodeSettings cloud(boolean provisioning, boolean cleanUp) {
        return new NodeSettings(
                SETTINGS.pool(),
                SETTINGS.kernel(),
                new CloudSettings("", new TreeMap<>(), provisioning, true, true, cleanUp),
                "");
    }
}
