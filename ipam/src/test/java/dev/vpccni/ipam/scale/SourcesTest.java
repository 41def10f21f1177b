package dev.vpccni.ipam.scale;

import static dev.vpccni.ipam.world.Nodes.node;
import static dev.vpccni.ipam.world.Nouns.START;
import static dev.vpccni.ipam.world.Nouns.SUBNET;
import static dev.vpccni.ipam.world.Nouns.TEMPLATE;
import static dev.vpccni.ipam.world.Nouns.id;
import static dev.vpccni.ipam.world.Nouns.refusing;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.vpccni.ipam.ledger.InterfaceTemplate;
import dev.vpccni.ipam.world.World;
import dev.vpccni.model.BlockKind;
import dev.vpccni.model.IpFamily;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.model.SubnetId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Where further interfaces come from: one source, several, or none. */
class SourcesTest {

    private static final SubnetId ROOMY = new SubnetId("subnet-1");
    private static final SubnetId SMALL = new SubnetId("subnet-2");
    private static final Sources BOTH = new Sources(List.of(template(SMALL), template(ROOMY)), "");
    private static final Instant SOON = START.plusSeconds(60);

    @Test
    void anInterfaceIsMadeLikeItsTemplate() {
        var pods =
                new InterfaceTemplate(
                        ROOMY, List.of(new SecurityGroupId("sg-pods")), 0, IpFamily.IPV4);
        World world = node("m5.large", "W=1").withSources(Sources.of(pods)).addPods(0, 9);

        assertThat(world.history().getLast())
                .isEqualTo(new Action.CreateInterface(pods, 1, BlockKind.ADDRESS, 1));
        assertThat(requireNonNull(world.ledger().find(id(1))).facts().subnet()).isEqualTo(ROOMY);
    }

    @Test
    void whatTheFirstCannotGiveTheNextIsAskedForInTheSamePlan() {
        World world = node("m5.large", "E=2").withSources(BOTH).withRoom(SMALL, SubnetRoom.of(6));
        world.settle();
        assertThat(world.history())
                .containsExactly(
                        new Action.AssignTo(id(0), BlockKind.ADDRESS, 9),
                        new Action.CreateInterface(template(SMALL), 1, BlockKind.ADDRESS, 5),
                        new Action.CreateInterface(template(ROOMY), 2, BlockKind.ADDRESS, 9));
        assertThat(world.requests()).isEqualTo(3);
    }

    @Test
    void anInterfaceInAFullSubnetIsNoReasonNotToMakeAnotherElsewhere() {
        World world = node("m5.large", "W=3").withSources(Sources.of(template(ROOMY)));
        world.withSubnet(2).settle();

        assertThat(world.sizes()).containsExactly(2, 1);
        assertThat(world.plan().limits()).isEmpty();
    }

    @Test
    void aSubnetThatRefusedRestsAndTheOthersAreAsked() {
        World world = node("m5.large", "W=1").withSources(BOTH).withRoom(SMALL, refusing(50, SOON));

        world.addPods(0, 12);

        assertThat(world.waiting()).isZero();
        assertThat(requireNonNull(world.ledger().find(id(1))).facts().subnet()).isEqualTo(ROOMY);
    }

    @Test
    void aSubnetThatRefusedIsAskedAgainFirstWhenItHasRested() {
        World world = node("m5.large", "W=1").withSources(BOTH).withRoom(SMALL, refusing(50, SOON));
        world.withRoom(ROOMY, SubnetRoom.of(0)).addPods(0, 10);
        assertThat(world.waiting()).isEqualTo(1);
        assertThat(world.plan().again()).isEqualTo(SOON);

        world.skip(Duration.ofSeconds(60));
        world.settle();

        assertThat(world.waiting()).isZero();
        assertThat(requireNonNull(world.ledger().find(id(1))).facts().subnet()).isEqualTo(SMALL);
    }

    @Test
    void aFragmentedSubnetIsPassedOverForOneWithPrefixes() {
        World world = node("t3.small", "X=1").withSources(BOTH);
        world.withRoom(SUBNET, SubnetRoom.of(100))
                .withRoom(SMALL, new SubnetRoom(200, null, 0, SOON));

        world.addPods(0, 40);

        assertThat(world.waiting()).isZero();
        assertThat(world.sizes(BlockKind.ADDRESS)).containsOnly(0);
        assertThat(requireNonNull(world.ledger().find(id(1))).facts().subnet()).isEqualTo(ROOMY);
    }

    @Test
    void aPrefixIsAskedOfASubnetAsOftenAsItMayHaveOne() {
        World world = node("t3.small", "PD W=40").withSources(BOTH);
        world.withRoom(SUBNET, new SubnetRoom(200, null, 1, null)).settle();

        assertThat(world.sizes(BlockKind.PREFIX)).containsExactly(1, 2);
        assertThat(world.sizes(BlockKind.ADDRESS)).containsOnly(0);
    }

    @Test
    void withoutASourceTheInterfacesThatAreThereGrow() {
        World world = node("m5.large", "E=1").withSources(Sources.none("no ENIConfig \"eu\""));

        world.addPods(0, 12);

        assertThat(world.sizes()).containsExactly(9);
        assertThat(world.waiting()).isEqualTo(3);
        assertThat(world.plan().limits()).containsExactly("no ENIConfig \"eu\"");
        Refusal refusal = Refusals.explain(world.ledger(), world.situation(), world.now());
        assertThat(refusal.cause()).isEqualTo(Refusal.Cause.SOURCE);
        assertThat(refusal.waitingHelps()).isTrue();
        assertThat(refusal.reason())
                .isEqualTo(
                        "no interface can be made: no ENIConfig \"eu\"; 9 in use, 0 cooling down,"
                                + " 0 free");
    }

    @Test
    void thereIsASourceOrALack() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Sources(List.of(), ""))
                .withMessage("0 templates, and as their lack \"\"");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Sources(List.of(TEMPLATE), "none"))
                .withMessage("1 templates, and as their lack \"none\"");
    }

    private static InterfaceTemplate template(SubnetId subnet) {
        return new InterfaceTemplate(subnet, List.of(), 0, IpFamily.IPV4);
    }
}
