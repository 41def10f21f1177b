package dev.vpccni.node.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.ipam.ledger.InterfaceRole;
import dev.vpccni.ipam.ledger.InterfaceStage;
import dev.vpccni.model.AttachmentKey;
import dev.vpccni.node.eni.Upkeep;
import dev.vpccni.node.fake.Fixture;
import dev.vpccni.node.fake.Nouns;
import dev.vpccni.node.fake.ScriptedEc2;
import dev.vpccni.node.port.Ec2Exception;
import dev.vpccni.node.port.Ec2Failure;
import dev.vpccni.node.port.HostFailure;
import dev.vpccni.node.port.ObservedInterface;
import dev.vpccni.node.work.Tasks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ObserverTest {

    private final Fixture fixture = new Fixture();
    private final ScriptedEc2 ec2 = fixture.ec2;
    private final List<String> told = new ArrayList<>();
    private boolean letGo = true;
    private final Upkeep upkeep =
            new Upkeep(
                    ec2,
                    fixture::instance,
                    () -> List.of(Nouns.GROUP),
                    new Tasks(fixture.explanations, fixture.tempo, fixture.retry),
                    fixture.explanations,
                    fixture.retry,
                    fixture.tempo);
    private final CardObserver card =
            Observers.card(fixture, upkeep, this::letGo, () -> told.add("lost"));
    private final Observer observer = Observers.of(fixture, card);

    @BeforeEach
    void primary() {
        fixture.add(0, 2);
        fixture.host.link(Nouns.mac(0));
        fixture.tempo.pass(Duration.ofMinutes(5));
    }

    @Test
    void anAnswerOlderThanTheInstanceIsNone() {
        ec2.on("attached", List.of());

        assertThatThrownBy(() -> observer.compare(new TreeSet<>()))
                .isInstanceOf(Ec2Exception.class)
                .hasMessageContaining("eni-0 is not shown yet");
        ec2.now("attached", Fixture.shown(Nouns.shown(1, 0)));
        assertThatThrownBy(() -> observer.compare(new TreeSet<>()))
                .hasMessageContaining("eni-0 is not shown yet");

        assertThat(fixture.held(0).stage()).isEqualTo(InterfaceStage.SERVING);
    }

    @Test
    void whereAllAgreeNothingHappens() throws Exception {
        ec2.on("attached", Fixture.shown(Nouns.shown(0, 2)));

        assertThat(observer.compare(new TreeSet<>())).isFalse();
        assertThat(observer.glance()).isFalse();

        assertThat(fixture.decisions()).isEmpty();
        assertThat(card.misplaced()).isEmpty();
        assertThat(observer.lacksUpkeep()).isFalse();
        assertThat(fixture.store.writes()).isEqualTo(1);
    }

    /** Metadata shows it too, where it is no news. */
    @Test
    void whatIsOnACardWithoutAPoolIsElsewhere() throws Exception {
        var onCard = new ObservedInterface.Attachment(Nouns.attachment(1), "attached", 1, 1, true);
        ec2.on(
                "attached",
                Fixture.shown(
                        Nouns.shown(0, 2), Nouns.shown(1, 0, "interface", Nouns.tags(), onCard)));

        observer.compare(new TreeSet<>());

        assertThat(card.card()).isZero();
        assertThat(observer.elsewhere()).containsExactly(Nouns.mac(1));
    }

    @Test
    void aStrangersInterfaceServesWhenTheKernelHasIt() throws Exception {
        ec2.on("attached", Fixture.shown(Nouns.shown(0, 2), Nouns.shown(1, 2)));
        assertThat(observer.compare(new TreeSet<>(Nouns.blocks(1, 2)))).isTrue();
        assertThat(fixture.held(1).stage()).isEqualTo(InterfaceStage.SUSPENDED);

        fixture.host.link(Nouns.mac(1));
        observer.compare(new TreeSet<>(Nouns.blocks(1, 2)));

        assertThat(fixture.held(1).stage()).isEqualTo(InterfaceStage.SERVING);
        assertThat(fixture.host.calls()).hasSize(1);
        assertThat(fixture.decisions())
                .contains("serve pods from eni-1: EC2 and the kernel both have it");
    }

    @Test
    void oneThatTheKernelRefusesToServeIsSaid() throws Exception {
        ec2.on("attached", Fixture.shown(Nouns.shown(0, 2), Nouns.shown(1, 2)));
        fixture.host.link(Nouns.mac(1));
        fixture.host.refuse("setUpInterface", new HostFailure.Refused("step", 1));

        observer.compare(new TreeSet<>());

        assertThat(fixture.held(1).stage()).isEqualTo(InterfaceStage.SUSPENDED);
        assertThat(fixture.decisions())
                .anyMatch(line -> line.startsWith("cannot serve pods from eni-1: cannot setUp"));
    }

    @Test
    void aFindingIsSaidOnceForAsLongAsItIsFound() throws Exception {
        fixture.grant(1);
        fixture.host.pod(Nouns.address(0, 0), "eni-x");
        ec2.on("attached", Fixture.shown(Nouns.shown(0, 0)));
        observer.compare(new TreeSet<>());
        sayOther();
        observer.glance();
        observer.compare(new TreeSet<>());
        assertThat(observations()).hasSize(1);

        ec2.now("attached", Fixture.shown(Nouns.shown(0, 2)));
        observer.compare(new TreeSet<>());
        sayOther();
        ec2.now("attached", Fixture.shown(Nouns.shown(0, 0)));
        observer.compare(new TreeSet<>());

        assertThat(observations()).as("it had ended").hasSize(2);
    }

    @Test
    void anInterfaceThatIsGoneWithoutOurDoingIsLookedForAmongTheLost() throws Exception {
        fixture.add(1, 1);
        ec2.on("attached", Fixture.shown(Nouns.shown(0, 2)));
        observer.compare(new TreeSet<>());
        assertThat(fixture.held(1).stage()).isEqualTo(InterfaceStage.SUSPENDED);
        assertThat(told).isEmpty();
        fixture.tempo.pass(Duration.ofMinutes(2));

        observer.compare(new TreeSet<>());

        assertThat(told).containsExactly("lost");
        assertThat(fixture.keeper.ledger().find(Nouns.id(1))).isNull();
    }

    @Test
    void anInterfaceWithoutALinkIsAReasonToAskEc2() throws Exception {
        fixture.host.unlink(Nouns.mac(0));

        assertThat(observer.glance()).isTrue();

        assertThat(fixture.decisions())
                .anyMatch(line -> line.endsWith("that is what was observed"));
    }

    @Test
    void aGrantWhosePodHasGoneIsLetGoOfAfterAWhileAndSaid() throws Exception {
        fixture.grant(1);
        fixture.tempo.pass(Duration.ofSeconds(1));
        observer.glance();
        assertThat(told).isEmpty();
        fixture.tempo.pass(Duration.ofMinutes(2));
        letGo = false;
        observer.glance();
        assertThat(told).containsExactly("let go " + Nouns.key(1));
        assertThat(fixture.decisions()).noneMatch(line -> line.startsWith("let go"));

        letGo = true;
        observer.glance();

        assertThat(fixture.decisions()).anyMatch(line -> line.startsWith("let go"));
    }

    @Test
    void whatLiesElsewhereInEc2IsCounted() throws Exception {
        fixture.add(1, 1);
        fixture.host.link(Nouns.mac(1));
        fixture.done(new Command.AddBlocks(Nouns.id(1), List.of(Nouns.block(0, 2))));
        ec2.on("attached", Fixture.shown(Nouns.shown(0, 3), Nouns.shown(1, 1)));

        observer.compare(new TreeSet<>());

        assertThat(card.misplaced()).containsEntry(Nouns.id(0), 1);
    }

    @Test
    void onlySecondaryInterfacesThatServeAreSetUpAtTheStart() throws Exception {
        for (int n = 1; n < 4; n++) {
            fixture.host.link(Nouns.mac(n));
            fixture.add(n, 1);
        }
        fixture.done(new Command.Suspend(Nouns.id(2)));
        fixture.done(
                new Command.AddInterface(Nouns.facts(4, InterfaceRole.UNMANAGED), List.of(), null));
        fixture.host.refuse(
                "setUpInterface " + Nouns.address(1, -1), new HostFailure.Refused("step", 1));

        observer.setUpInterfaces();

        assertThat(fixture.host.calls())
                .containsExactly(
                        "setUpInterface " + Nouns.address(1, -1) + " 2 mtu 9001",
                        "setUpInterface " + Nouns.address(3, -1) + " 4 mtu 9001");
        assertThat(fixture.decisions())
                .singleElement()
                .asString()
                .startsWith("cannot set up eni-1");
    }

    @Test
    void whatIsOffInEc2IsPutRight() throws Exception {
        ec2.on(
                        "attached",
                        Fixture.shown(
                                Nouns.shown(0, 2, "interface", new TreeMap<>(), Nouns.attached(0))))
                .on("tag", new Ec2Failure.SubnetFull());

        observer.compare(new TreeSet<>());
        fixture.tempo.runTasks();

        assertThat(observer.lacksUpkeep()).isTrue();
    }

    /** What is said twice in a row is noted once. */
    private void sayOther() {
        fixture.explanations.add("something else", "it is so");
    }

    private boolean letGo(AttachmentKey key) {
        told.add("let go " + key);
        return letGo;
    }

    private List<String> observations() {
        return fixture.decisions().stream().filter(line -> line.startsWith("observe")).toList();
    }
}
