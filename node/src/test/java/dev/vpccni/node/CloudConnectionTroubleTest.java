package dev.vpccni.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.model.InstanceType;
import dev.vpccni.node.fake.Fixture;
import dev.vpccni.node.fake.Nouns;
import dev.vpccni.node.port.Ec2Failure;
import dev.vpccni.node.port.HostFailure;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is said and tried again while the connection fails. */
class CloudConnectionTroubleTest extends CloudConnectionFixture {

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

        assertThat(fixture.host.calls()).hasSize(3);
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
                                .hasMessageStartingWith(
                                        "EC2 does not accept the node's credentials"));

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
}
