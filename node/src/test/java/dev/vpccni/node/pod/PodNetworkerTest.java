package dev.vpccni.node.pod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.vpccni.cni.CniCommand;
import dev.vpccni.cni.CniError;
import dev.vpccni.cni.CniException;
import dev.vpccni.cni.CniResult;
import dev.vpccni.cni.PodAttachment;
import dev.vpccni.dataplane.InterfaceNames;
import dev.vpccni.ipam.ledger.AddressUse;
import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.node.fake.FakeNamespace;
import dev.vpccni.node.fake.Fixture;
import dev.vpccni.node.fake.Nouns;
import dev.vpccni.node.fake.Requests;
import dev.vpccni.node.pool.AddressAvailability;
import dev.vpccni.node.pool.CardPools;
import dev.vpccni.node.port.HostFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The order in which verbs do what they do, and whom they spare. */
class PodNetworkerTest {

    private static final HostFailure REFUSED = new HostFailure.Refused("step", 1);
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration LONG = Duration.ofSeconds(61);
    private static final String VETH = InterfaceNames.host("eni", Nouns.pod(1));

    private final Fixture fixture = new Fixture().add(0, 2);
    private final CardPools cards =
            fixture.cards(new AddressAvailability(fixture.keeper, fixture.tempo));
    private final PodNetworker pods = new PodNetworker(cards, fixture.host, fixture.tempo);
    private final List<String> during = new ArrayList<>();

    @Test
    void anAddWiresWhatItIsGrantedAndSaysSo() throws Exception {
        fixture.host.during("wire", () -> during.add("granted " + fixture.hasGrant(1)));

        CniResult result = add(1);

        assertThat(during).containsExactly("granted true");
        assertThat(fixture.host.calls())
                .containsExactly("wire " + Nouns.address(0, 0) + " 254 " + VETH);
        assertThat(PodAttachment.find(result, "eth0"))
                .isEqualTo(
                        new PodAttachment(
                                "/run/netns/1",
                                List.of(
                                        new PodAttachment.Link(
                                                VETH, "eth0", Nouns.address(0, 0), 254)),
                                0,
                                0));
    }

    @Test
    void anAddOnAnotherDeviceUsesItsTable() throws Exception {
        add(1);
        add(2);
        fixture.add(3, 1);

        PodAttachment attachment = attachment(add(3));

        assertThat(attachment.device()).isEqualTo(3);
        assertThat(attachment.links().getFirst().table()).isEqualTo(4);
    }

    @Test
    void aFurtherInterfaceOfAPodLeavesTheFirstAlone() throws Exception {
        PodAttachment first = attachment(add(1));

        CniResult result = pods.add(Requests.further(1, "net1"), namespace(1), PATIENCE);

        PodAttachment.Link further =
                Objects.requireNonNull(PodAttachment.find(result, "net1")).links().getFirst();
        assertThat(further.hostInterface()).isNotEqualTo(VETH);
        assertThat(further.address()).isNotEqualTo(first.links().getFirst().address());
    }

    @Test
    void aContainerWithAnotherDefaultRouteIsRefusedBeforeAnythingIsTouched() throws Exception {
        add(1);
        fixture.host.defaultRoute("eth0");
        var before = fixture.keeper.ledger().checkpoint();
        fixture.host.forget();

        CniError refused =
                error(() -> pods.add(Requests.further(1, "eth1"), namespace(1), PATIENCE));

        assertThat(refused).isInstanceOf(CniError.Failed.class);
        assertThat(String.valueOf(refused)).contains("eth0", "eth1", "nicConfig");
        assertThat(fixture.keeper.ledger().checkpoint()).isEqualTo(before);
        assertThat(fixture.host.calls()).isEmpty();
        assertThat(attachment(add(1))).as("the same ADD again").isNotNull();
    }

    @Test
    void aPodThatWantsAnAddressOnEachCardIsRefused() {
        assertThat(error(() -> pods.add(Requests.everyCard(1), namespace(1), PATIENCE)))
                .isInstanceOf(CniError.Failed.class);
        assertThat(fixture.hasGrant(1)).isFalse();
    }

    @Test
    void anAddThatCannotBeWiredKeepsNothing() {
        fixture.host.refuse("wire", REFUSED);

        assertThat(error(() -> add(1))).isInstanceOf(CniError.Failed.class);

        assertThat(fixture.hasGrant(1)).isFalse();
        assertThat(fixture.tempo.nanos()).as("nobody has to wait for its turn").isZero();
        fixture.host.refuseNothing();
        assertThat(error(() -> add(1))).isNull();
    }

    @Test
    void aRepeatedAddThatCannotBeWiredKeepsItsAddress() throws Exception {
        add(1);
        fixture.host.differs("no route");
        fixture.host.refuse("wire", REFUSED);

        assertThat(error(() -> add(1))).isNotNull();

        assertThat(fixture.hasGrant(1)).isTrue();
    }

