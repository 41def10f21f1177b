package dev.vpccni.node.eni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.ipam.ledger.BlockStage;
import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.ipam.reconcile.Reconciler;
import dev.vpccni.model.BlockKind;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.IpFamily;
import dev.vpccni.node.fake.Fixture;
import dev.vpccni.node.fake.Nouns;
import dev.vpccni.node.fake.ScriptedEc2;
import dev.vpccni.node.port.Ec2Exception;
import dev.vpccni.node.port.Ec2Failure;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressesTest {

    private static final Ec2Failure LOST = new Ec2Failure.Ambiguous();

    private final Fixture fixture = new Fixture().add(0, 2);
    private final Addresses addresses =
            new Addresses(fixture.ec2, IpFamily.IPV4, fixture.keeper, fixture.tempo, fixture.retry);

    @BeforeEach
    void begin() {
        fixture.done(new Command.BeginAssign(Nouns.id(0), BlockKind.ADDRESS, 2));
    }

    @Test
    void whatEc2GivesServesAndIsAwaitedNoMore() throws Exception {
        fixture.ec2.on("assign", Nouns.blocks(0, 4).subList(2, 4));
        fixture.store.during(() ->
                assertThat(fixture.held(0).size() + fixture.held(0).arriving().count())
                        .isEqualTo(4));

        addresses.acquire(Nouns.id(0), BlockKind.ADDRESS, 2);

        assertThat(fixture.held(0).size()).isEqualTo(4);
        assertThat(fixture.held(0).arriving().count()).isZero();
    }

    @Test
    void aRefusalEndsTheWait() {
        fixture.ec2.on("assign", new Ec2Failure.SubnetFull());

        assertThatThrownBy(() -> addresses.acquire(Nouns.id(0), BlockKind.ADDRESS, 2))
                .isInstanceOf(Ec2Exception.class);

        assertThat(fixture.held(0).arriving().count()).isZero();
    }

    @Test
    void anAssignmentWhoseAnswerIsLostIsLookedForAndNotAskedForTwice() throws Exception {
        fixture.ec2.on("assign", LOST).on("describe", Fixture.shown(Nouns.shown(0, 4)));

        addresses.acquire(Nouns.id(0), BlockKind.ADDRESS, 2);

        assertThat(fixture.ec2.calls("assign")).hasSize(1);
        assertThat(fixture.held(0).size()).isEqualTo(4);
        assertThat(fixture.held(0).arriving().count()).isZero();
        assertThat(fixture.tempo.nanos()).isZero();
    }

    @Test
    void looksUntilAllAreThere() throws Exception {
        fixture.ec2.on(
                "describe",
                Fixture.shown(Nouns.shown(0, 2)),
                Fixture.shown(Nouns.shown(0, 3)),
                Fixture.shown(Nouns.shown(0, 4)));

        addresses.finish(Nouns.id(0));

        assertThat(fixture.held(0).size()).isEqualTo(4);
        assertThat(fixture.tempo.pauses())
                .containsExactly(Duration.ofSeconds(2), Duration.ofSeconds(2));
    }

    @Test
    void looksNoLongerThanEc2NeedsToSettle() throws Exception {
        fixture.ec2.on(
                "describe", Fixture.shown(Nouns.shown(0, 2)), Fixture.shown(Nouns.shown(0, 3)));

        addresses.finish(Nouns.id(0));

        assertThat(fixture.held(0).size()).isEqualTo(3);
        assertThat(fixture.held(0).arriving().count()).isZero();
        assertThat(Duration.ofNanos(fixture.tempo.nanos())).isEqualTo(Reconciler.SETTLING);
    }

    @Test
    void ofAnInterfaceThatIsGoneNothingIsAwaited() throws Exception {
        fixture.ec2.on("describe", new Ec2Failure.Gone(Nouns.id(0)));

        addresses.finish(Nouns.id(0));

        assertThat(fixture.held(0).arriving().count()).isZero();
        assertThat(fixture.ec2.calls()).hasSize(1);
    }

    @Test
    void ofOneThatTheLedgerForgotNothingIsAwaitedEither() throws Exception {
        fixture.done(new Command.ForgetInterface(Nouns.id(0)));
        fixture.ec2.on("describe", Fixture.shown(Nouns.shown(0, 0)));

        addresses.finish(Nouns.id(0));

        assertThat(fixture.ec2.calls()).hasSize(1);
    }

    @Test
    void whereEc2DoesNotAnswerItStaysBegun() {
        fixture.ec2.on("describe", new Ec2Failure.Denied("ec2:X"));

        assertThatThrownBy(() -> addresses.finish(Nouns.id(0))).isInstanceOf(Ec2Exception.class);

        assertThat(fixture.held(0).arriving().count()).isEqualTo(2);
    }

    @Test
    void anAddressThatWasJustGivenBackIsNotNew() throws Exception {
        release(1);
        fixture.ec2.on("unassign", ScriptedEc2.DONE);
        addresses.giveBack(Nouns.id(0), Nouns.blocks(0, 1), true);
        fixture.ec2.on(
                "describe", Fixture.shown(Nouns.shown(0, 3)), Fixture.shown(Nouns.shown(0, 4)));

        addresses.finish(Nouns.id(0));

        assertThat(fixture.keeper.ledger().use(Nouns.address(0, 0))).isNull();
        assertThat(fixture.keeper.ledger().hasLeft(Nouns.block(0, 0), fixture.tempo.instant()))
                .isTrue();
        assertThat(fixture.held(0).size()).isEqualTo(3);
    }

    @Test
    void nothingIsGivenBackWithoutARequest() throws Exception {
        addresses.giveBack(Nouns.id(0), List.of(), true);

        assertThat(fixture.ec2.calls()).isEmpty();
    }

    @Test
    void whatEc2TookHasLeft() throws Exception {
        release(2);
        fixture.ec2.on("unassign", LOST, ScriptedEc2.DONE);

        addresses.giveBack(Nouns.id(0), Nouns.blocks(0, 2), true);

        assertThat(fixture.ec2.calls("unassign")).hasSize(2);
        assertThat(fixture.held(0).size()).isZero();
    }

    @Test
    void withAnInterfaceThatIsGoneItsAddressesWent() throws Exception {
        release(1);
        fixture.ec2.on("unassign", new Ec2Failure.Gone(null));

        addresses.giveBack(Nouns.id(0), Nouns.blocks(0, 1), true);

        assertThat(fixture.held(0).size()).isEqualTo(1);
    }

    @Test
    void whereOneIsGoneAlreadyTheOthersAreGivenBack() throws Exception {
        release(2);
        fixture.ec2
                .on("unassign", new Ec2Failure.Rejected("X"), ScriptedEc2.DONE)
                .on("describe", Fixture.shown(Nouns.shown(0, 1)));

        addresses.giveBack(Nouns.id(0), Nouns.blocks(0, 2), true);

        assertThat(fixture.ec2.calls("unassign"))
                .last()
                .isEqualTo("unassign eni-0 [" + Nouns.block(0, 0) + "]");
        assertThat(fixture.held(0).size()).isZero();
    }

    @Test
    void whereAllAreGoneAlreadyNothingIsAskedForAgain() throws Exception {
        release(2);
        fixture.ec2
                .on("unassign", new Ec2Failure.Rejected("X"))
                .on("describe", Fixture.shown(Nouns.shown(0, 0)));

        addresses.giveBack(Nouns.id(0), Nouns.blocks(0, 2), true);

        assertThat(fixture.ec2.calls("unassign")).hasSize(1);
        assertThat(fixture.held(0).size()).isZero();
    }

    @Test
    void whereEc2ShowsThemAllItsRefusalStands() {
        release(2);
        fixture.ec2
                .on("unassign", new Ec2Failure.Rejected("X"))
                .on("describe", Fixture.shown(Nouns.shown(0, 2)));

        assertThatThrownBy(() -> addresses.giveBack(Nouns.id(0), Nouns.blocks(0, 2), true))
                .isInstanceOf(Ec2Exception.class);

        assertThat(fixture.held(0).leaving()).isEqualTo(2);
    }

    @Test
    void whatTheRoleMayNotGiveBackServesOn() {
        release(1);
        fixture.ec2.on("unassign", new Ec2Failure.Denied("ec2:X"));

        assertThatThrownBy(() -> addresses.giveBack(Nouns.id(0), Nouns.blocks(0, 1), true))
                .isInstanceOf(Ec2Exception.class);

        assertThat(fixture.held(0).leaving()).isZero();
    }

    @Test
    void whatMayHaveLeftStaysOnItsWay() {
        release(1);
        fixture.ec2.on("unassign", LOST, new Ec2Failure.Denied("ec2:X"));
        assertThatThrownBy(() -> addresses.giveBack(Nouns.id(0), Nouns.blocks(0, 1), true))
                .isInstanceOf(Ec2Exception.class);
        assertThat(fixture.held(0).leaving()).isEqualTo(1);

        fixture.ec2.now("unassign", new Ec2Failure.Throttled());
        assertThatThrownBy(() -> addresses.giveBack(Nouns.id(0), Nouns.blocks(0, 1), true))
                .isInstanceOf(Ec2Exception.class);
        assertThat(fixture.held(0).leaving()).isEqualTo(1);
    }

    /** The answer to the first attempt was lost, the daemon died, and the permission is gone. */
    @Test
    void whatSomebodyTriedBeforeStaysOnItsWayWhereTheRoleMayNotAnyMore() {
        release(1);
        fixture.ec2.on("unassign", new Ec2Failure.Denied("ec2:X"));

        assertThatThrownBy(() -> addresses.giveBack(Nouns.id(0), Nouns.blocks(0, 1), false))
                .isInstanceOf(Ec2Exception.class);

        assertThat(fixture.held(0).leaving()).isEqualTo(1);
    }

    @Test
    void whatIsAskedForAgainStaysOnItsWayToo() {
        release(2);
        fixture.ec2
                .on("unassign", new Ec2Failure.Rejected("X"), new Ec2Failure.Denied("ec2:X"))
                .on("describe", Fixture.shown(Nouns.shown(0, 1)));

        assertThatThrownBy(() -> addresses.giveBack(Nouns.id(0), Nouns.blocks(0, 2), true))
                .isInstanceOf(Ec2Exception.class);

        assertThat(fixture.held(0).leaving()).as("EC2's answer may be an old one").isEqualTo(1);
    }

    /** The answer to the release was lost; another request got one of its addresses again. */
    @Test
    void whatEc2GaveAgainBeforeItsAnswerCameIsLookedForAndServes() throws Exception {
        releaseWhileEc2GivesTheFirstAgain();
        fixture.ec2.on(
                "describe", Fixture.shown(Nouns.shown(0, 0)), Fixture.shown(Nouns.shown(0, 1)));

        addresses.giveBack(Nouns.id(0), Nouns.blocks(0, 2), true);

        assertThat(fixture.held(0).blocks())
                .singleElement()
                .satisfies(block -> {
                    assertThat(block.cidr()).isEqualTo(Nouns.block(0, 0));
                    assertThat(block.stage()).isEqualTo(BlockStage.SERVING);
                });
        assertThat(fixture.tempo.pauses()).containsExactly(Reconciler.SETTLING);
    }

    @Test
    void whatEc2GaveAgainAndTookThenHasLeft() throws Exception {
        releaseWhileEc2GivesTheFirstAgain();
        fixture.ec2.on("describe", Fixture.shown(Nouns.shown(0, 0)));

        addresses.giveBack(Nouns.id(0), Nouns.blocks(0, 2), true);

        assertThat(fixture.held(0).size()).isZero();
        assertThat(fixture.ec2.calls("describe")).hasSize(2);
    }

    /** EC2 gives an address again as soon as it has taken it: to another interface, too. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void whatIsGivenServesThoughItsReleaseElsewhereHasNoAnswerYet(int from) throws Exception {
        Cidr leaving = Nouns.block(1, 3);
        Cidr prefix = Cidr.of(leaving.network(), 28);
        fixture.add(1, 0);
        fixture.done(new Command.AddBlocks(Nouns.id(from), List.of(leaving)));
        fixture.done(new Command.BeginRelease(Nouns.id(from), List.of(leaving)));
        fixture.ec2.on("assign", List.of(prefix, Nouns.block(0, 7)));

        addresses.acquire(Nouns.id(0), BlockKind.ADDRESS, 2);

        assertThat(fixture.held(0).find(prefix)).isNotNull();
        assertThat(fixture.held(0).find(Nouns.block(0, 7))).isNotNull();
        assertThat(fixture.held(0).arriving().count()).isZero();
        assertThat(fixture.held(from).leaving()).isZero();
        fixture.done(new Command.ConfirmReleased(Nouns.id(from), List.of(leaving)));
        assertThat(fixture.held(0).find(prefix)).isNotNull();
    }

    @Test
    void whatIsGivenOfAPrefixProvesThatAllOfItHasLeft() throws Exception {
        Cidr prefix = Nouns.prefix(1, 0);
        fixture.add(1, 0);
        fixture.done(new Command.AddBlocks(Nouns.id(1), List.of(prefix, Nouns.prefix(1, 1))));
        fixture.done(new Command.BeginRelease(Nouns.id(1), List.of(prefix, Nouns.prefix(1, 1))));
        Cidr given = prefix.network().plus(5).only();
        fixture.ec2.on("assign", List.of(given));

        addresses.acquire(Nouns.id(0), BlockKind.ADDRESS, 1);

        assertThat(fixture.held(0).find(given)).isNotNull();
        assertThat(fixture.held(1).leavingBlocks()).containsExactly(Nouns.prefix(1, 1));
    }

    private void releaseWhileEc2GivesTheFirstAgain() throws Exception {
        release(2);
        fixture.ec2.on("unassign", new Ec2Failure.Rejected("X")).on("assign", Nouns.blocks(0, 1));
        addresses.acquire(Nouns.id(0), BlockKind.ADDRESS, 2);
        assertThat(fixture.held(0).leaving()).isEqualTo(2);
    }

    private void release(int count) {
        fixture.done(new Command.BeginRelease(Nouns.id(0), Nouns.blocks(0, count)));
    }
}
