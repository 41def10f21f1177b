package dev.vpccni.node.eni;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.node.fake.Fixture;
import dev.vpccni.node.fake.Nouns;
import dev.vpccni.node.fake.ScriptedEc2;
import dev.vpccni.node.instance.Instance;
import dev.vpccni.node.port.Ec2Failure;
import dev.vpccni.node.port.ObservedInterface;
import dev.vpccni.node.settings.AddressingSettings;
import dev.vpccni.node.settings.CloudSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Which interfaces are lost, and which only look so. */
class LeaksTest {

    private static final Duration A_WHILE = Duration.ofMinutes(1);
    private static final Duration HOUR = Duration.ofHours(1);

    private final Fixture fixture = new Fixture().add(0, 2);
    private final ScriptedEc2 ec2 =
            fixture.ec2
                    .on("delete", ScriptedEc2.DONE)
                    .on("tag", ScriptedEc2.DONE)
                    .on("described", List.of())
                    .on("available", List.of());
    private final Leaks leaks =
            new Leaks(
                    ec2,
                    fixture.attachments,
                    () -> List.of(fixture.keeper.ledger()),
                    fixture::instance,
                    fixture.explanations,
                    fixture.tempo,
                    fixture.retry);

    @Test
    void ownInterfacesThatHangOnNothingAreDeletedOnceEc2HasSettled() {
        ec2.now("described", Fixture.shown(Nouns.unattached(5, 0), Nouns.shown(6, 0)));
        leaks.suspect();
        run(Duration.ofSeconds(9));
        assertThat(ec2.calls()).isEmpty();

        run(A_WHILE);

        assertThat(ec2.calls("described")).containsExactly("described vpc-1 aws-K8S-i-1");
        assertThat(ec2.calls("delete")).containsExactly("delete eni-5");
        assertThat(fixture.decisions())
                .containsExactly("delete eni-5: it is ours and hangs on nothing");
    }

    @Test
    void whatTheLedgerKnowsIsNotLost() {
        fixture.begin(1, 2);
        fixture.done(new Command.NoteCreated("token-1", Nouns.id(1)));
        ec2.now("described", Fixture.shown(Nouns.unattached(0, 0), Nouns.unattached(1, 0)));
        leaks.suspect();

        run(A_WHILE);

        assertThat(ec2.calls("described")).hasSize(1);
        assertThat(ec2.calls("delete")).isEmpty();
    }

    @Test
    void whatIsBeingMadeAndHasNoNameYetPutsItOff() {
        fixture.begin(1, 2);
        ec2.now("described", Fixture.shown(Nouns.unattached(5, 0)));
        leaks.suspect();
        fixture.tempo.after(
                Duration.ofSeconds(50), () -> fixture.done(new Command.CancelCreate("token-1")));

        run(Duration.ofSeconds(49));
        assertThat(ec2.calls("delete")).isEmpty();
        run(A_WHILE);

        assertThat(ec2.calls("delete")).hasSize(1);
        assertThat(ec2.calls("described")).hasSizeBetween(2, 6);
    }

    @Test
    void nobodyIsAskedWithoutAReason() {
        run(untilOwnMinute().minusSeconds(1));

        assertThat(ec2.calls()).isEmpty();
    }

    @Test
    void onceAnHourTheClustersAreLookedAtInTheMinuteOfTheInstance() {
        run(untilOwnMinute().plusSeconds(1));
        assertThat(ec2.calls("available"))
                .containsExactly("available vpc-1 node.k8s.amazonaws.com/instance_id {}");

        run(HOUR.minusSeconds(2));
        // Each run begins anew: the minute of the next hour.
        assertThat(ec2.calls("available")).hasSize(1);
    }

    @Test
    void theHourComesAgain() {
        run(untilOwnMinute().plus(HOUR.multipliedBy(3)).plusSeconds(1));

        assertThat(ec2.calls("available")).hasSize(4);
    }

