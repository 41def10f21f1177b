package dev.vpccni.node.pod;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.cni.CniCommand;
import dev.vpccni.cni.CniException;
import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.model.IpAddress;
import dev.vpccni.node.fake.Fixture;
import dev.vpccni.node.fake.Nouns;
import dev.vpccni.node.fake.Requests;
import dev.vpccni.node.pool.AddressAvailability;
import dev.vpccni.node.pool.CardPools;
import dev.vpccni.node.port.HostFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When the connections of an address are ended that rests for 30 seconds. */
class StaleConnectionsTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final Fixture fixture = new Fixture();
    private final CardPools cards =
            fixture.cards(new AddressAvailability(fixture.keeper, fixture.tempo));
    private final PodNetworker pods = new PodNetworker(cards, fixture.host, fixture.tempo);
    private final List<String> ended = new ArrayList<>();

    @BeforeEach
    void noteWhen() {
        fixture.add(1, 2);
        fixture.host.during(
                "endConnections", () -> ended.add(fixture.tempo.nanos() / 1_000_000_000 + " s"));
    }

    @Test
    void soonAfterTheReleaseAndBeforeTheRestIsOver() throws Exception {
        IpAddress address = fixture.grant(1);
        pods.del(Requests.of(CniCommand.DEL, 1, null));
        fixture.host.forget();
        run();

        assertThat(ended).containsExactly("1 s", "29 s");
        assertThat(fixture.host.calls())
                .containsExactly("endConnections " + address, "endConnections " + address);
    }

    @Test
    void alsoWhereUpstreamsPluginUndoesTheWiring() throws Exception {
        fixture.grant(1);
        assertThat(pods.addresses().release(Nouns.key(1))).hasSize(1);
        run();

        assertThat(ended).containsExactly("1 s", "29 s");
    }

    @Test
    void eachAddressHasItsOwnTime() throws Exception {
        fixture.grant(1);
        fixture.grant(2);
        pods.del(Requests.of(CniCommand.DEL, 1, null));
        fixture.tempo.after(Duration.ofSeconds(5), () -> delete(2));
        run();

        assertThat(ended).containsExactly("1 s", "6 s", "29 s", "34 s");
    }

    @Test
    void aDaemonThatComesBackKnowsWhatRests() throws Exception {
        fixture.grant(1);
        pods.del(Requests.of(CniCommand.DEL, 1, null));
        fixture.tempo.pass(Duration.ofSeconds(10));
        var next = new PodNetworker(cards, fixture.host, fixture.tempo).staleConnections();
        fixture.tempo.runFor(MINUTE, () -> next.run(fixture.explanations));

        assertThat(ended).containsExactly("29 s");
    }

    @Test
    void whatAnotherPodHasByNowIsLeftAlone() throws Exception {
        IpAddress address = fixture.grant(1);
        fixture.grant(2);
        pods.del(Requests.of(CniCommand.DEL, 1, null));
        fixture.tempo.pass(Duration.ofSeconds(31)); // while the process stood still
        assertThat(fixture.grant(3)).isEqualTo(address);
        run();

        assertThat(ended).isEmpty();
    }

    @Test
    void whatTheNodeDoesNotHaveAnyMoreIsLeftAlone() throws Exception {
        fixture.grant(1);
        pods.del(Requests.of(CniCommand.DEL, 1, null));
        fixture.tempo.pass(Duration.ofSeconds(31));
        fixture.done(new Command.ForgetInterface(Nouns.facts(1).id()));
        run();

        assertThat(ended).isEmpty();
    }

    @Test
    void aKernelThatRefusesIsSaidOnceAndAskedAgain() throws Exception {
        fixture.grant(1);
        fixture.grant(2);
        fixture.host.refuse("endConnections", new HostFailure.Refused("end connections", 1));
        pods.del(Requests.of(CniCommand.DEL, 1, null));
        pods.del(Requests.of(CniCommand.DEL, 2, null));
        fixture.tempo.after(Duration.ofSeconds(10), fixture.host::refuseNothing);
        run();

        assertThat(ended).containsExactly("1 s", "1 s", "29 s", "29 s");
        assertThat(fixture.decisions()).filteredOn(said -> said.contains("leave")).hasSize(1);
        assertThat(fixture.decisions()).filteredOn(said -> said.contains("end 1 conn")).hasSize(2);
    }

    private void delete(int n) {
        try {
            pods.del(Requests.of(CniCommand.DEL, n, null));
        } catch (CniException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void run() {
        fixture.tempo.runFor(MINUTE, () -> pods.staleConnections().run(fixture.explanations));
    }
}
