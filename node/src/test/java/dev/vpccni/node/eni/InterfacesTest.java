package dev.vpccni.node.eni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.ipam.ledger.Checkpoint.Intent;
import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.ipam.ledger.InterfaceRole;
import dev.vpccni.ipam.ledger.InterfaceStage;
import dev.vpccni.ipam.reconcile.SeenInterface;
import dev.vpccni.model.Cidr;
import dev.vpccni.node.fake.Fixture;
import dev.vpccni.node.fake.Nouns;
import dev.vpccni.node.fake.ScriptedEc2;
import dev.vpccni.node.instance.Instance;
import dev.vpccni.node.port.Ec2Exception;
import dev.vpccni.node.port.Ec2Failure;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.HostFailure;
import dev.vpccni.node.port.ObservedInterface;
import dev.vpccni.node.settings.AddressingSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Interfaces that are made and removed, and what stays in the ledger where that fails. */
class InterfacesTest {

    private static final Ec2Failure LOST = new Ec2Failure.Ambiguous();
    private static final Ec2Failure DENIED = new Ec2Failure.Denied("ec2:X");
    private static final Object DONE = ScriptedEc2.DONE;

    private final Fixture fixture = new Fixture().add(0, 2);
    private final ScriptedEc2 ec2 = fixture.ec2;
    private final Interfaces interfaces = fixture.interfaces();
    private final List<String> during = new ArrayList<>();

    @BeforeEach
    void link() {
        fixture.host.link(Nouns.mac(1));
    }

    @Test
    void whatIsMadeIsAttachedSetUpAndServes() throws Exception {
        Intent.Create begun = fixture.begin(1, 2);
        ec2.on("create", Nouns.unattached(1, 2)).on("attach", Nouns.attachment(1));
        fixture.host.during(
                "setUpInterface", () -> during.add("known " + isKnown() + ", " + noted()));

        interfaces.create(begun);

        assertThat(ec2.calls().getFirst())
                .contains(
                        "token-1",
                        "subnet-1",
                        "sg-1",
                        "aws-K8S-i-1",
                        "family=IPv4, kind=ADDRESS, count=2")
                .contains("createdAt=2026-01-01T00:00:00Z");
        assertThat(fixture.host.calls())
                .containsExactly("setUpInterface " + Nouns.address(1, -1) + " 2 mtu 9001");
        assertThat(during).as("not before the kernel").containsExactly("known false, eni-1");
        assertThat(fixture.held(1).size()).isEqualTo(2);
        assertThat(fixture.held(1).facts()).isEqualTo(Nouns.facts(1));
        assertThat(fixture.keeper.ledger().creates()).isEmpty();
        assertThat(fixture.tempo.started()).containsExactly("delete-on-termination-eni-1");
    }

    /** What is only observed may have been so before it left. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatIsMadeWithAddressesThatAnotherIsGivingBackHasThem(boolean made) throws Exception {
        Intent.Create begun = fixture.begin(1, 2);
        Cidr leaving = Nouns.block(1, 1);
        fixture.done(new Command.AddBlocks(Nouns.id(0), List.of(leaving)));
        fixture.done(new Command.BeginRelease(Nouns.id(0), List.of(leaving)));
        ec2.on("create", Nouns.unattached(1, 2)).on("attach", Nouns.attachment(1));

        if (made) {
            interfaces.create(begun);
        } else {
            interfaces.serve(new SeenInterface(Nouns.facts(1), Nouns.blocks(1, 2)), null);
        }

        assertThat(fixture.held(1).size()).isEqualTo(made ? 2 : 1);
        assertThat(fixture.held(0).leaving()).isEqualTo(made ? 0 : 1);
    }

    @Test
    void aRefusalEndsTheBeginning() {
        Intent.Create begun = fixture.begin(1, 2);
        ec2.on("create", new Ec2Failure.SubnetFull());

        assertThatThrownBy(() -> interfaces.create(begun)).isInstanceOf(Ec2Exception.class);

        assertThat(fixture.keeper.ledger().creates()).isEmpty();
    }

    @Test
    void whatMayHaveBeenMadeStaysBegun() {
        Intent.Create begun = fixture.begin(1, 2);
        ec2.on("create", LOST, DENIED);

        assertThatThrownBy(() -> interfaces.create(begun)).isInstanceOf(Ec2Exception.class);

        assertThat(fixture.keeper.ledger().creates()).containsExactly(begun);
    }

    @Test
    void anAttachmentThatIsRefusedLeavesNoInterface() {
        Intent.Create begun = fixture.begin(1, 2);
        ec2.on("create", Nouns.unattached(1, 2)).on("attach", DENIED).on("delete", DONE);

        assertThatThrownBy(() -> interfaces.create(begun)).isInstanceOf(Ec2Exception.class);

        assertThat(ec2.calls("delete")).containsExactly("delete eni-1");
        assertThat(ec2.calls("detach")).isEmpty();
        assertThat(fixture.keeper.ledger().creates()).isEmpty();
    }

    /** Where EC2 has too many requests, deleting it and making another would add to them. */
    @Test
    void anAttachmentThatIsThrottledIsGoneOnWith() throws Exception {
        Intent.Create begun = fixture.begin(1, 2);
        ec2.on("create", Nouns.unattached(1, 2)).on("attach", new Ec2Failure.Throttled());

        assertThatThrownBy(() -> interfaces.create(begun)).isInstanceOf(Ec2Exception.class);

        assertThat(ec2.calls("delete")).isEmpty();
        assertThat(noted()).isEqualTo("eni-1");
    }

