package dev.vpccni.node.pod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.vpccni.cni.CniCommand;
import dev.vpccni.cni.CniException;
import dev.vpccni.cni.CniResult;
import dev.vpccni.cni.PodAttachment;
import dev.vpccni.dataplane.InterfaceNames;
import dev.vpccni.ipam.ledger.Checkpoint;
import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.model.IpAddress;
import dev.vpccni.node.fake.Cards;
import dev.vpccni.node.fake.FakeNamespace;
import dev.vpccni.node.fake.Nouns;
import dev.vpccni.node.fake.Requests;
import dev.vpccni.node.pool.AddressAvailability;
import dev.vpccni.node.pool.CardPool;
import dev.vpccni.node.pool.CardPools;
import dev.vpccni.node.port.HostFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The verbs of pods that ask for an address on each network card, and of others beside them. */
class PodOnEveryCardTest {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Cards cards = new Cards(3).add(0, 2).add(1, 2).add(2, 1);
    private final PodNetworker pods =
            new PodNetworker(cards.pools, cards.fixture.host, cards.fixture.tempo);

    @Test
    void aPodGetsALinkOnEachCard() throws Exception {
        CniResult result = addEvery(1);

        assertThat(cards.granted(1))
                .containsExactly(Nouns.address(0, 0), Nouns.address(10, 0), Nouns.address(20, 0));
        assertThat(Objects.requireNonNull(PodAttachment.find(result, "eth0")).links())
                .containsExactly(
                        link(1, 0, "eth0", Nouns.address(0, 0), 254),
                        link(1, 1, "mNicIf1", Nouns.address(10, 0), 10_101),
                        link(1, 2, "mNicIf2", Nouns.address(20, 0), 10_201));
        assertThat(cards.fixture.host.calls()).hasSize(1);
        for (int card = 0; card < 3; card++) {
            assertThat(Objects.requireNonNull(cards.store(card).kept()).grants())
                    .extracting(Checkpoint.Grant::interfaces)
                    .as("upstream's DEL looks for as many")
                    .containsExactly(3);
        }
    }

    @Test
    void theSameAgainFindsTheSame() throws Exception {
        CniResult first = addEvery(1);

        assertThat(addEvery(1)).isEqualTo(first);
        assertThat(cards.fixture.host.calls()).hasSize(1);
        assertThat(Objects.requireNonNull(PodAttachment.find(add(1), "eth0")).links())
                .as("should the annotation be gone")
                .containsExactly(link(1, 0, "eth0", Nouns.address(0, 0), 254));
    }

    @Test
    void whereOneCardHasNoAddressThePodKeepsNone() throws Exception {
        addEvery(1);
        cards.fixture.host.forget();

        assertThatThrownBy(() -> addEvery(2))
                .isInstanceOf(CniException.class)
                .hasMessageContaining("on network card 2");

        assertThat(cards.granted(2)).isEmpty();
        assertThat(cards.fixture.tempo.nanos()).as("in all").isEqualTo(PATIENCE.toNanos());
        assertThat(cards.fixture.host.calls()).isEmpty();
    }

    @Test
    void whatIsMissingIsWaitedForWithinOneDeadline() throws Exception {
        var lacking = new Cards(3).add(0, 0).add(1, 0).add(2, 1);
        var tempo = lacking.fixture.tempo;
        tempo.after(Duration.ofSeconds(4), () -> lacking.add(0, 1));
        tempo.after(Duration.ofSeconds(4), () -> lacking.add(1, 1));
        var verbs = new PodNetworker(lacking.pools, lacking.fixture.host, tempo);

        verbs.add(Requests.everyCard(1), new FakeNamespace("/run/netns/1"), PATIENCE);

        assertThat(lacking.granted(1)).hasSize(3);
        assertThat(tempo.nanos()).isLessThan(PATIENCE.toNanos());
    }

    @Test
    void aDelEndsTheWaitAndNothingIsKept() throws Exception {
        addEvery(1);
        cards.fixture.tempo.after(Duration.ofSeconds(1), () -> pods.dismiss(Nouns.key(2)));

        assertThatThrownBy(() -> addEvery(2)).isInstanceOf(CniException.class);

        assertThat(cards.fixture.tempo.nanos()).isEqualTo(Duration.ofSeconds(1).toNanos());
        assertThat(cards.granted(2)).isEmpty();
    }

    @Test
    void whatTheKernelRefusesIsGivenBackOnEachCard() {
        cards.fixture.host.refuse("wire", new HostFailure.Refused("step", 1));

        assertThatThrownBy(() -> addEvery(1)).isInstanceOf(CniException.class);

        assertThat(cards.granted(1)).isEmpty();
    }

