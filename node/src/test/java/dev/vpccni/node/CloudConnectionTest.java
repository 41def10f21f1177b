package dev.vpccni.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.ipam.ledger.Block;
import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.ipam.policy.WarmTarget;
import dev.vpccni.model.BlockKind;
import dev.vpccni.model.InstanceType;
import dev.vpccni.model.IpFamily;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.SubnetId;
import dev.vpccni.node.fake.FixedRandom;
import dev.vpccni.node.fake.Fixture;
import dev.vpccni.node.fake.Nouns;
import dev.vpccni.node.fake.ScriptedEc2;
import dev.vpccni.node.fake.ScriptedMetadata;
import dev.vpccni.node.instance.MetadataAsEc2;
import dev.vpccni.node.kernel.NodePreparation;
import dev.vpccni.node.pod.PodNetworker;
import dev.vpccni.node.pool.AddressAvailability;
import dev.vpccni.node.pool.CardPools;
import dev.vpccni.node.port.Cluster;
import dev.vpccni.node.port.Ec2;
import dev.vpccni.node.port.Ec2Failure;
import dev.vpccni.node.port.HostFailure;
import dev.vpccni.node.port.LedgerStores;
import dev.vpccni.node.port.Metadata;
import dev.vpccni.node.port.ObservedInterface;
import dev.vpccni.node.settings.AddressingSettings;
import dev.vpccni.node.settings.CloudSettings;
import dev.vpccni.node.settings.NodeSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is asked and set up before the pool is kept, and what is said while that fails. */
class CloudConnectionTest {

    private static final NodeSettings SETTINGS = NodeSettings.DEFAULT;
    private static final NodeSettings IPV6 =
            with(new AddressingSettings(IpFamily.IPV6, true, 1, false, false));

    private final Fixture fixture = new Fixture();
    private final ScriptedEc2 ec2 = fixture.ec2;
    private final ScriptedMetadata metadata = new ScriptedMetadata();
    private final AddressAvailability availability =
            new AddressAvailability(fixture.keeper, fixture.tempo);
    private final List<String> impossible = new ArrayList<>();
    private final NodePreparation preparation = new NodePreparation(fixture.host);

    @BeforeEach
    void whatIsThere() {
        show(1);
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
        assertThat(availability.refusal()).hasMessageNotContaining("has not answered yet");
        assertThat(availability.situation().limits().instanceInterfaces()).isEqualTo(3);
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
        ObservedInterface own = Nouns.shown(1, 1);
        var inOther =
                new ObservedInterface(
                        own.id(),
                        own.status(),
                        own.type(),
                        own.description(),
                        own.mac(),
                        new SubnetId("subnet-2"),
                        own.primaryAddress(),
                        own.secondaryAddresses(),
                        own.ipv6Addresses(),
                        own.prefixes(),
                        own.groups(),
                        own.tags(),
                        own.attachment());
        ec2.now("attached", Fixture.shown(Nouns.shown(0, 1), inOther));

        open(SETTINGS);

        assertThat(fixture.keeper.ledger().find(Nouns.id(1))).isNotNull();
    }

    @Test
    void lostInterfacesAreLookedForAtOnceAndWhenOneMayHaveBeenLost() throws Exception {
        show(9);
        ec2.on("create", new Ec2Failure.Ambiguous())
                .now("attached", Fixture.shown(Nouns.shown(0, 9)));
        open(SETTINGS);
        fixture.grant(1);
        run("leaks", Duration.ofSeconds(11));
        assertThat(ec2.calls("described")).as("a daemon may have died and lost some").hasSize(1);

        keepPool();
        assertThat(fixture.keeper.ledger().creates()).hasSize(1);
        run("leaks", Duration.ofSeconds(11));
        assertThat(ec2.calls("described")).hasSize(1);
        keepPool();
        run("leaks", Duration.ofSeconds(11));

        assertThat(ec2.calls("described")).hasSize(2);
    }