    @Test
    void whatCannotBeDiscardedIsGoneOnWith() {
        Intent.Create begun = fixture.begin(1, 2);
        ec2.on("create", Nouns.unattached(1, 2)).on("attach", DENIED).on("delete", DENIED);

        assertThatThrownBy(() -> interfaces.create(begun)).isInstanceOf(Ec2Exception.class);

        assertThat(noted()).isEqualTo("eni-1");
    }

    @Test
    void whatMayBeAttachedIsNotGivenUp() {
        Intent.Create begun = fixture.begin(1, 2);
        ec2.on("create", Nouns.unattached(1, 2))
                .on("attach", new Ec2Failure.WrongState())
                .on("describe", Fixture.shown(Nouns.unattached(1, 2)));
        assertThatThrownBy(() -> interfaces.create(begun)).isInstanceOf(Ec2Exception.class);
        assertThat(noted()).isEqualTo("eni-1");

        ec2.now("attach", LOST, DENIED);
        assertThatThrownBy(() -> interfaces.finish(begun, Nouns.id(1)))
                .isInstanceOf(Ec2Exception.class);

        assertThat(noted()).isEqualTo("eni-1");
        assertThat(ec2.calls("delete")).isEmpty();
    }

    @Test
    void anInterfaceWhoseLinkNeverComesIsDetachedAndDeleted() {
        fixture.host.unlink(Nouns.mac(1));
        Intent.Create begun = fixture.begin(1, 2);
        ec2.on("create", Nouns.unattached(1, 2))
                .on("attach", Nouns.attachment(1))
                .on("detach", DONE)
                .on("delete", DONE);

        assertThatThrownBy(() -> interfaces.create(begun))
                .isInstanceOfSatisfying(
                        HostException.class,
                        e ->
                                assertThat(e.failure())
                                        .isEqualTo(new HostFailure.NoLink(Nouns.mac(1))));

        assertThat(ec2.calls("detach")).containsExactly("detach eni-attach-1");
        assertThat(ec2.calls("delete")).hasSize(1);
        assertThat(fixture.keeper.ledger().creates()).isEmpty();
        assertThat(isKnown()).isFalse();
    }

    @Test
    void w05OneThatTheKernelRefusesServesNobodyAndIsGoneOnWith() {
        Intent.Create begun = fixture.begin(1, 2);
        ec2.on("create", Nouns.unattached(1, 2)).on("attach", Nouns.attachment(1));
        fixture.host.refuse("setUpInterface", new HostFailure.Refused("step", 1));

        assertThatThrownBy(() -> interfaces.create(begun)).isInstanceOf(HostException.class);

        assertThat(noted()).isEqualTo("eni-1");
        assertThat(ec2.calls("detach")).isEmpty();
    }

    @Test
    void whatIsFoundAttachedServesAsEc2ShowsIt() throws Exception {
        Intent.Create begun = fixture.begin(1, 2);
        ec2.on(
                "describe",
                Fixture.shown(
                        Nouns.shown(
                                1,
                                1,
                                "interface",
                                Nouns.tags(),
                                new ObservedInterface.Attachment(
                                        Nouns.attachment(1), "attached", 0, 2, true))));

        interfaces.finish(begun, Nouns.id(1));

        assertThat(fixture.held(1).size()).isEqualTo(1);
        assertThat(fixture.held(1).facts().device()).as("not where it was begun").isEqualTo(2);
        assertThat(ec2.calls("attach")).isEmpty();
    }

    @Test
    void whatEc2NeverShowsWasNeverMade() throws Exception {
        Intent.Create begun = fixture.begin(1, 2);
        ec2.on("describe", new Ec2Failure.Gone(null));

        interfaces.finish(begun, Nouns.id(1));

        assertThat(fixture.keeper.ledger().creates()).isEmpty();
        assertThat(isKnown()).isFalse();
    }

