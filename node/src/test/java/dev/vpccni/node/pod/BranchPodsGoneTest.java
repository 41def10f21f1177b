package dev.vpccni.node.pod;

import static dev.vpccni.node.pod.BranchPodsUnderTest.MAC;
import static dev.vpccni.node.pod.BranchPodsUnderTest.ROUTER;
import static dev.vpccni.node.pod.BranchPodsUnderTest.VETH;
import static dev.vpccni.node.pod.BranchPodsUnderTest.del;
import static dev.vpccni.node.pod.BranchPodsUnderTest.error;
import static dev.vpccni.node.pod.BranchPodsUnderTest.kernel;
import static dev.vpccni.node.pod.BranchPodsUnderTest.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.cni.BranchAttachment;
import dev.vpccni.cni.CniArgs;
import dev.vpccni.cni.CniCommand;
import dev.vpccni.cni.CniError;
import dev.vpccni.cni.CniException;
import dev.vpccni.cni.CniRequest;
import dev.vpccni.cni.CniResult;
import dev.vpccni.dataplane.InterfaceNames;
import dev.vpccni.model.IpFamily;
import dev.vpccni.node.fake.FakeNamespace;
import dev.vpccni.node.fake.Nouns;
import dev.vpccni.node.fake.Requests;
import dev.vpccni.node.port.HostFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is let go of pods that have interfaces of their own, and whom that spares. */
final class BranchPodsGoneTest {

    private final BranchPodsUnderTest node = new BranchPodsUnderTest(IpFamily.IPV4);

    @Test
    void aDelUndoesWhatTheResultSays() throws Exception {
        node.give(1, 7);
        CniResult result = node.add(1);
        node.fixture.host.forget();

        node.pods.del(Requests.of(CniCommand.DEL, 1, result));
        assertThat(node.fixture.host.calls())
                .containsExactly("unwire vlan.eth.7 " + VETH + " 10.7.1.150 " + MAC);

        node.pods.del(Requests.of(CniCommand.DEL, 1, null));
        assertThat(node.fixture.host.calls()).as("it is forgotten").hasSize(1);
    }

    /** Upstream's plugin has added it, whose result nobody here remembers. */
    @ParameterizedTest
    @CsvSource({"/run/netns/1, ''", "'', ' if dead'"})
    void aDelOfAPodThatUpstreamWired(String namespace, String onlyDead) throws Exception {
        node.pods.del(del(1, namespace, result(1, 7)));

        assertThat(node.fixture.host.calls())
                .containsExactly("unwire vlan.eth.7 " + VETH + " 10.7.1.150 null" + onlyDead);
    }

    @Test
    void aMalformedVlanIsAnErrorAndNothingIsTouched() {
        CniResult good = result(1, 7);
        var interfaces = new ArrayList<>(good.interfaces());
        interfaces.set(2, new CniResult.Interface(interfaces.get(2).name(), "seven", ""));

        CniError error =
                error(() -> node.pods.del(del(1, "/x", new CniResult(interfaces, good.ips()))));

        assertThat(Objects.requireNonNull(error).message())
                .startsWith("malformed vlanID in prevResult");
        assertThat(node.fixture.host.calls()).isEmpty();
    }

    @Test
    void aDelWithoutAResultUndoesWhatIsRemembered() throws Exception {
        node.give(1, 7);
        node.add(1);
        node.fixture.host.forget();

        node.pods.del(Requests.of(CniCommand.DEL, 1, null));

        assertThat(node.fixture.host.calls())
                .containsExactly("unwire vlan.eth.7 " + VETH + " 10.7.1.150 " + MAC);
    }

