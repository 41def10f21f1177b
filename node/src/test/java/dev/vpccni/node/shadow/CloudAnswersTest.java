package dev.vpccni.node.shadow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.node.fake.Nouns;
import dev.vpccni.node.port.Ec2Failure;
import dev.vpccni.node.settings.NodeSettings;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How seldom EC2 is asked. */
class CloudAnswersTest extends ShadowFixture {

    @Test
    void anAnswerHoldsForFiveMinutes() throws Exception {
        ShadowLook look = look(NodeSettings.DEFAULT);
        for (int minute = 0; minute < 5; minute++) {
            assertThat(look.look().unseen()).isEmpty();
            tempo.pass(Duration.ofMinutes(1));
        }
        assertThat(ec2.calls("attached")).hasSize(1);
        assertThat(ec2.calls("subnets")).hasSize(1);

        var _ = look.look();

        assertThat(ec2.calls("attached")).hasSize(2);
    }

    @Test
    void whenMetadataChangesEc2IsAskedAfterAMinute() throws Exception {
        ShadowLook look = look(NodeSettings.DEFAULT);
        var _ = look.look();
        show(0, 4);
        ec2.now("attached", List.of(Nouns.shown(0, 4)));

        var _ = look.look();
        assertThat(ec2.calls("attached")).hasSize(1);
        tempo.pass(Duration.ofMinutes(1));

        assertThat(look.look().numbers()).containsEntry("free", 2L);
        assertThat(ec2.calls("attached")).hasSize(2);
    }

    @Test
    void whileEc2RefusesItIsAskedLessAndLess() throws Exception {
        ShadowLook look = look(NodeSettings.DEFAULT);
        ec2.now("attached", new Ec2Failure.Throttled());

        for (int minute = 0; minute < 60; minute++) {
            assertThat(look.look().unseen()).containsKeys(ShadowPart.INTERFACES, ShadowPart.POOL);
            tempo.pass(Duration.ofMinutes(1));
        }
        assertThat(ec2.calls("attached")).as("at 0, 1, 3, 7, 15, 31 minutes").hasSize(6);

        ec2.now("attached", List.of(Nouns.shown(0, 3)));
        tempo.pass(Duration.ofMinutes(2));
        assertThat(look.look().unseen()).isEmpty();
    }

    @Test
    void whatHasBeenTrueIsNotToldOnceEc2Refuses() throws Exception {
        ShadowLook look = look(NodeSettings.DEFAULT);
        var _ = look.look();
        ec2.now("attached", new Ec2Failure.Throttled());
        tempo.pass(Duration.ofMinutes(5));

        ShadowReport report = look.look();

        assertThat(report.unseen()).containsKeys(ShadowPart.INTERFACES, ShadowPart.POOL);
        assertThat(whats(report, ShadowPart.INTERFACES)).isEmpty();
    }
}