    @Test
    void aSubnetThatNobodyKnewIsLookedUpOnceTheInterfaceIsAttached() throws Exception {
        Interfaces ignorant = ofAnInstanceThatKnowsNoSubnet();
        Intent.Create begun = fixture.begin(1, 2);
        ec2.on("create", Nouns.unattached(1, 2))
                .on("attach", Nouns.attachment(1))
                .on("subnet", Nouns.subnet("subnet-1", 9));

        ignorant.create(begun);

        assertThat(fixture.held(1).facts()).isEqualTo(Nouns.facts(1));
        assertThat(ec2.calls()).endsWith("subnet subnet-1");
    }

    @Test
    void whoseSubnetNobodyTellsIsGoneOnWith() {
        Interfaces ignorant = ofAnInstanceThatKnowsNoSubnet();
        Intent.Create begun = fixture.begin(1, 2);
        ec2.on("create", Nouns.unattached(1, 2))
                .on("attach", Nouns.attachment(1))
                .on("subnet", DENIED);

        assertThatThrownBy(() -> ignorant.create(begun)).isInstanceOf(Ec2Exception.class);

        assertThat(noted()).isEqualTo("eni-1");
        assertThat(isKnown()).isFalse();
        assertThat(ec2.calls("detach")).isEmpty();
    }

    private Interfaces ofAnInstanceThatKnowsNoSubnet() {
        fixture.instance(
                new Instance(
                        Nouns.IDENTITY,
                        fixture.instance().settings(),
                        AddressingSettings.DEFAULT,
                        0,
                        new TreeMap<>()));
        return fixture.interfaces();
    }

    @Test
    void neitherThePrimaryNorAnUnmanagedOneIsSetUp() throws Exception {
        interfaces.serve(new SeenInterface(Nouns.facts(0), Nouns.blocks(0, 3)), null);
        interfaces.serve(
                new SeenInterface(Nouns.facts(2, InterfaceRole.UNMANAGED), List.of()), null);

        assertThat(fixture.host.calls()).isEmpty();
        assertThat(fixture.held(0).size()).isEqualTo(3);
        assertThat(fixture.held(2).size()).isZero();
    }

    @Test
    void whatIsRemovedIsDetachedTornDownAndDeleted() throws Exception {
        leaving();
        ec2.on("detach", DONE).on("delete", DONE);

        interfaces.remove(Nouns.id(1), true);

        assertThat(ec2.calls()).containsExactly("detach eni-attach-1", "delete eni-1");
        assertThat(fixture.host.calls())
                .containsExactly("tearDownInterface " + Nouns.address(1, -1));
        assertThat(isKnown()).isFalse();
        interfaces.remove(Nouns.id(9), true);
        assertThat(ec2.calls()).hasSize(2);
    }

    @Test
    void aDetachmentThatIsRefusedLeavesTheInterfaceInService() {
        leaving();
        ec2.on("detach", DENIED);

        assertThatThrownBy(() -> interfaces.remove(Nouns.id(1), true))
                .isInstanceOf(Ec2Exception.class);

        assertThat(fixture.held(1).stage()).isEqualTo(InterfaceStage.SERVING);
        assertThat(fixture.host.calls()).isEmpty();
    }

    @Test
    void whatMayBeDetachedStaysOnItsWayOut() {
        leaving();
        ec2.on("detach", LOST, DENIED);
        assertThatThrownBy(() -> interfaces.remove(Nouns.id(1), true))
                .isInstanceOf(Ec2Exception.class);
        assertThat(fixture.held(1).stage()).isEqualTo(InterfaceStage.LEAVING);

        ec2.now("detach", DENIED);
        assertThatThrownBy(() -> interfaces.remove(Nouns.id(1), false))
                .isInstanceOf(Ec2Exception.class);
        assertThat(fixture.held(1).stage())
                .as("somebody tried before")
                .isEqualTo(InterfaceStage.LEAVING);
    }

    @Test
    void whatIsDetachedAndMayNotBeDeletedTakesNoPlace() {
        leaving();
        ec2.on("detach", DONE).on("delete", DENIED);

        assertThatThrownBy(() -> interfaces.remove(Nouns.id(1), true))
                .isInstanceOf(Ec2Exception.class);

        assertThat(isKnown()).isFalse();
    }

    @Test
    void whatCouldNotBeDeletedIsTriedAgain() {
        leaving();
        ec2.on("detach", DONE).on("delete", new Ec2Failure.Throttled());

        assertThatThrownBy(() -> interfaces.remove(Nouns.id(1), true))
                .isInstanceOf(Ec2Exception.class);

        assertThat(fixture.held(1).stage()).isEqualTo(InterfaceStage.LEAVING);
    }

    private void leaving() {
        fixture.add(1, 2);
        fixture.tempo.pass(Duration.ofMinutes(2));
        fixture.done(new Command.BeginRemoval(Nouns.id(1)));
    }

    private boolean isKnown() {
        return fixture.keeper.ledger().find(Nouns.id(1)) != null;
    }

    private String noted() {
        return String.valueOf(fixture.keeper.ledger().creates().getFirst().id());
    }
}
