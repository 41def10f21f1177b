package dev.vpccni.node.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.ipam.scale.SubnetRoom;
import dev.vpccni.model.BlockKind;
import dev.vpccni.model.IpFamily;
import dev.vpccni.model.SubnetId;
import dev.vpccni.node.fake.Fixture;
import dev.vpccni.node.fake.Nouns;
import dev.vpccni.node.fake.ScriptedEc2;
import dev.vpccni.node.instance.Instance;
import dev.vpccni.node.port.Ec2Failure;
import dev.vpccni.node.port.ObservedSubnet;
import dev.vpccni.node.settings.AddressingSettings;
import dev.vpccni.node.settings.CloudSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SubnetsTest {

    private static final SubnetId OWN = Nouns.SUBNET;
    private static final SubnetId OTHER = new SubnetId("subnet-2");
    private static final String ROLE = "kubernetes.io/role/cni=1";
    private static final String EXCLUDED = "kubernetes.io/role/cni=0";
    private static final Duration NEVER = Duration.ZERO;

    private final Fixture fixture = new Fixture();
    private final ScriptedEc2 ec2 = fixture.ec2;
    private Subnets subnets = subnets(CloudSettings.DEFAULT);

    @Test
    void theRoomiestThatMayBeUsedComesFirst() throws Exception {
        show(
                Nouns.subnet("subnet-1", 5),
                Nouns.subnet("subnet-2", 9, ROLE),
                Nouns.subnet("subnet-3", 99));

        assertThat(subnets.candidates()).containsExactly(OTHER, OWN);
    }

    @ParameterizedTest
    @CsvSource({
        "subnet-1, x=y, blue, true",
        "subnet-1, kubernetes.io/role/cni=0, blue, false",
        "subnet-2, x=y, blue, false",
        "subnet-2, kubernetes.io/role/cni=1, blue, true",
        "subnet-2, kubernetes.io/role/cni=0, blue, false",
        "subnet-2, kubernetes.io/role/cni=1 cni.networking.k8s.aws/cluster/blue=s, blue, true",
        "subnet-2, kubernetes.io/role/cni=1 cni.networking.k8s.aws/cluster/green=s, blue, false",
        "subnet-2, kubernetes.io/role/cni=1 cni.networking.k8s.aws/cluster/green=s, '', true"
    })
    void tagsSayWhichMayBeUsed(String id, String tags, String cluster, boolean usable)
            throws Exception {
        subnets = subnets(new CloudSettings(cluster, new TreeMap<>(), true, true, true, true));
        SubnetId third = new SubnetId("subnet-3");
        show(Nouns.subnet("subnet-3", 9, ROLE), Nouns.subnet(id, 99, tags.split(" ", -1)));

        assertThat(next()).isEqualTo(usable ? new SubnetId(id) : third);
    }

    /**
     * Whether one has room for an interface is the plan's to say, which knows what it shall hold.
     */
    @Test
    void aSubnetWithoutRoomComesLastAndSaysSo() throws Exception {
        show(Nouns.subnet("subnet-1", 0), Nouns.subnet("subnet-2", 2, ROLE));

        assertThat(subnets.candidates()).containsExactly(OTHER, OWN);
        assertThat(subnets.rooms(now()))
                .containsEntry(OWN, SubnetRoom.of(0))
                .containsEntry(OTHER, SubnetRoom.of(2));
    }

    @Test
    void whereNoneMayBeUsedThereIsNone() throws Exception {
        assertThat(subnets.candidates()).as("nobody has said").containsExactly(OWN);

        show(Nouns.subnet("subnet-1", 9, EXCLUDED), Nouns.subnet("subnet-2", 9));

        assertThat(subnets.candidates()).isEmpty();
    }

    @Test
    void ec2IsNotAskedAgainBeforeTheAnswerIsOld() throws Exception {
        show(Nouns.subnet("subnet-1", 5));
        Duration age = Duration.ofSeconds(15);

        fixture.tempo.pass(age.minusNanos(1));
        assertThat(subnets.refresh(age)).isFalse();
        fixture.tempo.pass(Duration.ofNanos(1));
        assertThat(subnets.refresh(age)).isTrue();

        assertThat(ec2.calls()).hasSize(2).contains("subnets vpc-1 us-west-2a");
    }

    @Test
    void atTheStartEveryAnswerIsOld() throws Exception {
        ec2.on("subnets", List.of());

        subnets.refresh(Duration.ofMinutes(2));

        assertThat(ec2.calls()).hasSize(1);
    }

    @Test
    void whatWasNeverAskedForIsNotOld() {
        assertThat(subnets.isOlder(Duration.ofMinutes(1))).isFalse();
    }

    @Test
    void whatTagsSaidIsOldAfterAWhile() throws Exception {
        show(Nouns.subnet("subnet-1", 5));
        Duration age = Duration.ofMinutes(1);

        fixture.tempo.pass(age.minusNanos(1));
        assertThat(subnets.isOlder(age)).isFalse();
        fixture.tempo.pass(Duration.ofNanos(1));
        assertThat(subnets.isOlder(age)).isTrue();

        ec2.now("subnets", new Ec2Failure.Denied("ec2:DescribeSubnets"));
        subnets.refresh(age);
        fixture.tempo.pass(Duration.ofMinutes(5).minusNanos(1));
        assertThat(subnets.isOlder(age)).as("it may not be listed").isFalse();
        fixture.tempo.pass(Duration.ofNanos(1));
        assertThat(subnets.isOlder(age)).isTrue();
    }

    @Test
    void withCustomNetworkingTagsDecideNothing() throws Exception {
        var custom = new AddressingSettings(IpFamily.IPV4, false, 0, true, false);
        subnets = subnets(CloudSettings.DEFAULT, custom);
        show(Nouns.subnet("subnet-1", 5));

        fixture.tempo.pass(Duration.ofHours(1));

        assertThat(subnets.isOlder(Duration.ofMinutes(1))).isFalse();
    }

    @Test
    void whatIsExcludedFromNowOnOrNoLongerIsTold() throws Exception {
        var told = new ArrayList<String>();
        subnets.onExclusion(() -> told.add("told"));

        show(Nouns.subnet("subnet-1", 5), Nouns.subnet("subnet-2", 5));
        assertThat(told).isEmpty();
        show(Nouns.subnet("subnet-1", 5), Nouns.subnet("subnet-2", 4, "kubernetes.io/role/cni=0"));
        assertThat(told).hasSize(1);
        show(Nouns.subnet("subnet-1", 5), Nouns.subnet("subnet-2", 3, "kubernetes.io/role/cni=0"));
        assertThat(told).hasSize(1);
        show(Nouns.subnet("subnet-1", 5), Nouns.subnet("subnet-2", 3));
        assertThat(told).hasSize(2);
    }

    @Test
    void withoutDiscoveryNobodyIsAsked() throws Exception {
        subnets = subnets(new CloudSettings("", new TreeMap<>(), true, false, true, true));

        assertThat(subnets.refresh(NEVER)).isFalse();

        assertThat(ec2.calls()).isEmpty();
        assertThat(next()).isEqualTo(OWN);
    }

    @Test
    void whatMayNotBeListedIsSaidOnceAndAskedForAgainMinutesLater() throws Exception {
        show(Nouns.subnet("subnet-1", 5));
        ec2.now("subnets", new Ec2Failure.Denied("ec2:DescribeSubnets"));
        subnets.refresh(NEVER);
        assertThat(subnets.rooms(now())).as("what was said once").isEmpty();
        assertThat(subnets.problem()).isNull();

        fixture.explanations.add("something else", "it is so");
        fixture.tempo.pass(Duration.ofMinutes(5).minusNanos(1));
        subnets.refresh(NEVER);
        assertThat(ec2.calls()).hasSize(2);
        fixture.tempo.pass(Duration.ofNanos(1));
        subnets.refresh(NEVER);
        assertThat(ec2.calls()).hasSize(3);
        assertThat(fixture.decisions())
                .containsExactly(
                        "make interfaces in the node's own subnet only: subnets cannot be listed"
                                + " without ec2:DescribeSubnets",
                        "something else: it is so");

        fixture.tempo.pass(Duration.ofMinutes(5));
        show(Nouns.subnet("subnet-1", 5));
        ec2.now("subnets", new Ec2Failure.Denied("ec2:DescribeSubnets"));
        subnets.refresh(NEVER);
        assertThat(ec2.calls()).as("it was allowed meanwhile").hasSize(5);
    }

    @Test
    void whatEc2DoesNotAnswerIsRememberedUntilItDoes() throws Exception {
        ec2.on("subnets", new Ec2Failure.NoCredentials());

        assertThat(subnets.refresh(NEVER)).isFalse();

        assertThat(subnets.problem()).isNotNull();
        assertThat(fixture.decisions()).singleElement().asString().startsWith("go on without");
        show(Nouns.subnet("subnet-1", 5));
        assertThat(subnets.problem()).isNull();
    }

    @Test
    void aRefusalHalvesWhatIsAskedForUntilTheSubnetHasRested() {
        subnets.refused(OWN, BlockKind.ADDRESS, 9, 0);

        assertThat(subnets.rooms(now())).containsEntry(OWN, SubnetRoom.of(4));
        assertThat(subnets.rooms(now().plusSeconds(15)))
                .as("rested")
                .containsEntry(OWN, SubnetRoom.of(2));
    }

    @Test
    void oneThatGivesNotEvenOneIsLeftAloneForAWhileThatGrows() {
        subnets.refused(OWN, BlockKind.ADDRESS, 1, 0);
        assertThat(subnets.rooms(now())).containsEntry(OWN, blockedUntil(now().plusSeconds(15)));

        subnets.refused(OWN, BlockKind.ADDRESS, 1, 0);
        assertThat(rested())
                .as("smaller and smaller is one refusal")
                .isEqualTo(now().plusSeconds(15));
        fixture.tempo.pass(Duration.ofSeconds(15));
        subnets.refused(OWN, BlockKind.ADDRESS, 1, 0);
        assertThat(rested()).isEqualTo(now().plusSeconds(30));
        for (int i = 0; i < 5; i++) {
            fixture.tempo.pass(Duration.ofMinutes(2));
            subnets.refused(OWN, BlockKind.ADDRESS, 1, 0);
        }
        assertThat(rested()).isEqualTo(now().plusSeconds(120));
    }

    @Test
    void aDescriptionThatSaidMoreThanThereIsIsBelievedNoMore() throws Exception {
        show(Nouns.subnet("subnet-1", 50));

        subnets.refused(OWN, BlockKind.ADDRESS, 10, 0);

        assertThat(subnets.rooms(now())).containsEntry(OWN, SubnetRoom.of(5));
        assertThat(subnets.rooms(now().plusSeconds(15))).containsEntry(OWN, SubnetRoom.of(5));
        show(Nouns.subnet("subnet-1", 3));
        assertThat(subnets.rooms(now())).containsEntry(OWN, SubnetRoom.of(3));
    }

    @Test
    void whatWasGivenIsTakenOff() throws Exception {
        show(Nouns.subnet("subnet-1", 5));

        subnets.gave(OWN, BlockKind.ADDRESS, 2, 0);
        assertThat(subnets.rooms(now())).containsEntry(OWN, SubnetRoom.of(3));
        subnets.gave(OWN, BlockKind.ADDRESS, 9, 0);
        assertThat(subnets.rooms(now())).containsEntry(OWN, SubnetRoom.of(0));
    }

    @Test
    void whatASubnetGaveWhileItRestsIsTakenOffWhatItMayBeAskedFor() {
        subnets.refused(OWN, BlockKind.ADDRESS, 10, 0);
        subnets.gave(OWN, BlockKind.ADDRESS, 2, 0);
        assertThat(subnets.rooms(now())).containsEntry(OWN, SubnetRoom.of(3));
        subnets.gave(OWN, BlockKind.ADDRESS, 9, 0);
        assertThat(subnets.rooms(now())).containsEntry(OWN, blockedUntil(now().plusSeconds(15)));
    }

    @Test
    void oneThatGaveAfterItRestedIsAsGoodAsNew() {
        subnets.refused(OWN, BlockKind.ADDRESS, 10, 0);
        fixture.tempo.pass(Duration.ofSeconds(15));

        subnets.gave(OWN, BlockKind.ADDRESS, 2, 0);

        assertThat(subnets.rooms(now())).isEmpty();
        subnets.refused(OWN, BlockKind.ADDRESS, 1, 0);
        assertThat(rested()).as("the first refusal").isEqualTo(now().plusSeconds(15));
    }

    private void show(ObservedSubnet... shown) throws InterruptedException {
        ec2.now("subnets", List.of(shown));
        assertThat(subnets.refresh(NEVER)).isTrue();
    }

    private SubnetId next() {
        return subnets.candidates().getFirst();
    }

    private @Nullable Instant rested() {
        SubnetRoom room = subnets.rooms(now()).get(OWN);
        return room == null ? null : room.blockedUntil();
    }

    private static SubnetRoom blockedUntil(Instant rested) {
        return new SubnetRoom(0, rested, Integer.MAX_VALUE, null);
    }

    private Instant now() {
        return fixture.tempo.instant();
    }

    private Subnets subnets(CloudSettings settings) {
        return subnets(settings, AddressingSettings.DEFAULT);
    }

    private Subnets subnets(CloudSettings settings, AddressingSettings addressing) {
        return new Subnets(
                ec2,
                fixture.tempo,
                fixture.retry,
                Fixture.known(
                        new Instance(Nouns.IDENTITY, settings, addressing, 0, new TreeMap<>())),
                fixture.explanations);
    }
}