    @Test
    void ec2IsAskedWhatIsAttachedWhenItAllowsNoMore() throws Exception {
        ec2.on("create", new Ec2Failure.LimitExceeded())
                .on("assign", new Ec2Failure.LimitExceeded());
        open(SETTINGS);
        run("observer", Duration.ofSeconds(1));
        assertThat(ec2.calls("attached")).hasSize(1);

        keepPool();
        run("observer", Duration.ofSeconds(1));

        assertThat(ec2.calls("attached")).hasSize(2);
    }

    /** Shows the primary interface in metadata. */
    private void show(int count) {
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
    private void keepPool() {
        int before = started();
        run("pool", Duration.ofSeconds(9));
        for (String name : List.copyOf(fixture.tempo.started()).subList(before, started())) {
            fixture.tempo.run(name);
        }
    }

    private int started() {
        return fixture.tempo.started().size();
    }

    private void run(String task, Duration duration) {
        fixture.tempo.runFor(duration, () -> fixture.tempo.run(task));
        var _ = Thread.interrupted();
    }

    @Test
    void whereNothingInEc2IsChangedNoPoolIsKept() throws Exception {
        open(cloud(false, true));

        assertThat(fixture.tempo.started()).containsExactly("observer", "links");
        assertThat(availability.isWorthWaiting()).as("there is a free one").isTrue();
        fixture.grant(1);
        assertThat(availability.isWorthWaiting()).as("none comes by itself").isFalse();
        assertThat(availability.refusal())
                .hasMessageContaining("DISABLE_NETWORK_RESOURCE_PROVISIONING");
    }

    @Test
    void whereNothingInEc2IsChangedWhatOthersGiveServes() throws Exception {
        open(cloud(false, true));
        fixture.host.pod(fixture.grant(1), "eni01234567890");
        ec2.now("attached", Fixture.shown(Nouns.shown(0, 2)));
        ec2.on("attached", Fixture.shown(Nouns.shown(0, 2)));
        show(2);

        run("observer", Duration.ofSeconds(100));

        assertThat(fixture.grant(2)).isEqualTo(Nouns.address(0, 1));
        assertThat(availability.refusal()).hasMessageContaining("asks for no addresses");
        assertThat(ec2.calls()).allMatch(call -> call.matches("(subnets|attached) .*"));
    }

    @Test
    void whereOnlyMetadataIsAskedItIsWitnessEnough() throws Exception {
        var settings =
                SETTINGS.withCloud(
                        new CloudSettings("", new TreeMap<>(), false, false, true, false));
        metadata.type("m99.large");
        open(settings, new MetadataAsEc2(metadata));
        fixture.host.pod(fixture.grant(1), "eni01234567890");
        show(2);
        metadata.show(
                new Metadata.MetadataInterface(
                        Nouns.id(1),
                        Nouns.mac(1),
                        0,
                        1,
                        Nouns.SUBNET,
                        List.of(Nouns.BLOCK),
                        List.of(Nouns.address(1, -1), Nouns.address(1, 0)),
                        List.of()));
        fixture.host.link(Nouns.mac(1));

        run("observer", Duration.ofSeconds(100));

        assertThat(List.of(fixture.grant(2), fixture.grant(3)))
                .containsExactlyInAnyOrder(Nouns.address(0, 1), Nouns.address(1, 0));
        assertThat(ec2.calls()).isEmpty();
        assertThat(availability.refusal()).hasMessageContaining("ENABLE_IMDS_ONLY_MODE");
        assertThat(fixture.decisions()).noneMatch(line -> line.contains("again"));
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
                        assertThat(availability.refusal())
                                .hasMessage("could not read metadata yet: no answer for identity"));
        fixture.tempo.after(
                Duration.ofMillis(300), () -> fixture.explanations.add("something else", "so"));
        fixture.tempo.after(Duration.ofSeconds(1), () -> metadata.down(false));

        open(SETTINGS);

        assertThat(fixture.tempo.pauses().subList(0, 3))
                .containsExactly(
                        Duration.ofMillis(200), Duration.ofMillis(400), Duration.ofMillis(800));
        assertThat(fixture.decisions())
                .containsOnlyOnce("try again to read metadata: no answer for identity");
        assertThat(availability.refusal()).hasMessageNotContaining("could not");
    }