    @Test
    void aRepeatedAddWiresOnlyWhatIsNotAsItShouldBe() throws Exception {
        add(1);
        fixture.host.forget();
        add(1);
        assertThat(fixture.host.calls()).isEmpty();

        fixture.host.differs("no route");
        add(1);

        assertThat(fixture.host.calls()).hasSize(1);
    }

    @Test
    void whereTheGrantCannotBeTakenBackTheReasonIsStillTheKernels() {
        fixture.host.refuse("wire", REFUSED);
        fixture.host.during("wire", () -> fixture.store.full(true));

        CniException thrown = thrown(() -> add(1));

        assertThat(thrown.error()).isInstanceOf(CniError.Failed.class);
        assertThat(thrown).cause().satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));
        assertThat(fixture.hasGrant(1)).as("until its DEL").isTrue();
    }

    @Test
    void withoutAnAddressAnAddWaitsAndIsToldToTryAgain() throws Exception {
        add(1);
        add(2);

        assertThat(error(() -> add(3))).isInstanceOf(CniError.TryAgainLater.class);

        assertThat(fixture.tempo.nanos()).isEqualTo(PATIENCE.toNanos());
    }

    @Test
    void itIsKnownWhetherAnAddWouldWait() throws Exception {
        assertThat(pods.addWaits()).isFalse();
        add(1);
        assertThat(pods.addWaits()).isFalse();
        add(2);
        assertThat(pods.addWaits()).isTrue();
        fixture.tempo.after(
                Duration.ofSeconds(1), () -> during.add("another waits " + pods.addWaits()));
        assertThat(error(() -> add(3))).isInstanceOf(CniError.TryAgainLater.class);
        assertThat(during).containsExactly("another waits true");

        pods.del(Requests.of(CniCommand.DEL, 1, null));
        assertThat(pods.addWaits()).as("it cools down").isTrue();
        fixture.tempo.pause(LONG);
        assertThat(pods.addWaits()).isFalse();
    }

    @Test
    void aFullDiskIsNamed() {
        fixture.store.full(true);

        assertThat(error(() -> add(1))).isInstanceOf(CniError.IoFailure.class);
    }

    @Test
    void aDelUnwiresFirstAndGivesTheAddressBackAfter() throws Exception {
        add(1);
        fixture.host.during("unwire", () -> during.add("granted " + fixture.hasGrant(1)));

        pods.del(Requests.of(CniCommand.DEL, 1, null));

        assertThat(during).containsExactly("granted true");
        assertThat(fixture.host.calls())
                .last()
                .isEqualTo("unwire " + Nouns.address(0, 0) + " 254 null");
        assertThat(fixture.hasGrant(1)).isFalse();
    }

    @Test
    void aDelThatTheKernelRefusesKeepsTheAddress() throws Exception {
        add(1);
        fixture.host.refuse("unwire", REFUSED);

        assertThat(error(() -> pods.del(Requests.of(CniCommand.DEL, 1, null)))).isNotNull();

        assertThat(fixture.hasGrant(1)).isTrue();
    }

    @Test
    void aDelThatCannotBeWrittenIsMadeAgain() throws Exception {
        add(1);
        fixture.store.full(true);
        assertThat(error(() -> pods.del(Requests.of(CniCommand.DEL, 1, null))))
                .isInstanceOf(CniError.IoFailure.class);
        fixture.store.full(false);

        pods.del(Requests.of(CniCommand.DEL, 1, null));

        assertThat(fixture.hasGrant(1)).isFalse();
    }

    @Test
    void aDelOfAPodWhoseInterfaceIsGoneUsesTheTableThatTheKernelHas() throws Exception {
        fixture.add(1, 1);
        fixture.apply(new Command.Hold(Nouns.address(0, 0)));
        fixture.apply(new Command.Hold(Nouns.address(0, 1)));
        add(1);
        fixture.done(new Command.ForgetInterface(Nouns.id(1)));
        fixture.host.rule(Nouns.address(1, 0), 2);

        pods.del(Requests.of(CniCommand.DEL, 1, null));

        assertThat(fixture.host.calls())
                .last()
                .isEqualTo("unwire " + Nouns.address(1, 0) + " 2 null");
    }

    @Test
    void aDelOfAnUnknownKeyLeavesThePodAloneThatHasTheAddressNow() throws Exception {
        CniResult old = add(1);
        pods.del(Requests.of(CniCommand.DEL, 1, old));
        fixture.tempo.pass(LONG);
        fixture.apply(new Command.Hold(Nouns.address(0, 1)));
        assertThat(add(2).ips()).isEqualTo(old.ips());
        fixture.host.forget();

        pods.del(Requests.of(CniCommand.DEL, 1, old));

        assertThat(fixture.host.calls()).isEmpty();
        assertThat(fixture.hasGrant(2)).isTrue();
    }

    @Test
    void aDelOfAnUnknownKeyUndoesWhatItsResultSays() throws Exception {
        CniResult old = add(1);
        fixture.apply(new Command.Release(Nouns.key(1)));
        fixture.done(new Command.Hold(Nouns.address(0, 0)));

        pods.del(Requests.of(CniCommand.DEL, 1, old));

        assertThat(fixture.host.calls())
                .last()
                .isEqualTo("unwire " + Nouns.address(0, 0) + " 254 " + VETH);
        assertThat(fixture.keeper.ledger().use(Nouns.address(0, 0)))
                .isInstanceOf(AddressUse.Idle.class);
    }

    @Test
    void verbsOnOneAttachmentTakeTurns() throws Exception {
        add(1);
        fixture.host.during(
                "unwire",
                () -> {
                    // Whoever begins now does not get past its turn.
                    fixture.tempo.runFor(
                            Duration.ofSeconds(1),
                            () -> {
                                try {
                                    add(1);
                                    during.add("got in");
                                } catch (CniException e) {
                                    during.add(String.valueOf(e.getMessage()));
                                }
                            });
                });

        pods.del(Requests.of(CniCommand.DEL, 1, null));

        assertThat(during).isEmpty();
    }

    @Test
    void anAddThatIsDismissedWaitsNoLonger() throws Exception {
        add(1);
        add(2);
        fixture.tempo.after(Duration.ofSeconds(4), () -> pods.dismiss(Nouns.key(3)));

        assertThat(error(() -> add(3))).isInstanceOf(CniError.TryAgainLater.class);

        assertThat(fixture.tempo.nanos()).isEqualTo(Duration.ofSeconds(4).toNanos());
    }

    @Test
    void aDelEndsTheAddThatWaits() throws Exception {
        add(1);
        add(2);
        fixture.tempo.after(
                Duration.ofSeconds(3), () -> fixture.keeper.dismiss(Nouns.key(9)::equals));
        fixture.tempo.after(
                Duration.ofSeconds(4),
                () ->
                        fixture.tempo.runFor(
                                Duration.ofMillis(1),
                                () -> {
                                    try {
                                        pods.del(Requests.of(CniCommand.DEL, 3, null));
                                    } catch (CniException e) {
                                        throw new AssertionError(e);
                                    }
                                }));

        assertThat(error(() -> add(3))).isInstanceOf(CniError.TryAgainLater.class);

        assertThat(fixture.tempo.nanos()).isLessThan(Duration.ofSeconds(5).toNanos());
    }

    @Test
    void aCheckFindsWhatTheKernelLacks() throws Exception {
        CniResult result = add(1);
        pods.check(Requests.of(CniCommand.CHECK, 1, result), namespace(1));
        fixture.host.differs("no route");

        assertThat(error(() -> check(1, result)))
                .isEqualTo(new CniError.NotAsExpected(List.of("no route")));
        fixture.host.refuse("verify", REFUSED);
        assertThat(error(() -> check(1, result))).isInstanceOf(CniError.Failed.class);
        assertThat(error(() -> check(1, null))).isInstanceOf(CniError.InvalidConfiguration.class);
    }

    @Test
    void aCheckFindsWhatTheLedgerHasOtherwise() throws Exception {
        CniResult result = add(1);

        assertThat(error(() -> check(2, result)))
                .isEqualTo(
                        new CniError.NotAsExpected(
                                List.of("no address is granted to " + Nouns.key(2))));
        add(2);
        assertThat(error(() -> check(2, result)))
                .isEqualTo(
                        new CniError.NotAsExpected(
                                List.of(
                                        "granted is "
                                                + Nouns.address(0, 1)
                                                + ", not "
                                                + Nouns.address(0, 0))));
    }

    private CniResult add(int n) throws CniException, InterruptedException {
        return pods.add(Requests.of(CniCommand.ADD, n, null), namespace(n), PATIENCE);
    }

    private void check(int n, @Nullable CniResult result)
            throws CniException, InterruptedException {
        pods.check(Requests.of(CniCommand.CHECK, n, result), namespace(n));
    }

    private static PodAttachment attachment(CniResult result) {
        return Objects.requireNonNull(PodAttachment.find(result, "eth0"));
    }

    private static FakeNamespace namespace(int n) {
        return new FakeNamespace("/run/netns/" + n);
    }

    private static CniException thrown(ThrowingCallable verb) {
        return catchThrowableOfType(CniException.class, verb);
    }

    private static @Nullable CniError error(ThrowingCallable verb) {
        CniException thrown = thrown(verb);
        return thrown == null ? null : thrown.error();
    }
}
