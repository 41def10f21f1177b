package dev.vpccni.node.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.ipam.ledger.AddressUse;
import dev.vpccni.ipam.ledger.BlockStage;
import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.model.BlockKind;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.node.fake.Fixture;
import dev.vpccni.node.fake.Nouns;
import dev.vpccni.node.fake.ScriptedEc2;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A prefix that EC2 shows no more while pods use it, and one that it never gave. */
class ObserverPrefixesTest {

    private static final SortedSet<Cidr> NOTHING = new TreeSet<>();

    private final WatchFixture watched = new WatchFixture();
    private final Fixture fixture = watched.fixture;
    private final ScriptedEc2 ec2 = watched.ec2;
    private final Observer observer = watched.observer;

    @BeforeEach
    void prefixes() {
        fixture.done(new Command.AddBlocks(Nouns.id(0), Nouns.prefixes(0, 2)));
        fixture.done(new Command.Prefer(BlockKind.PREFIX));
        fixture.tempo.pass(Duration.ofMinutes(5));
    }

    @Test
    void itsPodsKeepTheirAddressesAndNobodyElseGetsOne() throws Exception {
        IpAddress used = pod(1);
        assertThat(Nouns.prefix(0, 0).contains(used)).isTrue();

        look(List.of(Nouns.prefix(0, 1)));

        assertThat(stage(0)).isEqualTo(BlockStage.DOUBTED);
        assertThat(Nouns.prefix(0, 1).contains(fixture.grant(2))).isTrue();
        assertThat(fixture.hasGrant(1)).isTrue();
    }

    @Test
    void itIsNeverForgottenWhileAPodUsesIt() throws Exception {
        IpAddress used = pod(1);
        for (int minute = 0; minute < 10; minute++) {
            look(List.of(Nouns.prefix(0, 1)));
            fixture.tempo.pass(Duration.ofMinutes(1));
        }
        assertThat(fixture.held(0).find(Nouns.prefix(0, 0))).isNotNull();
        assertThat(fixture.keeper.ledger().use(used)).isInstanceOf(AddressUse.Assigned.class);

        fixture.host.removeVeth("eni-pod-1");
        fixture.apply(new Command.Release(Nouns.key(1)));
        fixture.tempo.pass(Duration.ofMinutes(1));
        look(List.of(Nouns.prefix(0, 1)));

        assertThat(fixture.held(0).find(Nouns.prefix(0, 0))).as("nobody is left").isNull();
    }

    @Test
    void itServesAgainAsSoonAsEc2ShowsIt() throws Exception {
        pod(1);
        look(List.of(Nouns.prefix(0, 1)));

        look(Nouns.prefixes(0, 2));

        assertThat(stage(0)).isEqualTo(BlockStage.SERVING);
        assertThat(Nouns.prefix(0, 0).contains(fixture.grant(2))).as("the fuller one").isTrue();
    }

    @Test
    void oneWithoutPodsGoesOnceEc2HasNotShownItForAWhile() throws Exception {
        look(List.of(Nouns.prefix(0, 0)));
        assertThat(stage(1)).isEqualTo(BlockStage.DOUBTED);
        fixture.tempo.pass(Duration.ofMinutes(1));

        look(List.of(Nouns.prefix(0, 0)));

        assertThat(fixture.held(0).find(Nouns.prefix(0, 1))).isNull();
        assertThat(fixture.held(0).find(Nouns.prefix(0, 0))).isNotNull();
    }

    @Test
    void oneThatIsOnAnotherInterfaceTakesAPlaceThere() throws Exception {
        fixture.add(1, 1);
        fixture.host.link(Nouns.mac(1));
        fixture.tempo.pass(Duration.ofMinutes(1));
        ec2.now(
                "attached",
                Fixture.shown(
                        Nouns.with(Nouns.shown(0, 2), Nouns.prefixes(0, 1)),
                        Nouns.with(Nouns.shown(1, 1), List.of(Nouns.prefix(0, 1)))));

        observer.compare(NOTHING);

        assertThat(watched.card.misplaced()).containsEntry(Nouns.id(1), 1);
    }

    private IpAddress pod(int n) {
        IpAddress address = fixture.grant(n);
        fixture.host.pod((Ipv4Address) address, "eni-pod-" + n);
        return address;
    }

    private void look(List<Cidr> prefixes) throws Exception {
        ec2.now("attached", Fixture.shown(Nouns.with(Nouns.shown(0, 2), prefixes)));
        observer.compare(NOTHING);
    }

    private BlockStage stage(int prefix) {
        return Objects.requireNonNull(fixture.held(0).find(Nouns.prefix(0, prefix))).stage();
    }
}
