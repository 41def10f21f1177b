package dev.vpccni.node.pod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.vpccni.cni.CniCommand;
import dev.vpccni.cni.CniError;
import dev.vpccni.cni.CniException;
import dev.vpccni.cni.CniResult;
import dev.vpccni.cni.PodAttachment;
import dev.vpccni.dataplane.InterfaceNames;
import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.node.fake.FakeNamespace;
import dev.vpccni.node.fake.Fixture;
import dev.vpccni.node.fake.Nouns;
import dev.vpccni.node.fake.Requests;
import dev.vpccni.node.pool.AddressAvailability;
import dev.vpccni.node.pool.CardPools;
import dev.vpccni.node.port.HostFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is let go of without a DEL, and what is spared. */
class PodNetworkerCleanUpTest {

    private static final HostFailure REFUSED = new HostFailure.Refused("step", 1);
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration LONG = Duration.ofSeconds(61);
    private static final String VETH = InterfaceNames.host("eni", Nouns.pod(1));

    private final Fixture fixture = new Fixture().add(0, 2);
    private final CardPools cards =
            fixture.cards(new AddressAvailability(fixture.keeper, fixture.tempo));
    private final PodNetworker pods = new PodNetworker(cards, fixture.host, fixture.tempo);
    private final List<String> during = new ArrayList<>();

    @Test
    void gcLetsGoOfWhatIsOursAndNotListed() throws Exception {
        add(1);
        add(2);

        assertThat(pods.gc(Requests.gc("other", List.of()))).isZero();
        assertThat(pods.gc(Requests.gc("aws-cni", List.of(1, 2)))).isZero();
        assertThat(pods.gc(Requests.gc("aws-cni", List.of(1)))).isEqualTo(1);

        assertThat(fixture.hasGrant(1)).isTrue();
        assertThat(fixture.hasGrant(2)).isFalse();
        assertThat(fixture.host.calls())
                .last()
                .isEqualTo("unwire " + Nouns.address(0, 1) + " 254 null");
        assertThat(error(() -> pods.gc(Requests.gc("aws-cni", null))))
                .isInstanceOf(CniError.InvalidConfiguration.class);
    }

    @Test
    void gcLeavesAnAddUnderWayAlone() throws Exception {
        add(1);
        fixture.tempo.pass(LONG);
        fixture.host.during(
                "verify",
                () ->
                        fixture.tempo.runFor(
                                Duration.ofSeconds(1),
                                () -> {
                                    try {
                                        during.add(
                                                "collected "
                                                        + pods.gc(
                                                                Requests.gc("aws-cni", List.of())));
                                    } catch (CniException e) {
                                        throw new AssertionError(e);
                                    }
                                }));

        add(1);

        assertThat(during).containsExactly("collected 0");
        assertThat(fixture.hasGrant(1)).isTrue();
    }

    @Test
    void gcLeavesAloneWhatAnotherLetGoOfMeanwhile() throws Exception {
        add(1);
        add(2);
        fixture.host.forget();
        fixture.host.during("unwire", () -> fixture.apply(new Command.Release(Nouns.key(2))));

        pods.gc(Requests.gc("aws-cni", List.of()));

        assertThat(fixture.host.calls())
                .containsExactly("unwire " + Nouns.address(0, 0) + " 254 null");
        assertThat(fixture.hasGrant(2)).isFalse();
    }

    @Test
    void gcSaysWhatTheKernelOrTheDiskRefused() throws Exception {
        add(1);
        fixture.tempo.pass(LONG);
        fixture.store.full(true);
        assertThat(error(() -> pods.gc(Requests.gc("aws-cni", List.of()))))
                .isInstanceOf(CniError.IoFailure.class);
        fixture.host.refuse("unwire", REFUSED);
        assertThat(error(() -> pods.gc(Requests.gc("aws-cni", List.of()))))
                .isInstanceOf(CniError.Failed.class);
        fixture.store.full(false);
        fixture.host.refuseNothing();
        assertThat(pods.gc(Requests.gc("aws-cni", List.of()))).isEqualTo(1);
    }

    @Test
    void anAbandonedGrantIsLetGoOfUnlessThePodIsThere() throws Exception {
        Ipv4Address address = (Ipv4Address) attachment(add(1)).links().getFirst().address();
        fixture.host.pod(address, VETH);
        assertThat(pods.letGo(cards.first(), Nouns.key(1))).as("it is there").isFalse();
        fixture.host.removeVeth(VETH);
        assertThat(pods.letGo(cards.first(), Nouns.key(2))).as("nobody knows it").isFalse();

        assertThat(pods.letGo(cards.first(), Nouns.key(1))).isTrue();

        assertThat(fixture.hasGrant(1)).isFalse();
        assertThat(fixture.host.calls()).last().asString().startsWith("unwire " + address);
    }

    @Test
    void aDelOfAnUnknownKeyUndoesEveryLinkOfItsResult() throws Exception {
        IpAddress first = IpAddress.parse("2001:db8::7");
        IpAddress second = IpAddress.parse("2001:db8::8");
        var cards =
                new PodAttachment(
                        "/run/netns/1",
                        List.of(
                                new PodAttachment.Link(VETH, "eth0", first, 254),
                                new PodAttachment.Link("enie48ae9c2f34", "mNicIf1", second, 10101)),
                        0,
                        0);

        pods.del(Requests.of(CniCommand.DEL, 1, cards.toResult()));

        assertThat(fixture.host.calls())
                .containsExactly(
                        "unwire 2001:db8::7 254 " + VETH,
                        "unwire 2001:db8::8 10101 enie48ae9c2f34");
    }

    @Test
    void anAbandonedGrantThatSomebodyIsAtIsLeftToHim() throws Exception {
        add(1);
        fixture.host.during(
                "verify",
                () -> {
                    try {
                        during.add("let go " + pods.letGo(cards.first(), Nouns.key(1)));
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                });

        add(1);

        assertThat(during).containsExactly("let go false");
    }

    @Test
    void aPodWhoseRouteIsGoneIsNotAbandoned() throws Exception {
        add(1);
        fixture.host.veth(VETH);

        assertThat(pods.letGo(cards.first(), Nouns.key(1))).isFalse();
    }

    private CniResult add(int n) throws CniException, InterruptedException {
        return pods.add(Requests.of(CniCommand.ADD, n, null), namespace(n), PATIENCE);
    }

    private static PodAttachment attachment(CniResult result) {
        return Objects.requireNonNull(PodAttachment.find(result, "eth0"));
    }

    private static FakeNamespace namespace(int n) {
        return new FakeNamespace("/run/netns/" + n);
    }

    private static CniException thrown(ThrowingCallable verb) {
        return catchThrowableOfType(CniException.class, verb);
    }

    private static @Nullable CniError error(ThrowingCallable verb) {
        CniException thrown = thrown(verb);
        return thrown == null ? null : thrown.error();
    }
}