    @Test
    void whatTheKernelRefusesIsTriedAgain() throws Exception {
        fixture.host.refuse("setUpNode", new HostFailure.Refused("step", 1));
        fixture.tempo.after(
                Duration.ofMillis(100),
                () -> {
                    assertThat(availability.situation().limits().instanceInterfaces()).isEqualTo(3);
                    fixture.host.refuseNothing();
                });

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
                        assertThat(availability.refusal())
                                .hasMessage("the node's role lacks ec2:DescribeNetworkInterfaces"));

        open(SETTINGS);

        assertThat(ec2.calls("attached")).hasSize(2);
    }

    @Test
    void untilEc2AnswersThatIsWhatPodsAreTold() throws Exception {
        ec2.now("subnets", new Ec2Failure.Unavailable(), List.of());
        fixture.tempo.after(
                Duration.ofMillis(100),
                () -> assertThat(availability.refusal()).hasMessage("EC2 has not answered yet"));

        open(SETTINGS);

        assertThat(ec2.calls("subnets")).hasSize(2);
    }

    @Test
    void whatIsWrongWithTheFirstAnswerIsSaidWhileTheSecondIsAwaited() throws Exception {
        ec2.now("subnets", new Ec2Failure.NoCredentials())
                .now("attached", new Ec2Failure.Unavailable(), Fixture.shown(Nouns.shown(0, 1)));
        fixture.tempo.after(
                Duration.ofMillis(100),
                () ->
                        assertThat(availability.refusal())
                                .hasMessageStartingWith("there are no credentials"));

        open(SETTINGS);

        assertThat(ec2.calls("attached")).hasSize(2);
    }

    @Test
    void ec2IsAskedAboutATypeThatIsNewerThanThis() throws Exception {
        metadata.type("m99.large");
        ec2.on(
                "type",
                new Ec2Failure.NoCredentials(),
                new InstanceType("m99.large", "nitro", false, List.of(7), 9));

        open(SETTINGS);

        assertThat(ec2.calls("type")).as("it is insisted").hasSize(2);
        assertThat(availability.situation().limits().instanceInterfaces()).isEqualTo(7);
    }

    @Test
    void whereEc2MayNotBeAskedTheLeastIsAssumed() throws Exception {
        metadata.type("m99.large");
        ec2.on("type", new Ec2Failure.Denied("ec2:DescribeInstanceTypes"));

        open(SETTINGS);

        assertThat(ec2.calls("type")).hasSize(1);
        assertThat(availability.situation().limits().instanceInterfaces()).isEqualTo(2);
        assertThat(fixture.decisions())
                .anyMatch(line -> line.startsWith("assume 2 interfaces with 2 addresses each"));
    }

    @Test
    void whereTheInstanceCannotHavePrefixesAddressesServeAndThatIsSaid() throws Exception {
        fixture.done(new Command.Prefer(BlockKind.PREFIX));
        metadata.type("t2.medium");

        open(prefixes());

        assertThat(fixture.keeper.ledger().preferred()).isEqualTo(BlockKind.ADDRESS);
        assertThat(availability.situation().limits().kind()).isEqualTo(BlockKind.ADDRESS);
        assertThat(availability.situation().target()).isEqualTo(new WarmTarget.Interfaces(1, 5));
        assertThat(fixture.decisions())
                .contains("go on with addresses: a t2.medium cannot have prefixes");
    }

    @ParameterizedTest
    @ValueSource(strings = {"m5.large", "m5.metal"})
    void whereItCanNothingIsSaid(String type) throws Exception {
        fixture.done(new Command.Prefer(BlockKind.PREFIX));
        metadata.type(type);

        open(prefixes());

        assertThat(fixture.keeper.ledger().preferred()).isEqualTo(BlockKind.PREFIX);
        assertThat(availability.situation().limits().kind()).isEqualTo(BlockKind.PREFIX);
        assertThat(availability.situation().target()).isEqualTo(new WarmTarget.Prefixes(1));
        assertThat(fixture.decisions()).noneMatch(line -> line.startsWith("go on with"));
    }

    /** Nobody lists what is lost then, and what a subnet has left of IPv4 is no matter. */
    @Test
    void anIpv6NodeAsksForOnePrefixAndGivesItsAddresses() throws Exception {
        ec2.now("subnets", List.of(Nouns.subnet("subnet-1", 0)))
                .on("assign", List.of(Nouns.prefix6(0)));

        open(IPV6);
        assertThat(fixture.host.calls()).containsExactly("setUpNode IPv6 [10.0.0.0/16]");
        assertThat(fixture.tempo.started()).containsExactly("observer", "links", "pool");
        keepPool();
        keepPool();

        assertThat(ec2.calls("assign")).hasSize(1);
        assertThat(fixture.held(0).blocks())
                .extracting(Block::cidr)
                .containsExactly(Nouns.prefix6(0));
        assertThat(Nouns.prefix6(0).contains(fixture.grant(1))).isTrue();
        assertThat(impossible).isEmpty();
    }

    @Test
    void moreIpv6PrefixesThanOneAreKept() throws Exception {
        var more = List.of(Nouns.prefix6(0), Nouns.prefix6(1));
        metadata.show(
                new Metadata.MetadataInterface(
                        Nouns.id(0),
                        Nouns.mac(0),
                        0,
                        0,
                        Nouns.SUBNET,
                        List.of(Nouns.BLOCK),
                        List.of(Nouns.address(0, -1)),
                        more));
        ec2.now("attached", Fixture.shown(Nouns.with(Nouns.shown(0, 0), more)))
                .on("attached", Fixture.shown(Nouns.with(Nouns.shown(0, 0), more)));

        open(IPV6);
        keepPool();

        assertThat(ec2.calls()).allMatch(call -> call.matches("(subnets|attached) .*"));
        assertThat(fixture.held(0).blocks()).hasSize(2);
    }

    @Test
    void whereTagsExcludeThePrimaryInterfaceAnIpv6NodeMakesAnother() throws Exception {
        ec2.now(
                        "subnets",
                        List.of(
                                Nouns.subnet("subnet-1", 9, "kubernetes.io/role/cni=0"),
                                Nouns.subnet("subnet-2", 9, "kubernetes.io/role/cni=1")))
                .on("create", new Ec2Failure.Unavailable());

        open(IPV6);
        keepPool();

        assertThat(ec2.calls("create"))
                .isNotEmpty()
                .allMatch(call -> call.contains("subnet=subnet-2") && call.contains("IPv6"));
        assertThat(ec2.calls("assign")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"t2.medium", "m4.4xlarge"})
    void whereIpv6IsImpossibleThatIsSaidAndNothingIsDone(String type) throws Exception {
        metadata.type(type);

        open(IPV6);

        assertThat(impossible)
                .singleElement()
                .asString()
                .contains("ENABLE_IPv6", "a " + type + " is none");
        assertThat(ec2.calls()).isEmpty();
        assertThat(fixture.host.calls()).isEmpty();
        assertThat(fixture.tempo.started()).isEmpty();
    }

    /** What is newer than this daemon is newer than Nitro. */
    @Test
    void aTypeThatNobodyMaySayMoreOfTakesIpv6() throws Exception {
        metadata.type("m99.large");
        ec2.on("type", new Ec2Failure.Denied("ec2:DescribeInstanceTypes"));

        open(IPV6);

        assertThat(impossible).isEmpty();
        assertThat(availability.situation().limits().blocksEach()).isEqualTo(1);
    }

    private static NodeSettings prefixes() {
        return with(new AddressingSettings(IpFamily.IPV4, true, 1, false, false));
    }

    private static NodeSettings with(AddressingSettings addressing) {
        return new NodeSettings(
                SETTINGS.pool(),
                SETTINGS.kernel(),
                SETTINGS.cloud(),
                addressing,
                SETTINGS.cluster(),
                "");
    }

    private void open(NodeSettings settings) throws InterruptedException {
        open(settings, ec2);
    }

    private void open(NodeSettings settings, Ec2 asked) throws InterruptedException {
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

    private static NodeSettings cloud(boolean provisioning, boolean cleanUp) {
        return SETTINGS.withCloud(
                new CloudSettings("", new TreeMap<>(), provisioning, true, true, cleanUp));
    }
}