    /** As a daemon leaves it that dies between two cards. */
    @Test
    void halfOfThemIsCompletedByTheAddAndTakenByTheDel() throws Exception {
        cards.apply(1, new Command.Assign(Nouns.key(1), Nouns.pod(1), 3));
        addEvery(1);
        assertThat(cards.granted(1)).hasSize(3);
        cards.apply(0, new Command.Release(Nouns.key(1)));

        pods.del(Requests.of(CniCommand.DEL, 1, null));

        assertThat(cards.granted(1)).isEmpty();
    }

    @Test
    void whereADiskIsFullNothingIsKeptOnTheOthers() {
        cards.store(2).full(true);

        assertThatThrownBy(() -> addEvery(1)).hasMessageContaining("No space left");

        assertThat(cards.granted(1)).isEmpty();
    }

    @Test
    void aDelUndoesEachLink() throws Exception {
        addEvery(1);
        cards.fixture.host.forget();

        pods.del(Requests.of(CniCommand.DEL, 1, null));

        assertThat(cards.granted(1)).isEmpty();
        assertThat(cards.fixture.host.calls())
                .containsExactly(
                        "unwire " + Nouns.address(0, 0) + " 254 null",
                        "unwire " + Nouns.address(10, 0) + " 10101 null",
                        "unwire " + Nouns.address(20, 0) + " 10201 null");
    }

    @Test
    void aDelUndoesFromTheResultWhatNoLedgerHas() throws Exception {
        CniResult result = addEvery(1);
        cards.apply(1, new Command.Release(Nouns.key(1)));
        cards.apply(2, new Command.Release(Nouns.key(1)));
        cards.apply(2, new Command.Hold(Nouns.address(20, 0)));
        cards.fixture.host.forget();

        pods.del(Requests.of(CniCommand.DEL, 1, result));

        assertThat(cards.fixture.host.calls())
                .containsExactly(
                        "unwire " + Nouns.address(0, 0) + " 254 null",
                        "unwire " + Nouns.address(10, 0) + " 10101 " + veth(1),
                        "unwire " + Nouns.address(20, 0) + " 10201 " + veth(2));
        assertThat(cards.keeper(2).ledger().held()).isEmpty();
        cards.fixture.tempo.pass(Duration.ofMinutes(1));
        addEvery(1);
        assertThat(cards.granted(1)).as("nothing of the DEL stands in the way").hasSize(3);
    }

    @Test
    void aCheckLooksAtTheAddressOfEachCard() throws Exception {
        CniResult result = addEvery(1);
        var check = Requests.of(CniCommand.CHECK, 1, result);
        pods.check(check, new FakeNamespace("/run/netns/1"));

        cards.apply(1, new Command.Release(Nouns.key(1)));

        assertThatThrownBy(() -> pods.check(check, new FakeNamespace("/run/netns/1")))
                .isInstanceOfSatisfying(
                        CniException.class,
                        e ->
                                assertThat(e.error().toString())
                                        .contains(
                                                "granted is 10.0.0.1 and " + Nouns.address(20, 0)));
    }

    @Test
    void aGcCollectsAllOfAPodAsOne() throws Exception {
        addEvery(1);
        add(2);

        assertThat(pods.gc(Requests.gc("aws-cni", List.of(2)))).isOne();

        assertThat(cards.granted(1)).isEmpty();
        assertThat(cards.granted(2)).hasSize(1);
    }

    @Test
    void ofAnAbandonedPodEachCardLetsGoOfItsOwn() throws Exception {
        addEvery(1);

        assertThat(pods.letGo(cards.pools.all().get(1), Nouns.key(1))).isTrue();

        assertThat(cards.granted(1)).containsExactly(Nouns.address(0, 0), Nouns.address(20, 0));
    }

    /** A card with nothing but an EFA has no pool: a card's number is no place in a list. */
    @Test
    void w35OfASparseListOfCardsEachServesAndEachLetsGo() throws Exception {
        var pools = List.of(cards.pools.first(), cards.pools.all().get(2));
        var sparse = new CardPools(pools, true, cards.fixture.tempo);
        sparse.complete(pools);
        var book = new AddressBook(sparse, cards.fixture.tempo);

        assertThat(book.assign(Nouns.key(1), Nouns.pod(1), true, PATIENCE))
                .extracting(AddressService.Lease::address, AddressService.Lease::table)
                .containsExactly(
                        tuple(Nouns.address(0, 0), 254), tuple(Nouns.address(20, 0), 10_201));
        assertThat(book.release(Nouns.key(1)))
                .extracting(AddressService.Lease::address)
                .containsExactly(Nouns.address(0, 0), Nouns.address(20, 0));
        assertThat(book.release(Nouns.key(1))).as("nobody knows it any more").isEmpty();
    }