    @Test
    void theClustersNameIsAskedForWhereThereIsOne() {
        fixture.instance(
                new Instance(
                        Nouns.IDENTITY,
                        new CloudSettings("blue", new TreeMap<>(), true, true, true, true),
                        AddressingSettings.DEFAULT,
                        0,
                        new TreeMap<>()));

        run(untilOwnMinute().plusSeconds(1));

        assertThat(ec2.calls("available").getFirst())
                .endsWith("{cluster.k8s.amazonaws.com/name=blue}");
    }

    @Test
    void onlyWhatIsOldOursAndHangsOnNothingIsDeleted() {
        Instant sweep = fixture.tempo.wall().plus(untilOwnMinute());
        ec2.now(
                "available",
                Fixture.shown(
                        lost(4, "aws-K8S-i-9", sweep.minusSeconds(301)),
                        lost(5, "aws-K8S-i-9", sweep.minusSeconds(300)),
                        lost(6, "somebody's", sweep.minusSeconds(900)),
                        lost(0, "aws-K8S-i-1", sweep.minusSeconds(900)),
                        Nouns.shown(7, 0)));

        run(untilOwnMinute().plusNanos(1));

        assertThat(ec2.calls("delete")).containsExactly("delete eni-4");
        assertThat(ec2.calls("tag")).isEmpty();
        assertThat(fixture.decisions())
                .containsExactly(
                        "delete eni-4: it hangs on nothing and is more than five minutes old");
    }

    @Test
    void whatDoesNotSayWhenItWasMadeIsMarked() {
        Instant sweep = fixture.tempo.wall().plus(untilOwnMinute());
        ec2.now("available", Fixture.shown(Nouns.unattached(5, 0)));

        run(untilOwnMinute().plusNanos(1));

        assertThat(ec2.calls("tag"))
                .containsExactly(
                        "tag eni-5 {node.k8s.amazonaws.com/createdAt="
                                + Instance.created(sweep)
                                + "}");
        assertThat(ec2.calls("delete")).isEmpty();
    }

    @Test
    void whatFailsIsTriedAgainSoon() {
        ec2.now("described", new Ec2Failure.Denied("ec2:X"), Fixture.shown(Nouns.unattached(5, 0)));
        leaks.suspect();

        run(A_WHILE);

        assertThat(ec2.calls("delete")).hasSize(1);
        assertThat(fixture.decisions().getFirst()).startsWith("look for lost interfaces again");
    }

    @Test
    void pausesBetweenFailuresGrowAndEndWithTheFirstSuccess() {
        Ec2Failure denied = new Ec2Failure.Denied("ec2:X");
        ec2.now("described", denied, denied, List.of(), denied);
        leaks.suspect();
        fixture.tempo.after(Duration.ofSeconds(90), leaks::suspect);

        run(Duration.ofSeconds(116));

        assertThat(fixture.tempo.pauses().stream().filter(p -> p.toMillis() < 5_000).toList())
                .startsWith(Duration.ofMillis(200), Duration.ofMillis(400), Duration.ofMillis(200));
    }

    private void run(Duration duration) {
        fixture.tempo.runFor(duration, leaks::run);
    }

    private static ObservedInterface lost(int n, String description, Instant created) {
        var tags = new TreeMap<String, String>();
        // With an offset, as upstream writes it.
        tags.put(Instance.CREATED_TAG, created.toString().replace("Z", "+00:00"));
        ObservedInterface some = Nouns.unattached(n, 0);
        return new ObservedInterface(
                new InterfaceId("eni-" + n),
                "available",
                "interface",
                description,
                some.mac(),
                some.subnet(),
                some.primaryAddress(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                tags,
                null);
    }

    /** Tests begin at a full hour. */
    private static Duration untilOwnMinute() {
        return Duration.ofSeconds(Math.floorMod("i-1".hashCode(), 3_600));
    }
}
