package dev.vpccni.node.pod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.vpccni.cni.CniCommand;
import dev.vpccni.cni.CniError;
import dev.vpccni.cni.CniException;
import dev.vpccni.cni.CniRequest;
import dev.vpccni.node.fake.Cards;
import dev.vpccni.node.fake.FakeNamespace;
import dev.vpccni.node.fake.Fixture;
import dev.vpccni.node.fake.Requests;
import dev.vpccni.node.fake.ScriptedCluster;
import dev.vpccni.node.pool.AddressAvailability;
import dev.vpccni.node.pool.CardPools;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What becomes of an ADD that waits for an address when its pod is deleted. */
class EndingPodsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(55);

    private final Fixture fixture = new Fixture().add(0, 0);
    private final ScriptedCluster cluster = new ScriptedCluster();
    private final PodNetworker pods = follow(fixture);

    private PodNetworker follow(Fixture of) {
        var networker =
                new PodNetworker(
                        of.cards(new AddressAvailability(of.keeper, of.tempo)), of.host, of.tempo);
        networker.follow(cluster);
        return networker;
    }

    private static CniRequest add(int n, String uid) {
        return Requests.identified(Requests.of(CniCommand.ADD, n, null), uid);
    }

    private CniError refusal(int n, String uid) {
        return Objects.requireNonNull(
                        catchThrowableOfType(CniException.class, () -> add(pods, add(n, uid))),
                        "refused")
                .error();
    }

    private static void add(PodNetworker networker, CniRequest request)
            throws CniException, InterruptedException {
        var _ = networker.add(request, new FakeNamespace(request.namespacePath()), PATIENCE);
    }

    private Duration elapsed() {
        return Duration.ofNanos(fixture.tempo.nanos());
    }

    @Test
    void theWaitEndsTheMomentThatThePodIsDeleted() {
        fixture.tempo.after(Duration.ofSeconds(3), () -> cluster.ending("uid-1"));

        CniError refused = refusal(1, "uid-1");

        assertThat(refused).isInstanceOf(CniError.Failed.class);
        assertThat(refused.message()).contains("default/pod-1", "is being deleted");
        assertThat(elapsed()).isEqualTo(Duration.ofSeconds(3));
        assertThat(fixture.keeper.waiting()).isZero();
    }

    @Test
    void onePodsEndIsNoOthers() throws Exception {
        fixture.tempo.after(Duration.ofSeconds(1), () -> cluster.ending("uid-2"));
        fixture.tempo.after(Duration.ofSeconds(9), () -> fixture.add(2, 1));

        add(pods, add(1, "uid-1"));

        assertThat(elapsed()).isEqualTo(Duration.ofSeconds(9));
        assertThat(fixture.hasGrant(1)).isTrue();
    }

    /** StatefulSets give a name again; who says no identifier may be either. */
    @Test
    void aPodWithoutAnIdentifierWaitsOn() throws Exception {
        fixture.tempo.after(Duration.ofSeconds(1), () -> cluster.ending("uid-1"));
        fixture.tempo.after(Duration.ofSeconds(9), () -> fixture.add(2, 1));

        add(pods, add(1, ""));

        assertThat(fixture.hasGrant(1)).isTrue();
    }

    @Test
    void whoseEndIsKnownBeforeDoesNotBeginToWait() {
        cluster.ending("uid-1");

        assertThat(refusal(1, "uid-1").message()).contains("is being deleted");
        assertThat(elapsed()).isZero();
    }

    @Test
    void itIsServedAllTheSameWhereNobodyHasToWait() throws Exception {
        cluster.ending("uid-1");
        fixture.add(2, 1);

        add(pods, add(1, "uid-1"));

        assertThat(fixture.hasGrant(1)).isTrue();
    }

    @Test
    void theEndMayBeToldJustBeforeTheWaitBegins() {
        cluster.afterQuestion(() -> cluster.ending("uid-1"));

        assertThat(refusal(1, "uid-1").message()).contains("is being deleted");
        assertThat(elapsed()).isZero();
    }

    @Test
    void whoIsRefusedForAnotherReasonHearsThat() {
        fixture.tempo.after(Duration.ofMinutes(2), () -> cluster.ending("uid-1"));

        assertThat(refusal(1, "uid-1")).isInstanceOf(CniError.TryAgainLater.class);
        fixture.tempo.pass(Duration.ofMinutes(3));
        assertThat(refusal(2, "uid-2")).isInstanceOf(CniError.TryAgainLater.class);
    }

    @Test
    void whoWaitsIsToldOfLongBeforeTheEnd() {
        List<String> heard = new ArrayList<>();
        pods.onWait((args, error) ->
                heard.add(
                        Duration.ofNanos(fixture.tempo.nanos()).toSeconds()
                                + " "
                                + args.pod().name()
                                + " "
                                + error.message()));
        fixture.tempo.after(Duration.ofSeconds(9), () -> cluster.ending("uid-1"));

        var _ = refusal(1, "uid-1");

        assertThat(heard)
                .singleElement()
                .asString()
                .startsWith("4 pod-1 the node has only just started");
    }

    @Test
    void ofSeveralCardsNoneKeepsAnAddressOfIt() {
        var cards = new Cards(2).add(0, 1).add(1, 0);
        var networker = new PodNetworker(cards.pools, cards.fixture.host, cards.fixture.tempo);
        networker.follow(cluster);
        cards.fixture.tempo.after(Duration.ofSeconds(2), () -> cluster.ending("uid-1"));

        assertThatThrownBy(
                        () -> add(networker, Requests.identified(Requests.everyCard(1), "uid-1")))
                .hasMessageContaining("is being deleted");

        assertThat(cards.granted(1)).isEmpty();
        assertThat(cards.fixture.tempo.nanos()).isEqualTo(Duration.ofSeconds(2).toNanos());
    }

    @Test
    void nobodyIsAskedAboutWhoWaitsNoMore() {
        var first = fixture.cards(new AddressAvailability(fixture.keeper, fixture.tempo)).first();
        var early = new CardPools(List.of(first), true, fixture.tempo);
        var networker = new PodNetworker(early, fixture.host, fixture.tempo);
        networker.follow(cluster);
        fixture.tempo.after(Duration.ofSeconds(2), () -> cluster.ending("uid-1"));

        assertThatThrownBy(
                        () -> add(networker, Requests.identified(Requests.everyCard(1), "uid-1")))
                .hasMessageContaining("is being deleted");
        cluster.afterQuestion(() -> {
            throw new AssertionError("asked");
        });
        cluster.ending("uid-3");
    }
}
