package dev.vpccni.node.eni;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.model.IpFamily;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.node.fake.Fixture;
import dev.vpccni.node.fake.Nouns;
import dev.vpccni.node.fake.ScriptedEc2;
import dev.vpccni.node.instance.Instance;
import dev.vpccni.node.port.Ec2Failure;
import dev.vpccni.node.port.ObservedInterface;
import dev.vpccni.node.settings.AddressingSettings;
import dev.vpccni.node.settings.CloudSettings;
import dev.vpccni.node.work.Tasks;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class UpkeepTest {

    private static final Object DONE = ScriptedEc2.DONE;

    private final Fixture fixture = new Fixture();
    private final ScriptedEc2 ec2 =
            fixture.ec2.on("tag", DONE).on("groups", DONE).on("ending", DONE);
    private final Tasks tasks = new Tasks(fixture.explanations, fixture.tempo, fixture.retry);
    private List<SecurityGroupId> groups = List.of(Nouns.GROUP);
    private final Upkeep upkeep =
            new Upkeep(
                    ec2,
                    fixture::instance,
                    () -> groups,
                    tasks,
                    fixture.explanations,
                    fixture.retry,
                    fixture.tempo);

    @Test
    void whatIsAsItShouldBeIsLeftAlone() {
        look(Nouns.shown(0, 3), Nouns.shown(1, 0));

        assertThat(ec2.calls()).isEmpty();
        assertThat(fixture.tempo.started()).isEmpty();
        assertThat(upkeep.failed()).isFalse();
    }

    @Test
    void whatIsOffIsPutRightInOneTask() {
        groups = List.of(new SecurityGroupId("sg-2"));

        look(lasting(1, "interface"));

        assertThat(ec2.calls())
                .containsExactly(
                        "tag eni-1 {node.k8s.amazonaws.com/instance_id=i-1}",
                        "groups eni-1 [sg-2]",
                        "ending eni-1 eni-attach-1");
        assertThat(fixture.decisions())
                .containsExactly(
                        "tag eni-1 with [node.k8s.amazonaws.com/instance_id]:"
                                + " EC2 showed it otherwise",
                        "give eni-1 the security groups [sg-2]: EC2 showed it otherwise",
                        "have eni-1 deleted with the instance: EC2 showed it otherwise");
    }

    @Test
    void withCustomNetworkingTheGroupsOfFurtherInterfacesAreTheirOwn() {
        fixture.instance(
                new Instance(
                        Nouns.IDENTITY,
                        CloudSettings.DEFAULT,
                        new AddressingSettings(IpFamily.IPV4, false, 0, true, false),
                        0,
                        fixture.instance().subnets()));
        groups = List.of(new SecurityGroupId("sg-2"));

        look(Nouns.shown(0, 0), Nouns.shown(1, 0));

        assertThat(ec2.calls()).containsExactly("groups eni-0 [sg-2]");
    }

    @Test
    void thatItOutlivesTheInstanceIsEnoughToBePutRight() {
        ObservedInterface.Attachment lasting = lasting(1, "interface").attachment();

        look(Nouns.shown(1, 0, "interface", Nouns.tags(), lasting));

        assertThat(ec2.calls()).containsExactly("ending eni-1 eni-attach-1");
    }

    @Test
    void theOrderOfGroupsIsNoDifference() {
        groups = List.of(new SecurityGroupId("sg-2"), Nouns.GROUP);
        ObservedInterface some = Nouns.shown(1, 0);
        var shown =
                new ObservedInterface(
                        some.id(),
                        some.status(),
                        some.type(),
                        some.description(),
                        some.mac(),
                        some.subnet(),
                        some.primaryAddress(),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(Nouns.GROUP, new SecurityGroupId("sg-2")),
                        some.tags(),
                        some.attachment());

        look(shown);

        assertThat(ec2.calls()).isEmpty();
    }

    @Test
    void theTagsOfATrunkAreItsMakersAndOnlyWhatWeMadeEndsWithTheInstance() {
        look(lasting(1, "trunk"));
        assertThat(ec2.calls()).isEmpty();

        look(lasting(0, "interface"));
        assertThat(ec2.calls())
                .as("the primary one")
                .hasSize(1)
                .first()
                .asString()
                .startsWith("tag eni-0");
    }

    @Test
    void whatSomebodyElseMadeDoesNotEndWithTheInstance() {
        ObservedInterface some = lasting(1, "interface");
        look(
                new ObservedInterface(
                        some.id(),
                        some.status(),
                        some.type(),
                        "somebody else's",
                        some.mac(),
                        some.subnet(),
                        some.primaryAddress(),
                        List.of(),
                        List.of(),
                        List.of(),
                        some.groups(),
                        Nouns.tags(),
                        some.attachment()));

        assertThat(ec2.calls()).isEmpty();
    }

    @Test
    void whatIsNotOursOrHangsOnNothingIsLeftAlone() {
        look(lasting(1, "efa-only"), Nouns.shown(2, 0, "interface", new TreeMap<>(), null));

        assertThat(ec2.calls()).isEmpty();
    }

    @Test
    void whereNothingInEc2IsChangedNothingIsPutRight() {
        fixture.instance(
                new Instance(
                        Nouns.IDENTITY,
                        new CloudSettings("", new TreeMap<>(), false, true, true, true),
                        AddressingSettings.DEFAULT,
                        0,
                        fixture.instance().subnets()));

        look(lasting(1, "interface"));

        assertThat(ec2.calls()).isEmpty();
    }

    @Test
    void whatFailsIsTriedAgainWhenItIsLookedAtNextAndHasRested() {
        ec2.now("tag", new Ec2Failure.SubnetFull(), DONE);
        look(untagged());
        assertThat(upkeep.failed()).isTrue();

        upkeep.look(Fixture.shown(untagged()));
        assertThat(upkeep.failed()).isFalse();
        assertThat(fixture.tempo.started()).as("it rests").hasSize(1);
        fixture.tempo.pass(Duration.ofSeconds(2));
        look(untagged());

        assertThat(ec2.calls("tag")).hasSize(2);
        assertThat(upkeep.failed()).isFalse();
    }

    @Test
    void nobodyStartsWhatSomebodyIsAt() {
        upkeep.look(Fixture.shown(untagged()));
        upkeep.look(Fixture.shown(untagged()));

        assertThat(fixture.tempo.started()).containsExactly("put right eni-1");
    }

    @Test
    void whatTheRoleMayNotTagIsSaidOnceAndTriedAgainInAnHour() {
        fixture.tempo.pass(Duration.ofHours(2));
        ec2.now("tag", new Ec2Failure.Denied("ec2:CreateTags"));
        look(untagged());
        fixture.explanations.add("something else", "it is so");
        fixture.tempo.pass(Duration.ofMinutes(60).minusNanos(1));
        look(untagged());
        assertThat(ec2.calls("tag")).hasSize(1);
        assertThat(upkeep.failed()).as("it is no failure").isFalse();

        fixture.tempo.pass(Duration.ofNanos(1));
        look(untagged());

        assertThat(ec2.calls("tag")).hasSize(2);
        assertThat(fixture.decisions())
                .containsExactly(
                        "do without: tag eni-1 with [node.k8s.amazonaws.com/instance_id]:"
                                + " the node's role lacks ec2:CreateTags",
                        "something else: it is so");
    }

    @Test
    void whatTheRoleMayNotModifyIsNeitherOfTwoThings() {
        ec2.now("groups", new Ec2Failure.Denied("ec2:ModifyNetworkInterfaceAttribute"));
        groups = List.of(new SecurityGroupId("sg-2"));

        look(lasting(1, "interface"));
        look(lasting(2, "interface"));

        assertThat(ec2.calls("groups")).hasSize(1);
        assertThat(ec2.calls("ending")).isEmpty();
        assertThat(ec2.calls("tag")).hasSize(2);
    }

    private void look(ObservedInterface... shown) {
        upkeep.look(Fixture.shown(shown));
        fixture.tempo.runTasks();
    }

    private static ObservedInterface untagged() {
        return Nouns.shown(1, 0, "interface", new TreeMap<>(), Nouns.attached(1));
    }

    /** Returns one without tags that outlives the instance. */
    private static ObservedInterface lasting(int n, String type) {
        return Nouns.shown(
                n,
                0,
                type,
                new TreeMap<>(),
                new ObservedInterface.Attachment(Nouns.attachment(n), "attached", 0, n, false));
    }
}