    /** All three are the same, so that the kernel cannot tell; who was connected last can. */
    @Test
    void aLateDelOfAnOldSandboxSparesTheNewOne() throws Exception {
        node.give(1, 7);
        CniResult old = node.add(1);
        var again =
                new CniRequest(
                        CniCommand.ADD,
                        "newcontainer",
                        "/run/netns/new",
                        "eth0",
                        new CniArgs(Nouns.pod(1), "newcontainer", ""),
                        Requests.of(CniCommand.ADD, 1, null).config());
        node.pods.add(again, new FakeNamespace("/run/netns/new"), Duration.ZERO);
        node.fixture.host.forget();

        node.pods.del(Requests.of(CniCommand.DEL, 1, old));
        node.pods.del(Requests.of(CniCommand.DEL, 1, null));

        assertThat(node.fixture.host.calls()).isEmpty();
    }

    @Test
    void theAddressOfAnOrdinaryPodIsNotUndone() throws Exception {
        node.add(2);
        node.fixture.host.forget();
        var attachment = new BranchAttachment("/x", VETH, "eth0", Nouns.address(0, 0), ROUTER, 7);

        node.pods.del(del(1, "/x", attachment.toResult()));

        assertThat(node.fixture.host.calls())
                .containsExactly("unwire vlan.eth.7 " + VETH + " null null");
    }

    @Test
    void aRefusalOfTheKernelIsToldAndTheDelCanBeMadeAgain() throws Exception {
        node.give(1, 7);
        CniResult result = node.add(1);
        node.fixture.host.refuse("unwire", new HostFailure.Refused("delete rule", 1));
        assertThat(error(() -> node.pods.del(Requests.of(CniCommand.DEL, 1, result)))).isNotNull();
        node.fixture.host.refuseNothing();
        node.fixture.host.forget();

        node.pods.del(Requests.of(CniCommand.DEL, 1, result));

        assertThat(node.fixture.host.calls())
                .hasSize(1)
                .first()
                .asString()
                .contains(MAC.toString());
    }

    /** The namespace is gone, and no request brings the result. */
    @Test
    void whatIsLeftOfADeadPodGoesWithADelWithoutAResult() throws Exception {
        node.fixture.host.branches(kernel(true));
        node.pods.learn();
        node.pods.del(del(1, "", null));
        assertThat(node.fixture.host.calls()).as("it lives").isEmpty();

        node.fixture.host.branches(kernel(false));
        node.pods.del(del(2, "", null));
        assertThat(node.fixture.host.calls()).as("another pod's").isEmpty();
        node.pods.del(del(1, "", null));
        assertThat(node.fixture.host.calls())
                .containsExactly("unwire vlan.eth.7 " + VETH + " null " + MAC + " if dead");
    }

    @Test
    void gcLetsGoOfWhatIsNotListedAndOfWhatIsDead() throws Exception {
        node.give(1, 7);
        node.give(2, 8);
        node.add(1);
        node.add(2);
        node.fixture.host.branches(kernel(true));
        node.fixture.host.forget();

        assertThat(node.pods.gc(Requests.gc("aws-cni", List.of(1, 2)))).isZero();
        assertThat(node.pods.gc(Requests.gc("aws-cni", List.of(1)))).isEqualTo(1);
        assertThat(node.fixture.host.calls())
                .containsExactly(
                        "unwire vlan.eth.8 "
                                + InterfaceNames.host("vlan", Nouns.pod(2))
                                + " 10.7.1.150 "
                                + MAC);

        node.fixture.host.branches(kernel(false));
        assertThat(node.pods.gc(Requests.gc("aws-cni", List.of(1)))).isEqualTo(1);
    }

    @Test
    void verbsOnOneVlanTakeTurns() throws Exception {
        node.give(1, 7);
        CniResult old = node.add(1);
        var during = new ArrayList<String>();
        node.give(2, 7);
        node.fixture.host.during(
                "unwire",
                () ->
                        node.fixture.tempo.runFor(
                                Duration.ofSeconds(1),
                                () -> {
                                    try {
                                        node.add(2);
                                        during.add("got in");
                                    } catch (CniException e) {
                                        during.add(String.valueOf(e.getMessage()));
                                    }
                                }));

        node.pods.del(Requests.of(CniCommand.DEL, 1, old));

        assertThat(during).isEmpty();
    }
}
