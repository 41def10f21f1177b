package dev.vpccni.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.cni.CniCommand;
import dev.vpccni.cni.CniException;
import dev.vpccni.dataplane.InterfaceNames;
import dev.vpccni.ipam.ledger.Checkpoint;
import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.ipam.policy.WarmTarget;
import dev.vpccni.model.BlockKind;
import dev.vpccni.model.IpFamily;
import dev.vpccni.model.SubnetId;
import dev.vpccni.node.explanation.Explanations;
import dev.vpccni.node.fake.Cards;
import dev.vpccni.node.fake.FakeNamespace;
import dev.vpccni.node.fake.FixedRandom;
import dev.vpccni.node.fake.Fixture;
import dev.vpccni.node.fake.Nouns;
import dev.vpccni.node.fake.Requests;
import dev.vpccni.node.kernel.NodePreparation;
import dev.vpccni.node.pod.PodNetworker;
import dev.vpccni.node.pool.CardPool;
import dev.vpccni.node.pool.CardPools;
import dev.vpccni.node.port.Cluster;
import dev.vpccni.node.port.LedgerStores;
import dev.vpccni.node.port.Metadata;
import dev.vpccni.node.port.ObservedInterface;
import dev.vpccni.node.settings.AddressingSettings;
import dev.vpccni.node.settings.NodeSettings;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which network cards have pools: from checkpoints at first, and then as EC2 shows. */
class CardsOfNodeTest {

    /** An instance type with four cards. */
    private static final String FOUR_CARDS = "p4d.24xlarge";

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Cards cards = new Cards(2).add(0, 2).add(1, 2);
    private final Fixture fixture = cards.fixture;
    private final Explanations explanations = fixture.explanations;

    @BeforeEach
    void whatIsThere() {
        fixture.metadata.type(FOUR_CARDS);
        fixture.metadata.show(
                new Metadata.MetadataInterface(
                        Nouns.id(0),
                        Nouns.mac(0),
                        0,
                        0,
                        Nouns.SUBNET,
                        List.of(Nouns.BLOCK),
                        List.of(Nouns.address(0, -1)),
                        List.of()));
        fixture.ec2
                .on("subnets", List.of(Nouns.subnet("subnet-1", 900)))
                .on("attached", Fixture.shown(Nouns.shown(0, 2), onCard(1, "interface", 2)))
                .on("described", List.of());
    }

    @Test
    void thoseThatTheLastDaemonKeptServeAtOnce() throws Exception {
        CardPools restored = restored(cards, everyCard());

        assertThat(numbers(restored)).containsExactly(0, 1);
        PodNetworker pods = new PodNetworker(restored, fixture.host, fixture.tempo);
        pods.add(Requests.everyCard(1), new FakeNamespace("/run/netns/1"), PATIENCE);

        assertThat(granted(restored, 0)).isTrue();
        assertThat(granted(restored, 1)).isTrue();
        assertThat(fixture.ec2.calls()).isEmpty();
    }

    /** Upstream writes a file for a card only when a pod has an address there. */
    @Test
    void whereACheckpointKnowsNoInterfaceTheCardsAreNotKnownYet() throws Exception {
        cards.store(2).put(Checkpoint.EMPTY);
        CardPools restored = restored(cards, everyCard());
        PodNetworker pods = new PodNetworker(restored, fixture.host, fixture.tempo);

        assertThatThrownBy(() ->
                        pods.add(
                                Requests.everyCard(1), new FakeNamespace("/run/netns/1"), PATIENCE))
                .isInstanceOf(CniException.class);
        assertThat(granted(restored, 0)).isFalse();
    }

    @Test
    void withoutTheVariableOnlyTheFirstIsLookedAt() throws Exception {
        LedgerStores first = LedgerStores.only(fixture.store);

        CardPools restored = restored(first, NodeSettings.DEFAULT);

        assertThat(numbers(restored)).containsExactly(0);
        assertThat(restored.mayWait()).isFalse();
    }

    /** Each pod stays on the card that it is on, and nobody keeps another card's addresses. */
    @Test
    void aRestartHoldsEachLedgerAgainstItsOwnPods() throws Exception {
        cards.apply(0, new Command.Assign(Nouns.key(1), Nouns.pod(1), 2));
        cards.apply(1, new Command.Assign(Nouns.key(1), Nouns.pod(1), 2));
        fixture.host.pod(Nouns.address(0, 0), InterfaceNames.host("eni", Nouns.pod(1), "eth0", 0));
        fixture.host.pod(Nouns.address(10, 0), InterfaceNames.host("eni", Nouns.pod(1), "eth0", 1));
        fixture.tempo.pass(Duration.ofMinutes(5));

        CardPools restored = restored(cards, everyCard());

        for (CardPool pool : restored.all()) {
            assertThat(pool.keeper().ledger().grant(Nouns.key(1))).isNotNull();
            assertThat(pool.keeper().ledger().held()).isEmpty();
            assertThat(pool.keeper().ledger().unplaced()).isEmpty();
        }
        assertThat(fixture.host.calls()).isEmpty();
    }

