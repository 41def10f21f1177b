package dev.vpccni.node.eni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.ipam.reconcile.Reconciler;
import dev.vpccni.node.fake.Fixture;
import dev.vpccni.node.fake.Nouns;
import dev.vpccni.node.fake.ScriptedEc2;
import dev.vpccni.node.port.Ec2Exception;
import dev.vpccni.node.port.Ec2Failure;
import dev.vpccni.node.port.ObservedInterface;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AttachmentsTest {

    private static final Ec2Failure LOST = new Ec2Failure.Ambiguous();
    private static final Ec2Failure STATE = new Ec2Failure.WrongState();
    private static final Ec2Failure DENIED = new Ec2Failure.Denied("ec2:X");

    private final Fixture fixture = new Fixture();
    private final ScriptedEc2 ec2 = fixture.ec2;
    private final Attachments attachments = fixture.attachments;

    @Test
    void whatIsAttachedIsNotAttachedAgain() throws Exception {
        assertThat(attachments.attach(Nouns.shown(1, 0), 0, 1)).isEqualTo(Nouns.attachment(1));

        assertThat(ec2.calls()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"detaching", "detached"})
    void whatIsOnItsWayOutIsNotAttached(String status) throws Exception {
        ec2.on("attach", Nouns.attachment(7));

        assertThat(attachments.attach(shown(status), 0, 1)).isEqualTo(Nouns.attachment(7));

        assertThat(ec2.calls()).containsExactly("attach eni-1 i-1 0 1");
    }

    @Test
    void anAttachmentWhoseAnswerIsLostIsAskedForAgainAndLookedFor() throws Exception {
        ec2.on("attach", LOST, STATE)
                .on(
                        "describe",
                        Fixture.shown(Nouns.unattached(1, 0)),
                        Fixture.shown(Nouns.shown(1, 0)));

        assertThat(attachments.attach(Nouns.unattached(1, 0), 0, 1)).isEqualTo(Nouns.attachment(1));

        assertThat(fixture.tempo.pauses().getLast()).isEqualTo(Duration.ofSeconds(1));
        assertThat(ec2.calls("describe")).hasSize(2);
    }

    @Test
    void whatEc2SaysIsInUseIsLookedForAndNoLongerThanItNeedsToSettle() {
        ec2.on("attach", STATE).on("describe", Fixture.shown(Nouns.unattached(1, 0)));

        assertThatThrownBy(() -> attachments.attach(Nouns.unattached(1, 0), 0, 1))
                .isInstanceOfSatisfying(
                        Ec2Exception.class, e -> assertThat(e.failure()).isEqualTo(STATE));

        assertThat(Duration.ofNanos(fixture.tempo.nanos())).isEqualTo(Reconciler.SETTLING);
    }

    @Test
    void whatIsRefusedIsNotLookedFor() {
        ec2.on("attach", DENIED);

        assertThatThrownBy(() -> attachments.attach(Nouns.unattached(1, 0), 0, 1))
                .isInstanceOf(Ec2Exception.class);

        assertThat(ec2.calls()).hasSize(1);
    }

    @Test
    void whatMayHaveHappenedBeforeARefusalIsLookedFor() throws Exception {
        ec2.on("attach", LOST, DENIED).on("describe", Fixture.shown(Nouns.shown(1, 0)));

        assertThat(attachments.attach(Nouns.unattached(1, 0), 0, 1)).isEqualTo(Nouns.attachment(1));
    }

    @Test
    void anInterfaceIsMadeToEndWithTheInstanceBesideTheCaller() {
        ec2.on("ending", DENIED);

        attachments.deleteOnTermination(Nouns.id(1), Nouns.attachment(1));
        assertThat(ec2.calls()).isEmpty();
        fixture.tempo.runTasks();

        assertThat(ec2.calls()).containsExactly("ending eni-1 eni-attach-1");
    }

    @Test
    void whatEndsWhileThatIsTriedAgainStaysInterrupted() {
        ec2.on("ending", new Ec2Failure.Throttled());
        attachments.deleteOnTermination(Nouns.id(1), Nouns.attachment(1));

        fixture.tempo.runFor(Duration.ofMillis(1), fixture.tempo::runTasks);

        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void anAttachmentThatNobodyNamedIsLookedUp() throws Exception {
        ec2.on("describe", Fixture.shown(Nouns.shown(1, 0))).on("detach", ScriptedEc2.DONE);

        attachments.detach(Nouns.id(1), null);

        assertThat(ec2.calls("detach")).containsExactly("detach eni-attach-1");
    }

    @Test
    void whatHangsOnNothingIsNotTakenOff() throws Exception {
        ec2.on("describe", Fixture.shown(Nouns.unattached(1, 0)), new Ec2Failure.Gone(null));

        attachments.detach(Nouns.id(1), null);
        attachments.detach(Nouns.id(1), null);

        assertThat(ec2.calls("detach")).isEmpty();
        ec2.now("describe", DENIED);
        assertThatThrownBy(() -> attachments.detach(Nouns.id(1), null))
                .isInstanceOf(Ec2Exception.class);
    }

    @Test
    void whatIsOffAlreadyIsWell() throws Exception {
        ec2.on("detach", new Ec2Failure.Gone(null), STATE, DENIED);

        attachments.detach(Nouns.id(1), Nouns.attachment(1));
        attachments.detach(Nouns.id(1), Nouns.attachment(1));

        assertThatThrownBy(() -> attachments.detach(Nouns.id(1), Nouns.attachment(1)))
                .isInstanceOf(Ec2Exception.class);
        assertThat(ec2.calls()).hasSize(3);
    }

    @Test
    void anInterfaceIsDeletedAsSoonAsItIsOff() throws Exception {
        ec2.on("delete", STATE, STATE, ScriptedEc2.DONE);

        attachments.delete(Nouns.id(1));

        assertThat(ec2.calls()).hasSize(3);
        assertThat(fixture.tempo.pauses())
                .containsExactly(Duration.ofSeconds(2), Duration.ofSeconds(2));
    }

    @Test
    void oneThatIsGoneIsNotMissed() throws Exception {
        ec2.on("delete", new Ec2Failure.Gone(null));

        attachments.delete(Nouns.id(1));

        assertThat(ec2.calls()).hasSize(1);
    }

    @Test
    void oneThatIsNeverOffIsGivenUp() {
        ec2.on("delete", STATE);

        assertThatThrownBy(() -> attachments.delete(Nouns.id(1))).isInstanceOf(Ec2Exception.class);

        assertThat(Duration.ofNanos(fixture.tempo.nanos())).isEqualTo(Duration.ofSeconds(90));
        ec2.now("delete", DENIED);
        assertThatThrownBy(() -> attachments.delete(Nouns.id(1))).isInstanceOf(Ec2Exception.class);
        assertThat(Duration.ofNanos(fixture.tempo.nanos()))
                .as("what is refused is given up at once")
                .isEqualTo(Duration.ofSeconds(90));
    }

    @Test
    void whatWasMadeIsWaitedForAsLongAsEc2NeedsToSettle() throws Exception {
        ObservedInterface made = Nouns.unattached(1, 0);
        ec2.on("describe", new Ec2Failure.Gone(null), Fixture.shown(made));
        assertThat(attachments.findOrWait(Nouns.id(1))).isEqualTo(made);
        assertThat(fixture.tempo.pauses()).containsExactly(Duration.ofSeconds(1));

        ec2.now("describe", new Ec2Failure.Gone(null));
        long start = fixture.tempo.nanos();
        assertThat(attachments.findOrWait(Nouns.id(1))).isNull();
        assertThat(Duration.ofNanos(fixture.tempo.nanos() - start)).isEqualTo(Reconciler.SETTLING);
    }

    private static ObservedInterface shown(String status) {
        return Nouns.shown(
                1,
                0,
                "interface",
                Nouns.tags(),
                new ObservedInterface.Attachment(Nouns.attachment(1), status, 0, 1, true));
    }
}