    /** Upstream asks EC2 card by card; here each card's pool hears at once. */
    @Test
    void example67APodThatWaitsOnTheFirstCardIsDemandOnTheOthersToo() throws Exception {
        var announced = new ArrayList<Integer>();
        for (CardPool pool : cards.pools.further()) {
            pool.availability().onAnnouncement(() -> announced.add(pool.card()));
        }
        add(1);
        add(2);

        assertThatThrownBy(() -> addEvery(3)).isInstanceOf(CniException.class);

        assertThat(announced).startsWith(1, 2);
    }

    /** They would grow for it each time it asks, and shrink when it is refused. */
    @Test
    void aPodThatTheFirstCardHasNothingForIsNoDemandOnTheOthers() throws Exception {
        var announced = new ArrayList<Integer>();
        for (CardPool pool : cards.pools.further()) {
            pool.availability().onAnnouncement(() -> announced.add(pool.card()));
        }
        add(1);
        add(2);
        cards.pools
                .first()
                .availability()
                .problem(new AddressAvailability.Problem("not allowed", "allow it", true));

        assertThatThrownBy(() -> addEvery(3)).isInstanceOf(CniException.class);

        assertThat(announced).isEmpty();
    }

    @Test
    void anOrdinaryPodWaitsForTheFirstCardAsLongAsThatCanHelp() throws Exception {
        add(1);
        add(2);
        cards.fixture.tempo.after(Duration.ofSeconds(1), () -> cards.add(0, 3));

        add(3);

        assertThat(cards.granted(3)).containsExactly(Nouns.address(0, 2));
    }

    @Test
    void anOrdinaryPodTakesAnAddressOfAnotherCardWhereTheFirstWillHaveNone() throws Exception {
        add(1);
        add(2);
        cards.pools
                .first()
                .availability()
                .problem(new AddressAvailability.Problem("not allowed", "allow it", true));

        CniResult result = add(3);

        assertThat(cards.fixture.tempo.nanos()).as("at once").isZero();
        assertThat(cards.granted(3)).containsExactly(Nouns.address(10, 0));
        assertThat(Objects.requireNonNull(PodAttachment.find(result, "eth0")).links())
                .containsExactly(link(3, 0, "eth0", Nouns.address(10, 0), 10_101));
        assertThat(add(3)).as("also later").isEqualTo(result);
    }

    @Test
    void whoeverHasWaitedInVainGetsOneOfAnotherCard() throws Exception {
        add(1);
        add(2);

        add(3);

        assertThat(cards.granted(3)).containsExactly(Nouns.address(10, 0));
        assertThat(cards.fixture.tempo.nanos()).isEqualTo(PATIENCE.toNanos());
    }

    /** Right after the start nobody knows how many cards there are. */
    @Test
    void aPodThatComesEarlyWaitsUntilTheCardsAreKnown() throws Exception {
        var early = new CardPools(List.of(cards.pools.first()), true, cards.fixture.tempo);
        var verbs = new PodNetworker(early, cards.fixture.host, cards.fixture.tempo);
        assertThat(verbs.addWaits()).isTrue();
        cards.fixture.tempo.after(Duration.ofSeconds(3), () -> early.complete(cards.pools.all()));

        verbs.add(Requests.everyCard(1), new FakeNamespace("/run/netns/1"), PATIENCE);

        assertThat(cards.granted(1)).hasSize(3);
        assertThat(verbs.addWaits()).as("the last card has none left").isTrue();
    }

    @Test
    void aPodThatComesEarlyWaitsNoLongerThanItMay() {
        var early = new CardPools(List.of(cards.pools.first()), true, cards.fixture.tempo);
        var verbs = new PodNetworker(early, cards.fixture.host, cards.fixture.tempo);

        assertThatThrownBy(() ->
                        verbs.add(
                                Requests.everyCard(1), new FakeNamespace("/run/netns/1"), PATIENCE))
                .hasMessageContaining("only just started");
        assertThat(cards.granted(1)).isEmpty();
        assertThat(cards.fixture.tempo.nanos()).isEqualTo(PATIENCE.toNanos());
    }

    private CniResult addEvery(int n) throws Exception {
        return pods.add(Requests.everyCard(n), new FakeNamespace("/run/netns/" + n), PATIENCE);
    }

    private CniResult add(int n) throws Exception {
        return pods.add(
                Requests.of(CniCommand.ADD, n, null),
                new FakeNamespace("/run/netns/" + n),
                PATIENCE);
    }

    private static PodAttachment.Link link(
            int pod, int index, String inside, IpAddress address, int table) {
        String outside = InterfaceNames.host("eni", Nouns.pod(pod), "eth0", index);
        return new PodAttachment.Link(outside, inside, address, table);
    }

    private static String veth(int index) {
        return InterfaceNames.host("eni", Nouns.pod(1), "eth0", index);
    }
}