    /** A daemon died between the two, and no DEL ever came. */
    @Test
    void aRestartEndsHalfAPodThatWasNeverConnected() throws Exception {
        cards.apply(0, new Command.Assign(Nouns.key(1), Nouns.pod(1), 2));
        fixture.tempo.pass(Duration.ofMinutes(5));

        CardPools restored = restored(cards, everyCard());

        assertThat(granted(restored, 0)).isFalse();
        assertThat(Objects.requireNonNull(fixture.store.kept()).grants()).isEmpty();
    }

    @Test
    void everyCardOfTheTypeGetsAPoolAndACheckpoint() throws Exception {
        CardPools known = open(cards, everyCard());

        assertThat(numbers(known)).containsExactly(0, 1, 2, 3);
        assertThat(cards.furtherCards()).containsExactly(1, 2, 3);
        assertThat(fixture.tempo.started())
                .containsSubsequence("observer", "links", "leaks", "pool", "pool", "pool", "pool");
        assertThat(fixture.decisions())
                .contains(
                        "keep addresses on network cards [0, 1, 2, 3]: the instance is a"
                                + " p4d.24xlarge with 4");
        CardPool third = known.all().get(2);
        assertThat(third.availability().situation().target())
                .isEqualTo(new WarmTarget.Addresses(1, 1));
        assertThat(third.availability().situation().sources().templates())
                .singleElement()
                .satisfies(template -> assertThat(template.card()).isEqualTo(2));
        assertThat(third.availability().situation().limits().interfacesMax()).isEqualTo(15);
    }

    @Test
    void aCardThatCarriesOnlyAnEfaWithoutAddressesHasNone() throws Exception {
        fixture.ec2.now(
                "attached",
                Fixture.shown(
                        Nouns.shown(0, 2), onCard(1, "interface", 2), onCard(2, "efa-only", 0)));

        assertThat(numbers(open(cards, everyCard()))).containsExactly(0, 1, 3);
    }

    /** An EFA may have taken the place of an interface that pods still have addresses of. */
    @Test
    void whereAPodHasAnAddressTheCardIsKeptWhateverIsOnIt() throws Exception {
        cards.apply(1, new Command.Assign(Nouns.key(1), Nouns.pod(1), 2));
        fixture.ec2.now("attached", Fixture.shown(Nouns.shown(0, 2), onCard(1, "efa-only", 0)));

        assertThat(numbers(open(cards, everyCard()))).containsExactly(0, 1, 2, 3);
    }

    @Test
    void aCardThatALastDaemonKeptAndThatCarriesOnlyAnEfaNowIsLeft() throws Exception {
        fixture.ec2.now("attached", Fixture.shown(Nouns.shown(0, 2), onCard(1, "efa-only", 0)));

        assertThat(numbers(open(cards, everyCard()))).containsExactly(0, 2, 3);
    }

    /** The instance was stopped, and started again with another type. */
    @Test
    void whereTheInstanceHasOneCardEc2IsNotAskedForOthers() throws Exception {
        fixture.metadata.type("m5.large");

        assertThat(numbers(open(cards, everyCard()))).containsExactly(0);

        assertThat(fixture.ec2.calls("attached")).hasSize(1);
    }

    @Test
    void besideAnInterfaceOfOursAnEfaWithoutAddressesIsNoObstacle() throws Exception {
        fixture.ec2.now(
                "attached",
                Fixture.shown(
                        Nouns.shown(0, 2),
                        onCard(1, "interface", 2),
                        onCard(1, "efa-only", 0, 11)));

        assertThat(numbers(open(cards, everyCard()))).containsExactly(0, 1, 2, 3);
    }

    @Test
    void withoutTheVariableEc2IsAskedNoMoreThanBefore() throws Exception {
        open(LedgerStores.only(fixture.store), NodeSettings.DEFAULT);

        assertThat(fixture.ec2.calls()).containsExactly("subnets vpc-1 us-west-2a", "attached i-1");
        assertThat(fixture.tempo.started())
                .containsExactly("ledger", "observer", "links", "leaks", "pool");
    }

    /** Upstream counts addresses there, and takes and gives the one prefix for ever. */
    @Test
    void w03OfPrefixesFurtherCardsKeepAWholeOne() throws Exception {
        CardPools known = open(cards, settings(true));

        CardPool second = known.all().get(1);
        assertThat(second.availability().situation().limits().kind()).isEqualTo(BlockKind.PREFIX);
        assertThat(second.availability().situation().target())
                .isEqualTo(new WarmTarget.Addresses(1, 1));
        assertThat(second.keeper().ledger().preferred()).isEqualTo(BlockKind.PREFIX);
    }

    @Test
    void w17AnInterfaceInAnExcludedSubnetIsLeftByThePoolOfItsOwnCard() throws Exception {
        fixture.ec2
                .now(
                        "subnets",
                        List.of(
                                Nouns.subnet("subnet-1", 900),
                                Nouns.subnet("subnet-2", 900, "kubernetes.io/role/cni=0")))
                .now(
                        "attached",
                        Fixture.shown(Nouns.shown(0, 2), excluded(onCard(1, "interface", 2))));

        CardPools known = open(cards, everyCard());

        assertThat(known.first().keeper().ledger().interfaces())
                .allMatch(held -> held.facts().usable());
        assertThat(known.all().get(1).keeper().ledger().interfaces())
                .singleElement()
                .matches(held -> !held.facts().usable());
    }

    @Test
    void aDelIsServedOnCardsThatAreKnownOnlyFromTheirCheckpoints() throws Exception {
        cards.apply(0, new Command.Assign(Nouns.key(1), Nouns.pod(1), 2));
        cards.apply(1, new Command.Assign(Nouns.key(1), Nouns.pod(1), 2));
        CardPools restored = restored(cards, everyCard());
        PodNetworker pods = new PodNetworker(restored, fixture.host, fixture.tempo);

        pods.del(Requests.of(CniCommand.DEL, 1, null));

        assertThat(granted(restored, 0)).isFalse();
        assertThat(granted(restored, 1)).isFalse();
    }

    private CardPools restored(LedgerStores stores, NodeSettings settings) throws Exception {
        return new NodePools(settings, stores, fixture.tempo).restored(fixture.host, explanations);
    }

    private CardPools open(LedgerStores stores, NodeSettings settings) throws Exception {
        var pools = new NodePools(settings, stores, fixture.tempo);
        CardPools known = pools.restored(fixture.host, explanations);
        new CloudConnection(
                        settings,
                        fixture.host,
                        new NodePreparation(fixture.host),
                        known,
                        pools,
                        new PodNetworker(known, fixture.host, fixture.tempo),
                        explanations,
                        fixture.tempo,
                        FixedRandom.MOST,
                        Cluster.SILENT,
                        why -> {
                            throw new AssertionError(why);
                        })
                .open(fixture.metadata, fixture.ec2);
        return known;
    }

    private static boolean granted(CardPools pools, int card) {
        return pools.all().get(card).keeper().ledger().grant(Nouns.key(1)) != null;
    }

    private static List<Integer> numbers(CardPools pools) {
        return pools.all().stream().map(CardPool::card).toList();
    }

    private static ObservedInterface onCard(int card, String type, int count) {
        return onCard(card, type, count, 10 * card);
    }

    private static ObservedInterface onCard(int card, String type, int count, int n) {
        return Nouns.shown(
                n,
                count,
                type,
                Nouns.tags(),
                new ObservedInterface.Attachment(
                        Nouns.attachment(n), "attached", card, n == 10 * card ? 1 : 2, true));
    }

    private static ObservedInterface excluded(ObservedInterface shown) {
        return new ObservedInterface(
                shown.id(),
                shown.status(),
                shown.type(),
                shown.description(),
                shown.mac(),
                new SubnetId("subnet-2"),
                shown.primaryAddress(),
                shown.secondaryAddresses(),
                shown.ipv6Addresses(),
                shown.prefixes(),
                shown.groups(),
                shown.tags(),
                shown.attachment());
    }

    private static NodeSettings everyCard() {
        return settings(false);
    }

    private static NodeSettings settings(boolean prefixes) {
        NodeSettings usual = NodeSettings.DEFAULT;
        return new NodeSettings(
                usual.pool(),
                usual.kernel(),
                usual.cloud(),
                new AddressingSettings(IpFamily.IPV4, prefixes, prefixes ? 1 : 0, false, true),
                usual.cluster(),
                "");
    }
}
